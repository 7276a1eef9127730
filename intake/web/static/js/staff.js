// Keys of the desk. Each presses a button or follows a link that is on the page; every page works without them.
(() => {
  "use strict";

  const root = document.body;
  const dialog = document.getElementById("keys");
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const seen = (one) => one.getClientRects().length > 0 && !one.disabled;

  // Buttons that need a script are shown where there is one.
  for (const button of all("[data-script]")) button.hidden = false;

  // Privacy blur: for when somebody walks up to the desk. It lasts until it is taken off, on every page.
  const blurButton = document.querySelector("[data-blur]");
  const blur = (on) => {
    root.classList.toggle("is-blurred", on);
    blurButton?.setAttribute("aria-pressed", String(on));
    try { sessionStorage.setItem("blur", on ? "1" : ""); } catch { /* storage is closed: this page only */ }
  };
  try { if (sessionStorage.getItem("blur")) blur(true); } catch { /* as above */ }
  blurButton?.addEventListener("click", () => blur(!root.classList.contains("is-blurred")));

  const help = () => { if (dialog && !dialog.open) dialog.showModal(); };
  document.querySelector("[data-help]")?.addEventListener("click", help);

  // A menu closes when one goes on elsewhere, and with Escape.
  const shut = (target) => {
    for (const menu of all(".bar-menu[open]")) if (!menu.contains(target)) menu.open = false;
  };
  document.addEventListener("click", (event) => shut(event.target));
  document.addEventListener("focusin", (event) => shut(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector(".bar-menu[open]");
    shut(null);
    menu?.querySelector("summary").focus();
  });

  if (root.dataset.keys !== "on") return;

  const typing = (target) => target instanceof Element
    && Boolean(target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));

  const press = (one) => {
    if (one.matches("input, select, textarea")) one.focus();
    else one.click();
  };

  let going = 0;
  const go = (key) => {
    going = 0;
    const link = all("[data-go]").find((one) => one.dataset.go === key);
    const home = root.dataset.list;
    if (link) link.click();
    else if (home) location.assign(`${home}#go-${key}`);
  };

  // From another page, g and a letter lead by way of the list, whose views know their addresses.
  if (location.hash.startsWith("#go-")) {
    const key = location.hash.slice(4);
    history.replaceState(null, "", location.pathname + location.search);
    if (all("[data-go]").some((one) => one.dataset.go === key)) go(key);
  }

  const fixed = {
    "?": help,
    ".": () => blurButton?.click(),
    "/": () => document.getElementById("search")?.focus(),
    "g": () => { going = Date.now(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key === "z") return;
    if (typing(event.target) || dialog?.open) return;
    if (going && Date.now() - going < 1500) {
      event.preventDefault();
      go(event.key);
      return;
    }
    going = 0;
    const act = fixed[event.key];
    const own = all("[data-key]").find((one) => one.dataset.key === event.key && seen(one));
    if (!act && !own) return;
    event.preventDefault();
    // A page may first choose what the act is about.
    if (own) own.dispatchEvent(new CustomEvent("desk:before", { bubbles: true }));
    if (act) act(); else press(own);
  });
})();
