/* Colleagues who are mentioned in a note. */

// Colleagues: "@" in a note, and what follows, asks for those whose names match.
const mentioning = (area) => area.value.slice(0, area.selectionStart).match(/(?:^|\s)@([\p{L}\p{N}.'’-]*)$/u);
let asking = 0;
document.addEventListener("input", (event) => {
  const area = event.target;
  if (area.dataset?.mentions === undefined) return;
  clearTimeout(asking);
  const list = area.closest("form").querySelector(".suggestions");
  const typed = mentioning(area);
  if (!typed) return list.replaceChildren();
  asking = setTimeout(() => {
    const values = { search: typed[1] };
    htmx.ajax("GET", area.dataset.mentions, { source: list, target: list, swap: "innerHTML", values });
  }, 200);
});
document.addEventListener("keydown", (event) => {
  const list = event.target.closest?.("form")?.querySelector(".suggestions");
  if (!list?.childElementCount) return;
  const items = [...list.children];
  const at = items.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1 };
  if (event.key === "Escape") {
    event.preventDefault(); // and the dialog around it stays open
    list.replaceChildren();
    list.closest("form").querySelector("[data-mentions]").focus();
  } else if (event.key in steps) {
    event.preventDefault();
    (items[steps[event.key]] || list.closest("form").querySelector("[data-mentions]")).focus();
  }
});

/** Takes a colleague's name into the note, and mentions them. */
export const mention = (element) => {
  const form = element.closest("form");
  const area = form.querySelector("[data-mentions]");
  const typed = mentioning(area);
  const end = area.selectionStart;
  const start = typed ? end - typed[1].length : end;
  area.setRangeText(`${typed ? "" : "@"}${element.dataset.name} `, start, end, "end");
  const chip = element.querySelector("template").content.cloneNode(true);
  const { value } = chip.querySelector("input");
  const chips = form.querySelector(".mentions");
  if (![...chips.querySelectorAll("input")].some((input) => input.value === value)) chips.append(chip);
  element.parentElement.replaceChildren();
  area.focus();
};
