/* What is shown once can be copied by one button, and is selected by a click where there is no clipboard. */

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copy]");
  if (!button) return target.matches?.("[data-select]") && target.select();
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // plain http has no clipboard
  }
  button.lastChild.textContent = "Copied";
});
