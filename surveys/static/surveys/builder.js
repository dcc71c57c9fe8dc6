/* The builder saves a property as soon as its field is left. Questions may be dragged; dropping one sends the form that
   the move buttons send too. */

document.addEventListener("change", ({ target }) => target.form?.matches("[data-saves]") && target.form.requestSubmit());

let dragged;
const deed = () => document.getElementById("deed");
const unmark = () => document.querySelectorAll(".drop-here").forEach((each) => each.classList.remove("drop-here"));

document.addEventListener("dragstart", ({ target }) => (dragged = target.closest?.("[data-question-id]")));

document.addEventListener("dragover", (event) => {
  const place = event.target.closest?.("[data-drop]");
  unmark();
  if (!dragged || !place || place === dragged) return;
  event.preventDefault();
  place.classList.add("drop-here");
});

document.addEventListener("drop", (event) => {
  const place = event.target.closest?.("[data-drop]");
  if (!dragged || !place || !deed()) return;
  event.preventDefault();
  const form = deed(), button = document.createElement("button");
  form.elements.at.value = dragged.dataset.questionId;
  form.elements.before.value = place.dataset.drop;
  button.name = "do";
  button.value = "move";
  form.append(button);
  form.requestSubmit(button);
});

document.addEventListener("dragend", () => {
  unmark();
  dragged = undefined;
});
