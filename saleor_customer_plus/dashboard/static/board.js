/* The board of leads. */

// Leads that are dragged into another column of the board. Their menus do the same for the keyboard.
let lead = null;
const laneAt = (event) => {
  const lane = lead && event.target.closest?.("[data-lane]");
  return lane && !lane.contains(lead) ? lane : null;
};
const markLane = (lane) => {
  document.querySelectorAll("[data-lane]").forEach((one) => one.classList.toggle("is-over", one === lane));
};
document.addEventListener("dragstart", (event) => {
  lead = event.target.closest?.("[data-moves]") || null;
});
document.addEventListener("dragend", () => {
  lead = null;
  markLane(null);
});
document.addEventListener("dragover", (event) => {
  if (!lead) return;
  const lane = laneAt(event);
  markLane(lane);
  if (lane) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const lane = laneAt(event);
  if (!lane) return;
  event.preventDefault();
  const state = lane.dataset.lane;
  const verb = state === "LOST" ? "GET" : "POST"; // why it was lost is asked for first
  htmx.ajax(verb, lead.dataset.moves, { source: lead, target: "#dialog", values: { state } });
});
