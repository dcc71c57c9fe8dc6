/* The public form, while it is filled in: questions come and go with the answers, the bar moves, and one section follows
   the other where the form says so. Without this file every question is shown, and the server does the rest. */

import { asked, isEmpty } from "./logic.js";

const form = document.getElementById("survey");
const logic = document.getElementById("logic");
const sections = logic ? JSON.parse(logic.textContent) : null;
const types = new Map((sections ?? []).flatMap((section) => (section.questions ?? []).map((each) => [each.id, each])));
const parts = [...form.querySelectorAll("[data-section]")];
const back = form.querySelector("[data-back]"), onward = form.querySelector("[data-send]");
const reached = new Set();
const isStepwise = "stepwise" in form.dataset;

function answers() {
  const found = {};
  for (const ask of form.querySelectorAll("[data-question]")) {
    const id = ask.dataset.question, given = new FormData(form).getAll(`q.${id}`).filter((text) => text !== "");
    const answer = read(types.get(id), given);
    if (!isEmpty(answer)) found[id] = answer;
  }
  return found;
}

/* As surveys/web/fields.py reads them; the text beside an option decides nothing. */
function read(question, given) {
  if (question?.allow_multiple) return given;
  const [text = null] = given;
  if (text === null) return null;
  switch (question?.type) {
    case "boolean": case "consent": return text === "true";
    case "number": case "nps": case "rating": case "linear_scale": return text.trim() !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
  }
  return text;
}

function refresh() {
  const given = answers(), asks = [...form.querySelectorAll("[data-question]")];
  reached.clear();
  const shown = sections ? asked(sections, given, reached) : new Map(asks.map((ask) => [ask.dataset.question, null]));
  for (const ask of asks) {
    const id = ask.dataset.question, must = ask.querySelector(".must");
    ask.hidden = !shown.has(id);
    if (sections && must) must.hidden = !shown.get(id);
    const clear = ask.querySelector("[data-clear]");
    if (clear) clear.hidden = !must.hidden || !ask.querySelector(":checked");
  }
  for (const part of parts) part.hidden = !isAsked(part) || (isStepwise && part !== step);
  progress([...shown.keys()].filter((id) => id in given).length, shown.size);
  if (isStepwise) label();
}

/* A section of words alone is there where one comes to it; any other where something in it is asked. */
function isAsked(part) {
  if (!part.querySelector("[data-question]")) return !sections || reached.has(part.dataset.section);
  return Boolean(part.querySelector("[data-question]:not([hidden])"));
}

function progress(answered, total) {
  const bar = document.getElementById("progress");
  if (!bar) return;
  bar.max = total || 1;
  bar.value = answered;
  form.querySelector("[data-answered]").textContent = answered;
  form.querySelector("[data-asked]").textContent = total;
}

/* Stepwise: which section is shown, and how one comes to another. Hidden ones keep what was typed. */

const steps = () => parts.filter(isAsked);
let step = isStepwise ? form.querySelector("[aria-invalid]")?.closest("[data-section]") ?? parts[0] : null;

function label() {
  const all = steps(), at = all.indexOf(step);
  back.hidden = at < 1;
  onward.textContent = at < all.length - 1 ? "Next" : "Send";
  for (const intro of document.querySelectorAll("[data-intro]")) intro.hidden = at > 0;
  const told = form.querySelector("[data-step]");
  told.textContent = `Step ${at + 1} of ${all.length}`;
  if (!step.hasAttribute("aria-labelledby")) step.setAttribute("aria-label", told.textContent);
}

function go(to) {
  if (!to) return;
  step = to;
  refresh();
  scrollTo(0, 0);
  step.focus({ preventScroll: true });
}

const beside = (by) => steps()[steps().indexOf(step) + by];

back?.addEventListener("click", () => history.back());
addEventListener("popstate", ({ state }) => isStepwise && go(parts.find((part) => part.dataset.section === state) ?? steps()[0]));

/* What is typed is looked at by the server, which keeps none of it: it says what it would say of all of it. */
async function next() {
  const body = new FormData(form);
  body.append("step", step.dataset.section);
  onward.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.ok) throw new Error(answer.statusText);
    const { errors, over } = await answer.json();
    if (over) return location.assign(form.action); // it says so
    if (told(errors)) return;
  } catch {
    /* it is looked at again when all of it is sent */
  } finally {
    onward.removeAttribute("aria-disabled");
  }
  const to = beside(1);
  history.pushState(to.dataset.section, "");
  go(to);
}

/* Say at each field what is wrong, go to the first. Whether anything is. */
function told(errors) {
  for (const old of step.querySelectorAll(".field-error")) old.remove();
  for (const old of step.querySelectorAll("[aria-invalid]")) old.removeAttribute("aria-invalid");
  for (const old of step.querySelectorAll(".ask-bad")) old.classList.remove("ask-bad");
  for (const [id, detail] of Object.entries(errors)) {
    const ask = document.getElementById(`field-${id}`), control = ask.querySelector("fieldset, .input, input");
    const error = Object.assign(document.createElement("p"), { className: "field-error", id: `error-${id}`, textContent: detail });
    (ask.querySelector("legend, .ask-words") ?? ask.firstElementChild).after(error);
    ask.classList.add("ask-bad");
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `error-${id} help-${id}`);
  }
  step.querySelector("[aria-invalid]")?.closest("[data-question]").querySelector("input, select, textarea").focus();
  return Object.keys(errors).length > 0;
}

/* What was chosen can be taken back where it may be left empty. */
form.addEventListener("click", ({ target }) => {
  if (!target.matches("[data-clear]")) return;
  const choices = target.closest("[data-question]").querySelectorAll("[type=radio]");
  for (const each of choices) each.checked = false;
  choices[0].focus();
  refresh();
});

form.addEventListener("input", refresh);
form.addEventListener("submit", (event) => {
  if (isStepwise && beside(1)) {
    event.preventDefault();
    next();
  } else onward.setAttribute("aria-disabled", "true");
});
if (isStepwise) history.replaceState(step.dataset.section, "");
refresh();
if (isStepwise) form.querySelector("[aria-invalid]")?.closest("[data-question]").querySelector("input, select, textarea")?.focus();
