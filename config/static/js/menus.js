/* Menus are details elements and work without this; it closes them as people expect, and opens dialogs. */

const open = () => [...document.querySelectorAll("details[data-menu][open]")];

document.addEventListener("click", ({ target }) => {
  for (const menu of open()) {
    const chosen = menu.contains(target) && target.closest(".menu-item");
    if (chosen || !menu.contains(target)) menu.open = false;
  }
  const closer = target.closest?.("dialog [data-close]");
  if (closer) closer.closest("dialog").close();
});

/* A button that opens a dialog may be a link to the page on which it stands open. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-open]");
  if (opener) document.getElementById(opener.dataset.open).showModal();
  if (opener || event.target.closest?.("dialog [data-close]")) event.preventDefault();
  if (event.target.closest?.("[data-print]")) print();
});

/* Who has chosen where to go is done with the menu at the side. */
document.addEventListener("click", ({ target }) => {
  const side = target.closest?.("a") && target.closest("[popover]:popover-open");
  side?.hidePopover();
});

document.addEventListener("focusin", ({ target }) => {
  for (const menu of open()) if (!menu.contains(target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".menu-item")].filter((item) => item.checkVisibility());
  const at = items.indexOf(document.activeElement);
  items.at(at < 0 ? (step > 0 ? 0 : -1) : (at + step) % items.length)?.focus();
});
