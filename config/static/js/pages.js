/* What htmx leaves open when whole pages are boosted: which answers are pages, where focus and scroll go,
   what becomes of half-typed text, and how long a message stays. Without this file every link and form still works. */

const main = () => document.getElementById("main");

/* An open menu stays open when live changes are morphed in. */
window.htmx?.registerExtension("tenfold", {
  htmx_before_morph_attr: (element, { attrName }) => !(attrName === "open" && element.matches("details, dialog")),
});

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (ctx.request.method === "GET" && ctx.request.body)
    for (const [name, value] of [...ctx.request.body]) if (!value) ctx.request.body.delete(name); // a short address
  if (!form.matches("[data-reset]")) return;
  ctx.typed = [...form.elements].map((field) => [field, field.value]);
  form.reset(); // at once, so that the next one can be typed while this one travels
});

/* An answer without a main part is another kind of page (sign-in): go there. A live part that is gone stays as it is,
   and one that was asked for before the page moved on is too late. */
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const address = !ctx.sourceElement.matches("input") && ctx.sourceElement.getAttribute("hx-get");
  if (address && new URL(address, location).href !== ctx.response.raw.url) return event.preventDefault();
  if (tasks.some((task) => task.type === "main" && task.fragment.childElementCount)) return;
  event.preventDefault();
  if (ctx.select === "#main") location.assign(ctx.response.raw.url);
});

document.addEventListener("htmx:before:history:update", (event) => {
  const { history, sourceElement, response } = event.detail;
  if (response.status >= 400) event.preventDefault();
  else if (sourceElement.matches("form") && new URL(history.path, location).pathname === location.pathname) history.type = "replace";
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  dismissLater();
  if (ctx.select !== "#main") return;
  for (const dialog of document.querySelectorAll("#main dialog[open]:not([data-stay])")) dialog.close(); // it was answered
  for (const field of document.querySelectorAll("#main select, [form=search]")) showDefault(field);
  const search = document.querySelector("[data-search]");
  if (search && search !== document.activeElement) search.value = new URLSearchParams(location.search).get("q") ?? "";
  const wrong = ctx.response.raw.status === 422 && document.querySelector("#main [aria-invalid=true]");
  if (wrong && !ctx.sourceElement.matches("[data-saves]")) {
    wrong.focus();
  } else if (ctx.sourceElement.matches("a:not([data-choose])")) {
    scrollTo(0, 0);
    if (!main().contains(document.activeElement?.closest("[autofocus]"))) main().focus({ preventScroll: true });
  } else if (document.activeElement === document.body) {
    main().focus({ preventScroll: true }); // the button that was pressed is gone
  }
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx || ctx.request.signal.aborted) return;
  for (const [field, value] of ctx.typed ?? []) if (!field.value || field.matches("select")) field.value = value;
  if (ctx.select === "#main") say("No answer from the server. Nothing may have been changed: try again.");
});

/* A field shows what the server said, also where the browser remembers an earlier choice. */
function showDefault(field) {
  if (field === document.activeElement) return;
  if (!(field instanceof HTMLSelectElement)) field.value = field.defaultValue;
  else if (field.name) field.selectedIndex = Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
}

/* Filters apply as they are chosen, text as it is typed. */
let typing;
for (const kind of ["input", "change"])
  document.addEventListener(kind, ({ target }) => {
    const form = target.form;
    if (!form?.matches("[data-auto]") || (kind === "input") !== target.matches("input")) return;
    clearTimeout(typing);
    typing = setTimeout(() => form.requestSubmit(), kind === "input" ? 250 : 0);
  });

/* Messages: at most three; each leaves by itself, later if it can be undone, never under the pointer or focus. */
function dismissLater() {
  const toasts = [...document.querySelectorAll("#messages > .toast")];
  toasts.slice(0, -3).forEach((toast) => toast.remove());
  for (const toast of toasts.filter((each) => !each.dataset.seen)) {
    toast.dataset.seen = "yes";
    const stay = toast.querySelector("form") ? 20_000 : toast.matches(".toast-success") ? 5_000 : 12_000;
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2_000) : toast.remove());
    setTimeout(leave, stay);
  }
}

function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast toast-error";
  toast.textContent = text;
  document.getElementById("messages").append(toast);
  dismissLater();
}

document.addEventListener("click", ({ target }) => target.closest?.("[data-dismiss]")?.closest(".toast").remove());
document.addEventListener("submit", ({ target }) => setTimeout(() => target.closest(".toast")?.remove()));
dismissLater();
