/* Cards may be dragged to another lane; dropping one presses its own button for that lane's rule. */

let card;
const rule = (lane) => card?.querySelector(`[data-rule="${lane?.dataset.lane}"]`);
const unmark = () => document.querySelectorAll(".lane-over").forEach((lane) => lane.classList.remove("lane-over"));

document.addEventListener("dragstart", ({ target }) => (card = target.closest?.(".card")));

document.addEventListener("dragover", (event) => {
  const lane = event.target.closest?.("[data-lane]");
  unmark();
  if (!rule(lane) || lane.contains(card)) return; // this move is not possible: the pointer says so
  event.preventDefault();
  lane.classList.add("lane-over");
});

document.addEventListener("drop", (event) => {
  event.preventDefault();
  rule(event.target.closest?.("[data-lane]"))?.click();
});

document.addEventListener("dragend", () => {
  unmark();
  card = undefined;
});
