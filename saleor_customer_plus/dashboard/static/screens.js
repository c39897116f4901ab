/* Which screen is shown: loading one, Back, reloading, and links to other screens and to pages of the Dashboard. */
import { appPath, frame, hasToken, post } from "./bridge.js";

export const screen = document.getElementById("screen");

// What the Dashboard appends to every address. It is not part of a screen's.
const ITS_OWN = [
  "domain", "saleorApiUrl", "id", "theme", "locale", "appId", "featureFlags", "dashboardVersion", "coreVersion",
  "saleorVersion", "formId",
];
const LAST = "customer-plus-last";

export const show = (id) => {
  document.querySelectorAll("[data-state]").forEach((element) => {
    element.hidden = element.id !== id;
  });
};

/** The address of the screen, without what the Dashboard appended. */
const address = () => {
  const own = new URLSearchParams(location.search);
  // Some are nested, as in `featureFlags[name][enabled]`.
  [...own.keys()].filter((name) => ITS_OWN.includes(name.split("[")[0])).forEach((name) => own.delete(name));
  return location.pathname + (own.size ? `?${own}` : "");
};

const first = address();
let current = first;

// Whether another screen is on its way: until it is there, nothing says where we are.
let isLeaving = false;
// Whether somebody opened it here: then the focus goes there. The frame by itself takes none from the Dashboard.
let isNewScreen = false;

/** Reloading the Dashboard brings us back to the first screen: go on where we were.
 *
 * Whoever went to another page of the Dashboard and came back wants the first screen; that made the history longer.
 */
const restored = () => {
  if (frame.dataset.kind !== "screen") return null;
  try {
    const last = JSON.parse(sessionStorage.getItem(LAST) || "{}");
    const isReload = last.length === history.length && Date.now() - last.at < 60_000;
    return last.path && last.first === address() && isReload ? last : null;
  } catch {
    return null;
  }
};

window.addEventListener("pagehide", () => {
  if (frame.dataset.kind === "screen") {
    const last = { path: current, before: history.state?.before, first, length: history.length, at: Date.now() };
    sessionStorage.setItem(LAST, JSON.stringify(last));
  }
});

/** Asks for a screen. One that is on its way is not wanted any more: it would have to come first. */
const ask = (path, swap = "innerHTML") => {
  isLeaving = true;
  htmx.trigger(document.body, "htmx:abort");
  htmx.ajax("GET", path, { target: "#screen", swap }).catch(() => {});
};

export const load = (path, isNew = true) => {
  if (isNew && path !== current) history.pushState({ path, before: current }, "", path);
  else history.replaceState({ ...history.state, path }, "", path);
  current = path;
  isNewScreen = isNew;
  show("busy");
  ask(path, "innerHTML show:window:top");
};

/** Begins where a reload left off. The frame is a new one, which Back would not find its way in by itself. */
export const begin = () => {
  const last = restored();
  if (last?.before && last.before !== last.path) {
    history.replaceState({ path: last.before }, "", last.before);
    current = last.before;
  }
  load(last?.path || address(), Boolean(last?.before));
};

/** Shows the screen afresh, where it is scrolled to. */
export const reload = () => ask(current);

/** A screen has come. Returns whether somebody opened it, and whoever uses the keyboard goes on there. */
export const arrived = () => {
  const isWanted = isNewScreen && document.hasFocus();
  isLeaving = isNewScreen = false;
  show("screen");
  return isWanted;
};

/** What was on its way did not come: what was there is shown again, or else the state of that name. */
export const stay = (otherwise) => {
  isLeaving = isNewScreen = false;
  if (screen.childElementCount) show("screen");
  else if (otherwise) show(otherwise);
};

/** What is shown has another address than was asked for, such as that of a filtered list. */
export const moveTo = (path) => {
  if (isLeaving) return;
  current = path;
  history.replaceState({ ...history.state, path }, "", path);
};

window.addEventListener("popstate", (event) => {
  if (event.state && hasToken()) {
    current = event.state.path;
    ask(current);
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  const newContext = event.ctrlKey || event.metaKey;
  if (link.dataset.dashboard !== undefined) {
    event.preventDefault(); // a page of the Dashboard
    post("redirect", { to: link.dataset.dashboard, newContext });
  } else if (link.dataset.screen !== undefined && frame.dataset.kind !== "screen") {
    event.preventDefault(); // one of our screens, from a widget or a popup: the Dashboard opens our page at it
    const path = link.getAttribute("href").split("/dashboard/")[1];
    post("redirect", { to: `${appPath()}/${path}`, newContext });
  } else if (link.dataset.screen !== undefined) {
    event.preventDefault();
    load(link.getAttribute("href"));
  }
});
