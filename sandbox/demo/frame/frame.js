/* The Dashboard's side of the protocol, as far as our screens use it. */
(async () => {
  "use strict";
  const OUR_APP = "/extensions/app/demo/";
  const frame = document.getElementById("frame");
  const where = document.getElementById("where");
  const nav = document.getElementById("links");
  let theme = new URLSearchParams(location.search).get("theme") || "light";
  let locale = new URLSearchParams(location.search).get("locale") || "en";

  const ask = async () => (await fetch("/frame.json")).json();
  const { links } = await ask();
  const send = (type, payload) => frame.contentWindow.postMessage({ type, payload }, location.origin);

  const open = (path) => {
    where.hidden = true;
    frame.hidden = false;
    frame.className = path.includes("/widgets/") ? "widget" : "";
    frame.removeAttribute("height");
    const query = new URLSearchParams({ domain: location.host, saleorApiUrl: `${location.origin}/graphql/`, id: "demo", theme, locale });
    frame.src = `${path}${path.includes("?") ? "&" : "?"}${query}`;
    nav.querySelectorAll("a").forEach((link) => link.toggleAttribute("aria-current", link.getAttribute("href") === path));
  };

  const actions = {
    notifyReady: async () => send("handshake", { token: (await ask()).token, version: 1, saleorVersion: "3", dashboardVersion: "3" }),
    notification: ({ text, title, status }) => {
      const notice = document.createElement("div");
      notice.className = status === "error" ? "error" : "";
      notice.textContent = text || title;
      document.getElementById("notices").append(notice);
      setTimeout(() => notice.remove(), 5000);
    },
    redirect: ({ to }) => {
      if (to.startsWith("/plugins/")) return open(to);
      if (to.startsWith(OUR_APP)) return open(`/plugins/customer-plus/dashboard/${to.slice(OUR_APP.length)}`);
      frame.hidden = true;
      where.hidden = false;
      where.textContent = `Saleor's Dashboard would now show ${to}.`;
    },
    widgetResize: ({ height }) => frame.setAttribute("height", height),
    updateRouting: () => {},
    popupClose: () => {},
  };

  addEventListener("message", (event) => {
    const { type, payload } = event.data || {};
    if (event.source !== frame.contentWindow || !Object.hasOwn(actions, type)) return;
    actions[type](payload);
    send("response", { actionId: payload.actionId, ok: true });
  });

  const dress = () => document.body.classList.toggle("dark", theme === "dark");
  document.getElementById("theme").addEventListener("click", () => {
    theme = theme === "dark" ? "light" : "dark";
    dress();
    send("theme", { theme });
  });
  document.getElementById("locale").value = locale;
  document.getElementById("locale").addEventListener("change", (event) => {
    locale = event.target.value;
    send("localeChanged", { locale });
  });

  Object.entries(links).forEach(([label, path]) => {
    const link = document.createElement("a");
    link.href = path;
    link.textContent = label;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open(path);
    });
    nav.append(link);
  });
  dress();
  const wanted = location.hash.slice(1);
  open(wanted.startsWith("/plugins/") ? wanted : Object.values(links)[0]);
})();
