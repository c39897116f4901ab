/* Ticked rows, and lists whose order is changed. */

export const countSelected = () => {
  const count = document.querySelectorAll("input[name=ids]:checked").length;
  document.querySelectorAll("[data-selected]").forEach((bar) => {
    bar.hidden = count === 0;
    const number = bar.querySelector("[data-count]");
    if (number) number.textContent = count;
    bar.querySelectorAll("[data-at-least]").forEach((button) => {
      button.hidden = count < Number(button.dataset.atLeast);
    });
  });
};

/** Ticks every row. */
const tickRows = (element) => {
  document.querySelectorAll("input[name=ids]").forEach((box) => {
    box.checked = element.checked;
  });
};

/** Ticks or unticks every box of the card that an element is in. */
export const tickAll = (element, isTicked) => {
  element.closest(".card").querySelectorAll("input[type=checkbox]").forEach((box) => {
    box.checked = isTicked;
  });
};

document.addEventListener("change", (event) => {
  if (event.target.dataset?.does === "all") tickRows(event.target);
  if (event.target.dataset?.does === "all" || event.target.name === "ids") countSelected();
});

/** Moves an item of a list that can be sorted. */
export const move = (element, isUp) => {
  const moved = element.closest("li");
  if (isUp) moved.previousElementSibling?.before(moved);
  else moved.nextElementSibling?.after(moved);
  element.focus();
};

// Lists that can be sorted by dragging.
let dragged = null;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-sortable] > li") || null;
});
document.addEventListener("dragend", () => {
  dragged = null;
});
document.addEventListener("dragover", (event) => {
  const over = event.target.closest?.("[data-sortable] > li");
  if (!dragged || !over || over === dragged || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
});
