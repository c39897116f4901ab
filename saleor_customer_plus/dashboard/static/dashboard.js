/* The bridge to Saleor's Dashboard, and the little that screens need beside htmx.
 *
 * The Dashboard gives us the token of whoever is logged in; it is kept in this variable only. Every request of a screen
 * carries it. Without the Dashboard around us there is none, and the page says where it belongs.
 */
(() => {
  "use strict";

  const query = new URLSearchParams(location.search);
  const screen = document.getElementById("screen");
  const frame = document.documentElement;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  // What the Dashboard appends to every address. It is not part of a screen's.
  const ITS_OWN = [
    "domain", "saleorApiUrl", "id", "theme", "locale", "appId", "featureFlags", "dashboardVersion", "coreVersion",
    "saleorVersion", "formId",
  ];
  const LAST = "customer-plus-last";

  let token = null;
  let locale = query.get("locale") || navigator.language || "en";
  let version = ""; // of the Dashboard
  let dashboard = null; // its origin, once it has answered
  let lastAction = 0;
  let waiting = []; // for a token

  const languageOf = (name) => name.split(/[-_]/)[0].toLowerCase();

  // Talking to the Dashboard.

  const post = (type, payload) => {
    if (window.parent === window) return;
    lastAction += 1;
    const action = { type, payload: { actionId: `customer-plus-${lastAction}`, ...payload } };
    window.parent.postMessage(action, dashboard || "*");
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
      if (token && isNew) reload();
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

  const takeToken = (given) => {
    if (!given) return show("no-permission");
    const isFirst = token === null;
    token = given;
    if (isFirst) begin();
    const those = waiting;
    waiting = [];
    those.forEach((again) => again());
  };

  const setTheme = (theme) => {
    frame.dataset.theme = theme === "dark" || theme === "defaultDark" ? "dark" : "light";
  };

  /** Where the Dashboard shows our pages. It moved in 3.22. */
  const appPath = () => {
    const id = encodeURIComponent(query.get("id") || "");
    const [, minor] = (version || "").split(".");
    return Number(minor) < 22 ? `/apps/${id}/app` : `/extensions/app/${id}`;
  };

  // Screens.

  const show = (id) => {
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

  const first = address();
  let current = first;

  // Whether another screen is on its way: until it is there, nothing says where we are.
  let isLeaving = false;

  /** Asks for a screen. One that is on its way is not wanted any more: it would have to come first. */
  const ask = (path, swap = "innerHTML") => {
    isLeaving = true;
    htmx.trigger(document.body, "htmx:abort");
    htmx.ajax("GET", path, { target: "#screen", swap }).catch(() => {});
  };

  const load = (path, isNew = true) => {
    if (isNew && path !== current) history.pushState({ path, before: current }, "", path);
    else history.replaceState({ ...history.state, path }, "", path);
    current = path;
    show("busy");
    ask(path, "innerHTML show:window:top");
  };

  /** Begins where a reload left off. The frame is a new one, which Back would not find its way in by itself. */
  const begin = () => {
    const last = restored();
    if (last?.before && last.before !== last.path) {
      history.replaceState({ path: last.before }, "", last.before);
      current = last.before;
    }
    load(last?.path || address(), Boolean(last?.before));
  };

  /** Shows the screen afresh, where it is scrolled to. */
  const reload = () => ask(current);

  window.addEventListener("popstate", (event) => {
    if (event.state && token) {
      current = event.state.path;
      ask(current);
    }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    if (link.dataset.dashboard !== undefined) {
      event.preventDefault(); // a page of the Dashboard
      post("redirect", { to: link.dataset.dashboard, newContext: event.ctrlKey || event.metaKey });
    } else if (link.dataset.screen !== undefined && frame.dataset.kind !== "screen") {
      event.preventDefault(); // one of our screens, from a widget or a popup: the Dashboard opens our page at it
      const path = link.getAttribute("href").split("/dashboard/")[1];
      post("redirect", { to: `${appPath()}/${path}`, newContext: event.ctrlKey || event.metaKey });
    } else if (link.dataset.screen !== undefined) {
      event.preventDefault();
      load(link.getAttribute("href"));
    }
  });

  // Requests.

  // A second click while a form is being saved does not save it twice.
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, verb } = event.detail;
    if (verb === "post" && elt.classList.contains("htmx-request")) event.preventDefault();
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const { headers } = event.detail;
    headers.Authorization = `Bearer ${token}`;
    headers["X-Locale"] = locale;
    headers["X-Time-Zone"] = zone;
  });

  // What asks for news of itself waits while a menu in it is open.
  const isInUse = (element) => element.matches?.("[data-polls]") && element.querySelector("details.menu[open]");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isInUse(event.detail.elt)) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (isInUse(event.detail.elt)) {
      event.detail.shouldSwap = false;
      return;
    }
    if (xhr.status === 401) {
      // The token has expired. The Dashboard answers with a new one, and then we ask again.
      event.detail.shouldSwap = false;
      event.detail.isError = false; // that is no news for the console
      const { elt, requestConfig } = event.detail;
      if (elt.dataset.triedAgain) return show("expired");
      elt.dataset.triedAgain = "yes";
      waiting.push(() => {
        const { target } = event.detail;
        htmx
          .ajax(requestConfig.verb.toUpperCase(), requestConfig.path, { source: elt, target })
          .then(() => delete elt.dataset.triedAgain);
      });
      post("notifyReady", {});
      return;
    }
    if (xhr.status >= 400 && xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) {
      event.detail.shouldSwap = true; // the page says what is wrong
      event.detail.isError = false;
    } else if (xhr.status >= 400) {
      notice({ text: frame.dataset.failed, status: "error" }); // of a proxy, which knows nothing of our screens
      isLeaving = false;
      if (screen.childElementCount) show("screen");
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === screen) {
      isLeaving = false;
      show("screen");
    }
    const replaced = event.detail.xhr?.getResponseHeader("X-Customer-Plus-Address");
    if (replaced && !isLeaving) {
      current = replaced;
      history.replaceState({ ...history.state, path: current }, "", current);
    }
    prepare(event.detail.target);
  });

  document.addEventListener("htmx:sendError", () => {
    isLeaving = false;
    show(screen.childElementCount ? "screen" : "offline");
    notice({ text: frame.dataset.offline, status: "error" });
  });

  const notice = ({ text, status }) => post("notification", { text, title: "", status });
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

  // A dialog that changes something with each click shows it behind itself when it is closed.
  document.addEventListener(
    "close",
    (event) => {
      if (event.target.dataset?.reloads !== undefined) reload();
    },
    true,
  );

  // What elements do that are marked for it.

  const behaviour = {
    /** Opens a dialog, which may be filled by a request of its own. */
    open: (element) => document.getElementById(element.dataset.opens)?.showModal(),
    close: (element) => element.closest("dialog")?.close(),
    /** Ticks every row. */
    all: (element) => {
      document.querySelectorAll("input[name=ids]").forEach((box) => {
        box.checked = element.checked;
      });
      countSelected();
    },
    /** Ticks or unticks every box of the card. */
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
    /** Moves an item of a list that can be sorted. */
    up: (element) => {
      const moved = element.closest("li");
      moved.previousElementSibling?.before(moved);
      element.focus();
    },
    down: (element) => {
      const moved = element.closest("li");
      moved.nextElementSibling?.after(moved);
      element.focus();
    },
    /** Takes a colleague's name into the note, and mentions them. */
    mention: (element) => {
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
    },
    /** Removes the label that it is in. */
    drop: (element) => element.closest(".pill").remove(),
    copy: (element) => navigator.clipboard?.writeText(element.dataset.copies),
  };

  document.addEventListener("click", (event) => {
    const element = event.target.closest("[data-does]");
    if (element && element.dataset.does !== "all") behaviour[element.dataset.does]?.(element, event);
    if (event.target instanceof HTMLDialogElement) event.target.close(); // beside it
  });

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

  // A menu closes once something in it was chosen, by a click beside it, and by Escape.
  const closeMenus = (but) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== but) menu.open = false;
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

  document.addEventListener("change", (event) => {
    if (event.target.dataset?.does === "all") behaviour.all(event.target);
    if (event.target.name === "ids") countSelected();
  });

  const tickAll = (element, isTicked) => {
    element.closest(".card").querySelectorAll("input[type=checkbox]").forEach((box) => {
      box.checked = isTicked;
    });
  };

  const countSelected = () => {
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

  // Files that are dropped onto a form.
  document.addEventListener("dragover", (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (zone) {
      event.preventDefault();
      zone.classList.add("is-over");
    }
  });
  document.addEventListener("dragleave", (event) => {
    event.target.closest?.("[data-drop]")?.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    const input = zone.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector?.("progress[data-upload]");
    if (bar && event.detail.lengthComputable) {
      bar.hidden = false;
      bar.value = event.detail.loaded / event.detail.total;
    }
  });

  /** What an element that has just come needs. */
  const prepare = (element) => {
    element.querySelectorAll?.("dialog[data-open]").forEach((dialog) => {
      if (!dialog.open) dialog.showModal();
      dialog.querySelector("[aria-invalid=true]")?.focus();
    });
    element.querySelectorAll?.("[data-width]").forEach((bar) => {
      bar.style.setProperty("--width", bar.dataset.width); // not an inline style: the policy allows none
    });
    element.querySelectorAll?.("[data-color]").forEach((dot) => {
      dot.style.setProperty("color", dot.dataset.color);
    });
    countSelected();
  };

  // A popup is its dialog.
  if (frame.dataset.kind === "popup") {
    document.addEventListener("close", () => post("popupClose", {}), true);
  }

  // A widget is as high as what it shows.
  if (frame.dataset.kind === "widget") {
    new ResizeObserver(() => post("widgetResize", { height: Math.ceil(document.body.scrollHeight) })).observe(
      document.body,
    );
  }

  setTheme(query.get("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  show("busy");
  if (window.parent === window) {
    show("outside");
  } else {
    post("notifyReady", {});
    setTimeout(() => token === null && show("outside"), 5000);
  }
})();
