/* The theme, before anything is painted: this small script blocks on purpose, so that no page flashes. */
{
  const root = document.documentElement;
  let chosen = "system";
  const apply = () => {
    try { chosen = localStorage.getItem("theme") ?? chosen; } catch { /* private window: this page only */ }
    root.dataset.theme = chosen;
    for (const button of document.querySelectorAll("[data-theme-choice]"))
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  };
  root.classList.add("js");
  apply();
  addEventListener("storage", apply); // another tab chose
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-choice]");
    if (!button) return;
    chosen = button.dataset.themeChoice;
    try { localStorage.setItem("theme", chosen); } catch { /* as above */ }
    apply();
  });
}
