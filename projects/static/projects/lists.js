// Lists: they change in place (htmx), and keys walk their rows. Without this script every
// list works by its links and forms alone.
(() => {
  "use strict";

  // The browser lets no text become markup here, but for what this policy lets through: whole
  // pages, as htmx fetches them from this site. Scripts are never made of text.
  if (window.trustedTypes) {
    window.trustedTypes.createPolicy("default", {
      createHTML(text) {
        if (/^\s*<!doctype html>/i.test(text)) return text;
        throw new TypeError("Only a whole page is taken.");
      },
    });
  }

  const list = () => document.getElementById("list");

  // Changing in place

  document.addEventListener("htmx:configRequest", (event) => {
    // An empty field asks nothing, and need not stand in the address.
    const { parameters } = event.detail;
    for (const name of Object.keys(parameters)) {
      if (parameters[name] === "") delete parameters[name];
    }
  });

  let focused = null;
  let unfolded = [];
  document.addEventListener("htmx:beforeSwap", () => {
    focused = document.activeElement && document.activeElement.id;
    unfolded = [...document.querySelectorAll("#list details[open][id]")].map((one) => one.id);
  });

  document.addEventListener("htmx:afterSwap", () => {
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  });

  document.addEventListener("htmx:afterSettle", () => {
    // What had the focus keeps it; where it is gone, as a chip is, its list takes it.
    const same = focused && document.getElementById(focused);
    (same || list())?.focus({ preventScroll: true });
  });

  // Whatever goes wrong is shown as it would be without this script: as a page.
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const { pathInfo } = event.detail;
      window.location.assign(pathInfo.finalRequestPath || pathInfo.requestPath);
    });
  }

  // Walking by keys

  const OFF = "keys-off";
  const remembered = {
    get off() {
      try {
        return window.localStorage.getItem(OFF) === "1";
      } catch {
        return false;
      }
    },
    set off(value) {
      try {
        if (value) window.localStorage.setItem(OFF, "1");
        else window.localStorage.removeItem(OFF);
      } catch {
        // Where nothing may be kept, it holds for this page.
      }
      held = value;
    },
  };
  let held = remembered.off;

  const showSwitch = () => {
    const box = document.getElementById("keys-on");
    if (!box) return;
    box.checked = !held;
    document.getElementById("keys")?.removeAttribute("hidden");
  };
  document.addEventListener("change", (event) => {
    if (event.target.id === "keys-on") remembered.off = !event.target.checked;
  });

  const rows = () => [...document.querySelectorAll("#list .answer tbody tr")];
  const leads = (row) => row.querySelector("a[href]");

  const step = (by) => {
    const all = rows().filter(leads);
    if (!all.length) return;
    const now = all.findIndex((row) => row.contains(document.activeElement));
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by;
    const row = all[Math.max(0, Math.min(all.length - 1, next))];
    leads(row).focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const typing = (element) =>
    element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);

  document.addEventListener("keydown", (event) => {
    if (held || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const { target, key } = event;
    if (key === "Escape") {
      if (list()?.contains(target)) target.blur();
      return;
    }
    if (typing(target)) return;
    const inRow = target.closest && target.closest("#list tbody tr");
    if (key === "/") {
      const search = document.getElementById("id_search");
      if (!search) return;
      search.focus();
      search.select();
    } else if (key === "j" || (key === "ArrowDown" && (inRow || target === document.body))) {
      step(1);
    } else if (key === "k" || (key === "ArrowUp" && (inRow || target === document.body))) {
      step(-1);
    } else {
      // Enter follows the link that has the focus, as it does everywhere.
      return;
    }
    event.preventDefault();
  });

  document.addEventListener("DOMContentLoaded", showSwitch);
  document.addEventListener("htmx:afterSettle", showSwitch);
})();
