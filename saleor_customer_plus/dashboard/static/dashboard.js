/* The little that screens need beside htmx: the parts, what elements do that are marked for it, and the beginning. */
import { frame, post, hasToken, when } from "./bridge.js";
import "./board.js";
import { open } from "./dialogs.js";
import { mention } from "./mentions.js";
import "./requests.js";
import { begin, reload, show } from "./screens.js";
import { move, tickAll } from "./selection.js";
import "./uploads.js";

const behaviour = {
  /** Opens a dialog, which may be filled by a request of its own. */
  open: (element) => open(document.getElementById(element.dataset.opens)),
  close: (element) => element.closest("dialog")?.close(),
  tick: (element) => tickAll(element, true),
  untick: (element) => tickAll(element, false),
  /** Takes the other value into its field. */
  take: (element) => {
    const field = element.closest("form").elements[element.dataset.name];
    field.value = element.dataset.value;
    field.focus();
  },
  /** Closes a dialog whose work changed what the screen shows. */
  finish: (element) => {
    element.closest("dialog")?.close();
    if (frame.dataset.kind !== "popup") reload();
  },
  up: (element) => move(element, true),
  down: (element) => move(element, false),
  /** Takes a colleague's name into the note, and mentions them. */
  mention,
  /** Removes the label that it is in. */
  drop: (element) => element.closest(".pill").remove(),
  copy: (element) => navigator.clipboard?.writeText(element.dataset.copies),
};

document.addEventListener("click", (event) => {
  const element = event.target.closest("[data-does]");
  if (element) behaviour[element.dataset.does]?.(element);
});

// Whoever enters a value wants it to be set.
document.addEventListener("input", (event) => {
  const box = event.target.closest?.(".row.set")?.querySelector("input[name=set]");
  if (box && box !== event.target) box.checked = true;
});

// A preview is of the options that it was made with: none can be started once they were changed.
document.addEventListener("input", (event) => {
  if (!event.target.closest?.("[data-invalidates]")) return;
  document.querySelectorAll("[data-invalidated]").forEach((button) => {
    button.disabled = true;
  });
  document.querySelectorAll("[data-invalid-note]").forEach((note) => {
    note.hidden = false;
  });
});

// A widget is as high as what it shows.
if (frame.dataset.kind === "widget") {
  new ResizeObserver(() => post("widgetResize", { height: Math.ceil(document.body.scrollHeight) })).observe(
    document.body,
  );
}

when("ready", begin);
when("refused", () => show("no-permission"));
when("language", reload);
show("busy");
if (window.parent === window) {
  show("outside");
} else {
  post("notifyReady", {});
  setTimeout(() => hasToken() || show("outside"), 5000);
}
