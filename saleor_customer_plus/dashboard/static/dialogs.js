/* Dialogs: how they open and close, where the keyboard is in one, and menus. */
import { frame, notice, post } from "./bridge.js";
import { enter, goOn, remember } from "./focus.js";
import { load, reload } from "./screens.js";

export const open = (dialog) => {
  if (!dialog || dialog.open) return;
  if (document.activeElement !== document.body) remember(); // in the place of another dialog, what opened that
  dialog.showModal();
  enter(dialog);
};

/** What an element that has just come needs. */
export const prepare = (element) => {
  element.querySelectorAll?.("dialog[data-open]").forEach(open);
  element.querySelectorAll?.("[data-width]").forEach((bar) => {
    bar.style.setProperty("--width", bar.dataset.width); // not an inline style: the policy allows none
  });
  element.querySelectorAll?.("[data-color]").forEach((dot) => {
    dot.style.setProperty("color", dot.dataset.color);
  });
};

document.addEventListener("customerPlusNotice", (event) => {
  document.getElementById("announcement").textContent = event.detail.text;
  notice(event.detail);
});
document.addEventListener("customerPlusClose", () => {
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  post("popupClose", {});
});
document.addEventListener("customerPlusReload", reload);
document.addEventListener("customerPlusGo", (event) => {
  const { to, isOwn } = event.detail;
  if (isOwn) load(to);
  else post("redirect", { to });
});

document.addEventListener(
  "close",
  (event) => {
    goOn();
    // A dialog that changes something with each click shows it behind itself when it is closed.
    if (event.target.dataset?.reloads !== undefined) reload();
    // A popup is its dialog.
    if (frame.dataset.kind === "popup") post("popupClose", {});
  },
  true,
);

document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement) event.target.close(); // beside it
});

// A menu closes once something in it was chosen, by a click beside it, and by Escape.
const closeMenus = (but) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu === but) return;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus({ preventScroll: true });
    menu.open = false;
  });
};
document.addEventListener("click", (event) => {
  const menu = event.target.closest("details.menu");
  closeMenus(event.target.closest(".items") && !event.target.closest("input") ? null : menu);
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  closeMenus();
  menu.querySelector("summary").focus();
});
