/* The public form, while it is filled in: questions come and go with the answers, and the bar moves. Without this file
   every question is shown, and the server does the rest. */

import { asked, isEmpty } from "./logic.js";

const form = document.getElementById("survey");
const logic = document.getElementById("logic");
const sections = logic ? JSON.parse(logic.textContent) : null;
const types = new Map((sections ?? []).flatMap((section) => (section.questions ?? []).map((each) => [each.id, each])));

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
  const shown = sections ? asked(sections, given) : new Map(asks.map((ask) => [ask.dataset.question, null]));
  for (const ask of asks) {
    const id = ask.dataset.question, must = ask.querySelector(".must");
    ask.hidden = !shown.has(id);
    if (sections && must) must.hidden = !shown.get(id);
  }
  for (const section of form.querySelectorAll("[data-section]"))
    section.hidden = Boolean(section.querySelector("[data-question]")) && !section.querySelector("[data-question]:not([hidden])");
  progress([...shown.keys()].filter((id) => id in given).length, shown.size);
}

function progress(answered, total) {
  const bar = document.getElementById("progress");
  if (!bar) return;
  bar.max = total || 1;
  bar.value = answered;
  form.querySelector("[data-answered]").textContent = answered;
  form.querySelector("[data-asked]").textContent = total;
}

form.addEventListener("input", refresh);
form.addEventListener("submit", () => form.querySelector(".btn-main").setAttribute("aria-disabled", "true"));
refresh();
