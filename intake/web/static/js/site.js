// What a script may add to the form; every page works without it.
(() => {
  "use strict";

  // The error summary takes the focus, so that a screen reader starts with it.
  document.querySelector("body:not(.is-style) [data-focus]")?.focus();

  // Printing needs a script: show the button only where it works.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // Characters left, counted and written as the server does: code points, a line break as one, 1,500.
  for (const area of document.querySelectorAll("[data-counter]")) {
    const line = document.getElementById(`${area.id}-count`);
    const most = Number(area.dataset.counter);
    const format = new Intl.NumberFormat("en-US");
    const show = () => {
      const left = most - [...area.value].length;
      const said = left < 0 ? line.dataset.over : line.dataset.words;
      line.textContent = said.replace("{n}", format.format(Math.abs(left)));
      line.classList.toggle("error-text", left < 0);
    };
    let waiting;
    line.setAttribute("aria-live", "polite");
    area.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 1000);
    });
  }

  // A question that only follows one answer hides until that answer is chosen: data-shown-if="contact_by=call,text".
  for (const block of document.querySelectorAll("[data-shown-if]")) {
    const [name, wanted] = block.dataset.shownIf.split("=");
    const values = wanted.split(",");
    const controls = [...document.getElementsByName(name)];
    const show = () => {
      block.hidden = !controls.some((one) =>
        values.includes(one.value) && (one.checked || one.tagName === "SELECT"));
    };
    controls.forEach((one) => one.addEventListener("change", show));
    if (controls.length && !block.classList.contains("is-wrong")) show();
  }

  // One Send is enough: a second press within five seconds does nothing.
  for (const form of document.querySelectorAll("form[method=post]")) {
    let sentAt = 0;
    form.addEventListener("submit", (event) => {
      if (Date.now() - sentAt < 5000) event.preventDefault();
      else sentAt = Date.now();
    });
  }

  // Clearing empties the fields too, or Back would bring back what was typed.
  document.querySelector("button[name=clear]")?.addEventListener("click", (event) => {
    for (const one of event.target.form.elements) {
      if (one.matches("[type=hidden], button")) continue;
      if (one.matches("[type=radio], [type=checkbox]")) one.checked = false;
      else one.value = "";
    }
  });

  // Idle answers are cleared. Five minutes before, say so and offer to keep going. The clock is asked
  // again and again, because a timer stands still while a computer sleeps.
  const form = document.querySelector("[data-idle]");
  if (form) {
    const warning = document.querySelector(".idle");
    const words = warning.querySelector("[data-words]");
    let since = Date.now();
    let told = 0;
    if (form.hasAttribute("data-idle-typing")) {
      form.addEventListener("input", () => {
        since = Date.now();
        told = 0;
        warning.hidden = true;
      });
    }
    const look = () => {
      const left = Number(form.dataset.idle) - (Date.now() - since) / 60000;
      if (left <= 0) {
        const clear = document.querySelector("button[name=clear]");
        clear.value = "idle";
        clear.click();
        return;
      }
      const say = left <= 2 ? 2 : 5;
      if (left > 5 || told === say) return;
      told = say;
      words.textContent = words.dataset.words.replace("{n}", say);
      warning.hidden = false;
    };
    setInterval(look, 15000);
    document.addEventListener("visibilitychange", look);
  }

  // A page that Back takes out of memory may show what was cleared or sent since: ask for it anew.
  addEventListener("pageshow", (event) => {
    if (event.persisted && document.getElementById("answers")) location.reload();
  });
})();
