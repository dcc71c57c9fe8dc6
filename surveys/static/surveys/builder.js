/* The builder saves a property as soon as its field is left, and takes the focus to what was chosen or added. Questions
   and types may be dragged; dropping one sends the form that the buttons send too. Without this file, buttons do it all. */

document.addEventListener("change", ({ target }) => target.form?.matches("[data-saves]") && target.form.requestSubmit());

const inside = (id) => document.getElementById(id);
const deed = () => inside("deed");

/* What is chosen or new is written into at once; Escape leaves it. */
let pressed;
document.addEventListener("submit", ({ submitter }) => (pressed = submitter));

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const from = ctx.sourceElement;
  if (!inside("builder") || !from.matches("[data-choose], [data-adds], #deed")) return;
  if (from.id === "done") return inside(`open-${left}`)?.focus();
  const isNew = !from.matches("[data-choose]"), first = inside("p-text") ?? inside("p-title");
  if (!first || (isNew && pressed?.value === "move")) return;
  inside(`open-${inside("save").elements.at.value}`).scrollIntoView({ block: "nearest" });
  first.focus({ preventScroll: true });
  first.setSelectionRange(isNew ? 0 : first.value.length, first.value.length);
});

let left;
document.addEventListener("click", ({ target }) => target.closest?.("#done") && (left = inside("save").elements.at.value));

document.addEventListener("keydown", ({ key, target }) => {
  if (key !== "Escape" || !target.closest?.("#save")) return;
  target.blur(); // saves what was typed
  inside("done").click();
});

/* What is saved while the page moves on does not bring it back. */
for (const step of ["htmx:before:swap", "htmx:before:history:update"])
  document.addEventListener(step, (event) => {
    const source = event.detail.ctx?.sourceElement ?? event.detail.sourceElement;
    if (source?.matches("[data-saves]") && !source.isConnected) event.preventDefault();
  });

let dragged;
const unmark = () => document.querySelectorAll(".drop-here").forEach((each) => each.classList.remove("drop-here"));

document.addEventListener("dragstart", ({ target }) => (dragged = target.closest?.("[data-question-id], [data-adds] button")));

document.addEventListener("dragover", (event) => {
  const place = event.target.closest?.("[data-drop]");
  unmark();
  if (!dragged || !place || place === dragged) return;
  event.preventDefault();
  place.classList.add("drop-here");
});

document.addEventListener("drop", (event) => {
  const place = event.target.closest?.("[data-drop]"), form = deed();
  if (!dragged || !place || !form) return;
  event.preventDefault();
  const button = document.createElement("button"), id = dragged.dataset.questionId;
  form.elements.at.value = id ?? "";
  form.elements.type.value = dragged.value ?? "";
  form.elements.before.value = place.dataset.drop;
  button.name = "do";
  button.value = id ? "move" : "add";
  form.append(button);
  form.requestSubmit(button);
});

document.addEventListener("dragend", () => {
  unmark();
  dragged = undefined;
});
