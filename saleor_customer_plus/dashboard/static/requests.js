/* What htmx asks for: with the token, once only, and what becomes of answers that are none. */
import { frame, identify, notice, renew } from "./bridge.js";
import { prepare } from "./dialogs.js";
import { toHeading } from "./focus.js";
import { arrived, moveTo, screen, show, stay } from "./screens.js";
import { countSelected } from "./selection.js";

// A second click while a form is being saved does not save it twice.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, verb } = event.detail;
  if (verb === "post" && elt.classList.contains("htmx-request")) event.preventDefault();
});

document.addEventListener("htmx:configRequest", (event) => identify(event.detail.headers));

// What asks for news of itself waits while a menu in it is open, and while a button of the mouse is down on it: a click is
// lost if what was pressed has been replaced when it is released.
const isInUse = (element) => element.matches?.("[data-polls]") && element.querySelector("details.menu[open], :active");
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isInUse(event.detail.elt)) event.preventDefault();
});

/** The token has expired. The Dashboard answers with a new one, and then we ask again: once. */
const askAgain = ({ elt, requestConfig, target }) => {
  if (elt.dataset.triedAgain) return show("expired");
  elt.dataset.triedAgain = "yes";
  renew(() => {
    htmx
      .ajax(requestConfig.verb.toUpperCase(), requestConfig.path, { source: elt, target })
      .then(() => delete elt.dataset.triedAgain);
  });
};

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (isInUse(event.detail.elt)) {
    event.detail.shouldSwap = false;
  } else if (xhr.status === 401) {
    event.detail.shouldSwap = false;
    event.detail.isError = false; // that is no news for the console
    askAgain(event.detail);
  } else if (xhr.status >= 400 && xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) {
    event.detail.shouldSwap = true; // the page says what is wrong
    event.detail.isError = false;
  } else if (xhr.status >= 400) {
    notice({ text: frame.dataset.failed, status: "error" }); // of a proxy, which knows nothing of our screens
    stay();
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, xhr } = event.detail;
  if (target === screen && arrived()) toHeading(screen);
  const path = xhr?.getResponseHeader("X-Customer-Plus-Address");
  if (path) moveTo(path);
  prepare(target);
  countSelected();
});

document.addEventListener("htmx:sendError", () => {
  stay("offline");
  notice({ text: frame.dataset.offline, status: "error" });
});
