/* The bridge to Saleor's Dashboard.
 *
 * It gives us the token of whoever is logged in, which is kept in this module only, and sends with every request of a
 * screen. Without the Dashboard around us there is none, and the page says where it belongs.
 */
export const query = new URLSearchParams(location.search);
export const frame = document.documentElement;

const listeners = { ready: [], refused: [], language: [] };
let token = null;
let locale = query.get("locale") || navigator.language || "en";
let version = ""; // of the Dashboard
let dashboard = null; // its origin, once it has answered
let lastAction = 0;
let waiting = []; // for a token

const languageOf = (name) => name.split(/[-_]/)[0].toLowerCase();

/** Calls a function once there is a token ("ready"), if there is none for us ("refused"), in a new "language". */
export const when = (event, listener) => listeners[event].push(listener);
const tell = (event) => listeners[event].forEach((listener) => listener());

export const hasToken = () => token !== null;

/** What every request of a screen says of its reader. */
export const identify = (headers) => {
  headers.Authorization = `Bearer ${token}`;
  headers["X-Locale"] = locale;
  headers["X-Time-Zone"] = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
};

export const post = (type, payload) => {
  if (window.parent === window) return;
  lastAction += 1;
  const action = { type, payload: { actionId: `customer-plus-${lastAction}`, ...payload } };
  window.parent.postMessage(action, dashboard || "*");
};

export const notice = ({ text, status }) => post("notification", { text, title: "", status });

/** Asks for a new token, and goes on with it. */
export const renew = (again) => {
  waiting.push(again);
  post("notifyReady", {});
};

/** Where the Dashboard shows our pages. It moved in 3.22. */
export const appPath = () => {
  const id = encodeURIComponent(query.get("id") || "");
  const [, minor] = (version || "").split(".");
  return Number(minor) < 22 ? `/apps/${id}/app` : `/extensions/app/${id}`;
};

const takeToken = (given) => {
  if (!given) return tell("refused");
  const isFirst = token === null;
  token = given;
  if (isFirst) tell("ready");
  const those = waiting;
  waiting = [];
  those.forEach((again) => again());
};

const setTheme = (theme) => {
  frame.dataset.theme = theme === "dark" || theme === "defaultDark" ? "dark" : "light";
};

const received = {
  handshake: (payload) => {
    version = payload.dashboardVersion || version;
    takeToken(payload.token);
  },
  tokenRefresh: (payload) => takeToken(payload.token),
  theme: (payload) => setTheme(payload.theme),
  localeChanged: (payload) => {
    const isNew = languageOf(payload.locale) !== languageOf(locale);
    locale = payload.locale;
    if (token && isNew) tell("language");
  },
  redirect: () => {},
  response: () => {},
};

window.addEventListener("message", (event) => {
  // Only who has us in a frame; the policy of this page says who may.
  if (event.source !== window.parent || window.parent === window) return;
  if (dashboard && event.origin !== dashboard) return;
  const { type, payload } = event.data || {};
  if (!Object.hasOwn(received, type)) return;
  dashboard = event.origin;
  received[type](payload || {});
});

setTheme(query.get("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
