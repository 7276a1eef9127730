// The work list, alone or beside an inquiry: moving, choosing, counting, and looking again by itself
// without losing the place.
(() => {
  "use strict";

  const list = document.querySelector("[data-live=list]");
  if (!list) return;
  const all = (selector, inside = list) => [...inside.querySelectorAll(selector)];
  const rows = () => all("[data-row]");
  const boxes = () => all("input[name=chosen]");
  const main = (row) => row.querySelector(".open") || row.querySelector("input") || row;
  const isSeen = () => list.getClientRects().length > 0; // beside an inquiry on wide screens only
  const withKeys = document.body.dataset.keys === "on";
  // Beside an inquiry the list is another address than the page; looking again asks the list alone.
  const { selected = "", from } = list.dataset;
  const source = () => {
    const address = new URL(from || location.href, location.href);
    address.searchParams.delete("done");
    address.hash = "";
    return address;
  };
  let here = "";

  // The place outlives the page: what was done to a line leads back to the list, and on from there.
  const keepPlace = (row) => {
    const place = { list: source().search, row: row.dataset.row, index: rows().indexOf(row) };
    try { sessionStorage.setItem("place", JSON.stringify(place)); } catch { /* this page only */ }
  };
  const keptRow = () => {
    try {
      const place = JSON.parse(sessionStorage.getItem("place")) || {};
      if (place.list !== source().search) return undefined;
      return rows().find((row) => row.dataset.row === place.row) || rows()[Math.min(place.index, rows().length - 1)];
    } catch { return undefined; }
  };

  const rowAt = () => rows().find((row) => row.dataset.row === here);
  const mark = (row) => {
    for (const one of rows()) one.classList.toggle("is-here", one === row);
    here = row ? row.dataset.row : "";
    if (row) keepPlace(row);
  };
  const move = (step) => {
    const those = rows();
    if (!those.length) return;
    const place = those.indexOf(rowAt());
    const row = those[place < 0 ? 0 : Math.min(Math.max(place + step, 0), those.length - 1)];
    mark(row);
    main(row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  // How many are chosen stands in the buttons themselves.
  const bar = document.querySelector(".bulk");
  const counted = bar ? all("[data-counted]", bar) : [];
  for (const one of counted) one.dataset.plain = one.textContent;
  const count = () => {
    const number = boxes().filter((box) => box.checked).length;
    for (const one of counted) {
      one.textContent = number ? one.dataset.counted.replace("{n}", number) : one.dataset.plain;
    }
  };
  const choose = (row, on) => {
    const box = row?.querySelector("input[name=chosen]");
    if (box) box.checked = on ?? !box.checked;
    count();
  };
  // Without a choice, an act of the bar is about the row one is on.
  bar?.addEventListener("desk:before", () => {
    if (!boxes().some((box) => box.checked)) choose(rowAt() || rows()[0], true);
  });
  list.addEventListener("change", count);
  list.addEventListener("focusin", (event) => mark(event.target.closest("[data-row]")));
  count();

  const open = () => {
    const row = rowAt();
    if (row && row.dataset.row !== selected) row.querySelector(".open")?.click();
  };
  const opened = rows().find((row) => row.dataset.row === selected);
  const first = opened || keptRow();
  if (first) {
    mark(first);
    if (opened) list.scrollTop += first.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
    else if (!document.querySelector(".toast")) first.scrollIntoView({ block: "nearest" });
  }

  const acts = {
    j: () => move(1),
    k: () => move(-1),
    x: () => choose(rowAt()),
    Escape: () => { for (const box of boxes()) box.checked = false; count(); },
    Enter: open,
  };
  document.addEventListener("keydown", (event) => {
    const at = event.target instanceof Element ? event.target : document.body;
    if (!withKeys || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || !isSeen()) return;
    if (at.closest("input:not([type=checkbox]), textarea, select")) return;
    if (event.key === "Enter" && at !== document.body && at.closest("a, button, summary")) return;
    const act = acts[event.key];
    if (!act || (event.key === "x" && !rowAt())) return;
    if (event.key !== "Escape") event.preventDefault();
    act();
  });

  // Look again every 15 seconds. A document that XMLHttpRequest parsed runs no script, and nothing here
  // is made from text, so there is no policy for Trusted Types to keep.
  let tag = list.dataset.tag;
  let timer = 0;

  const swap = (fresh) => {
    const chosen = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
    const before = new Set(rows().map((row) => row.dataset.row));
    const place = rows().indexOf(rowAt());
    const held = list.contains(document.activeElement) ? document.activeElement : null;
    const wasBox = held?.matches("input");
    const top = rowAt()?.getBoundingClientRect().top;
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = fresh.querySelector(`[data-live=${part.dataset.live}]`);
      if (selected && part === list) {
        for (const box of all(".box", other)) box.remove();
        for (const line of all(".has-boxes", other)) line.classList.remove("has-boxes");
        other.querySelector(`[data-row="${selected}"] .open`)?.setAttribute("aria-current", "page");
      }
      if (other && !(part !== list && part.contains(document.activeElement))) part.replaceChildren(...other.childNodes);
    }
    for (const box of boxes()) box.checked = chosen.has(box.value);
    const row = rowAt() || rows()[Math.min(place, rows().length - 1)];
    if (here && row) {
      mark(row);
      if (held) (wasBox ? row.querySelector("input") || main(row) : main(row)).focus({ preventScroll: true });
      if (top !== undefined) (selected ? list : window).scrollBy(0, row.getBoundingClientRect().top - top);
    }
    if (bar) bar.hidden = !rows().length;
    count();
    const came = rows().filter((one) => !before.has(one.dataset.row)).length;
    const told = document.querySelector("[data-live=found]");
    if (came && told) told.textContent = came === 1 ? "1 more in this list" : `${came} more in this list`;
  };

  const stop = () => {
    clearInterval(timer);
    const told = document.querySelector("[data-live=found]");
    if (told) told.textContent = "Not looking for news any more: load the page again";
  };

  const look = () => {
    if (document.hidden || !isSeen()) return;
    const request = new XMLHttpRequest();
    const asked = source();
    request.open("GET", asked);
    request.responseType = "document";
    request.setRequestHeader("If-None-Match", `"${tag}"`);
    request.setRequestHeader("X-Intake-Watch", "1");
    request.addEventListener("load", () => {
      if (request.status === 304) return;
      const fresh = request.status === 200 && request.response?.querySelector("[data-live=list]");
      // Led elsewhere: the search has expired, or the sign-in has.
      if (!fresh || request.responseURL !== asked.href) return stop();
      tag = fresh.dataset.tag;
      swap(request.response);
    });
    request.send();
  };
  timer = setInterval(look, 15000);
})();
