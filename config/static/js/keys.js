/* Single-key shortcuts, outside of fields only; the help dialog lists them and turns them off. */

const OFF = "keys-off";
const find = (selector) => document.querySelector(selector);
const rows = () => [...document.querySelectorAll("[data-row]")];
const here = () => document.activeElement?.closest("[data-row]");

const keys = {
  n: () => focusOr(find("[data-new]"), find('[data-go="l"]') ?? find("#nav a")),
  "/": () => find("[data-search]")?.select(),
  "?": () => find("#help").showModal(),
  j: () => step(1),
  k: () => step(-1),
  x: () => here()?.querySelector("[data-tick], [data-rule=complete], [data-rule=reopen]")?.click(),
  e: () => (here() ?? find("#main")).querySelector("[data-edit]")?.click(),
  l: () => find('[data-go="l"]')?.click(),
  b: () => find('[data-go="b"]')?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || off()) return;
  if (event.target.closest("input, select, textarea, [contenteditable], dialog[open]")) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

function step(by) {
  const all = rows();
  const at = all.indexOf(here());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
  next?.querySelector("a").focus();
}

function focusOr(field, link) {
  if (field?.matches("a")) field.click();
  else if (field) field.focus();
  else link?.click();
}

function off() {
  try { return localStorage.getItem(OFF) === "yes"; } catch { return false; }
}

document.addEventListener("change", ({ target }) => {
  if (target.id !== "keys-on") return;
  try { localStorage.setItem(OFF, target.checked ? "no" : "yes"); } catch { /* private window */ }
});
const box = find("#keys-on");
if (box) box.checked = !off();
