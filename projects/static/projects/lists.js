// Lists: updated in place (htmx), and with keys for their rows. Without this script they work
// by links and forms.
(() => {
  "use strict";

  // The browser turns no text into markup except what this policy allows: whole pages, which
  // htmx fetches from this site. Text never becomes a script.
  if (window.trustedTypes) {
    window.trustedTypes.createPolicy("default", {
      createHTML(text) {
        if (/^\s*<!doctype html>/i.test(text)) return text;
        throw new TypeError("Only whole pages are allowed.");
      },
    });
  }

  const list = () => document.getElementById("list");

  // Updates in place

  document.addEventListener("htmx:configRequest", (event) => {
    // An empty field filters nothing and is left out of the address.
    const { parameters } = event.detail;
    for (const name of Object.keys(parameters)) {
      if (parameters[name] === "") delete parameters[name];
    }
  });

  let focused = null;
  let open = [];
  document.addEventListener("htmx:beforeSwap", () => {
    focused = document.activeElement && document.activeElement.id;
    open = [...document.querySelectorAll("#list details[open][id]")].map((one) => one.id);
  });

  document.addEventListener("htmx:afterSwap", () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  });

  document.addEventListener("htmx:afterSettle", () => {
    // Keeps the focus; where its element is gone, such as a removed filter, the list gets it.
    const same = focused && document.getElementById(focused);
    (same || list())?.focus({ preventScroll: true });
  });

  // Errors are shown as without this script: as a page.
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const { pathInfo } = event.detail;
      window.location.assign(pathInfo.finalRequestPath || pathInfo.requestPath);
    });
  }

  // Keys for the rows

  const OFF = "keys-off";
  const stored = {
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
        // Without storage the choice is valid on this page only.
      }
      off = value;
    },
  };
  let off = stored.off;

  const showSwitch = () => {
    const box = document.getElementById("keys-on");
    if (!box) return;
    box.checked = !off;
    document.getElementById("keys")?.removeAttribute("hidden");
  };
  document.addEventListener("change", (event) => {
    if (event.target.id === "keys-on") stored.off = !event.target.checked;
  });

  const rows = () => [...document.querySelectorAll("#list .answer tbody tr")];
  const linkOf = (row) => row.querySelector("a[href]");

  const step = (by) => {
    const all = rows().filter(linkOf);
    if (!all.length) return;
    const now = all.findIndex((row) => row.contains(document.activeElement));
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by;
    const row = all[Math.max(0, Math.min(all.length - 1, next))];
    linkOf(row).focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const typing = (element) =>
    element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);

  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
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
