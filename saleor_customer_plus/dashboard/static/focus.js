/* Where the keyboard goes on: in a dialog at its first field, or the first that is wrong; after it, where it was opened;
 * after a part of a screen was replaced, at what took the place; in another screen, at its heading.
 *
 * Browsers return the focus from a dialog to what opened it. That fails where a dialog was replaced by another one, and
 * where the screen behind it was loaded afresh: what has the same attributes there takes its place.
 */
const TELLING = ["id", "name", "value", "href", "hx-get", "hx-post", "data-opens", "aria-label"];
const REACHED =
  "a[href], button:not(:disabled), input:not(:disabled):not([type=hidden]), select:not(:disabled), " +
  "textarea:not(:disabled), summary, [tabindex]:not([tabindex='-1'])";
const FIELDS = "input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled)";

let last = null; // where the focus was: the element, how to find it again, and what it is a part of

const isShown = (element) => element.checkVisibility();

const selectorOf = (element) =>
  element.localName +
  TELLING.filter((name) => element.hasAttribute(name))
    .map((name) => `[${name}="${CSS.escape(element.getAttribute(name))}"]`)
    .join("");

/** Keeps where the focus is. In a dialog that is nothing to come back to: what opened it is. */
export const remember = () => {
  const active = document.activeElement;
  if (active?.closest("dialog")) return;
  if (!active || active === document.body) {
    last = null;
    return;
  }
  const element = active.closest("details.menu")?.querySelector("summary") || active; // a menu has closed by then
  last = { element, selector: selectorOf(element), part: element.closest("section[id]")?.id };
};

/** Whether nothing has the focus that can be seen: what was in a dialog keeps it for a moment after that was closed. */
const isLost = () => {
  const active = document.activeElement;
  const isNowhere = !active || active === document.body || !isShown(active);
  return isNowhere && !document.querySelector("dialog[open]");
};

/** The heading of a screen or of a part of it: from there, Tab goes on to what it contains. */
export const toHeading = (element) => {
  const heading = element?.querySelector("h1, h2");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
};

/** Goes back to where the focus was, if it got lost. */
export const goOn = () => {
  if (!last || !isLost()) return;
  const { element, selector, part } = last;
  const found = element.isConnected ? element : document.querySelector(selector);
  if (found) found.focus({ preventScroll: true });
  else toHeading(part && document.getElementById(part));
};

/** Goes to the first field of a dialog, or to the first that is wrong. One without fields begins with its first button. */
export const enter = (dialog) => {
  const wrong = dialog.querySelector("[aria-invalid=true], [autofocus]");
  const field = wrong || [...dialog.querySelectorAll(FIELDS)].find(isShown);
  field?.focus();
};

document.addEventListener("htmx:beforeSwap", remember);
document.addEventListener("htmx:afterSettle", goOn);

// Around the frame is the Dashboard, which knows nothing of our dialog: Tab would go on behind it.
document.addEventListener("keydown", (event) => {
  const dialog = event.key === "Tab" && document.querySelector("dialog[open]");
  if (!dialog) return;
  const reached = [...dialog.querySelectorAll(REACHED)].filter(isShown);
  const [from, to] = event.shiftKey ? [reached[0], reached.at(-1)] : [reached.at(-1), reached[0]];
  if (document.activeElement === from || !dialog.contains(document.activeElement)) {
    event.preventDefault();
    to?.focus();
  }
});
