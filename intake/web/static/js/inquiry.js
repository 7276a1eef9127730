// What a script adds to the page of one inquiry; each part works without it, by a button.
(() => {
  "use strict";

  const send = (address, token, fields, headers = {}) => fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers,
    body: new URLSearchParams({ csrf_token: token, ...fields }),
  });

  // In the list of results a number chooses, while the list has the focus.
  for (const list of document.querySelectorAll("[data-digits]")) {
    const radios = [...list.querySelectorAll("input[type=radio]")];
    list.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const radio = radios[Number(event.key) - 1];
      if (!radio) return;
      event.preventDefault();
      radio.checked = true;
      radio.focus();
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  // A single key (static/js/staff.js) opens a fold or leads into the note: the focus goes along.
  document.addEventListener("desk:before", (event) => {
    if (event.target.matches("summary")) event.target.focus();
    if (event.target.matches("[data-focus-first]")) event.target.querySelector("textarea").focus();
  });

  // Ctrl and Enter sends the form one types in.
  for (const form of document.querySelectorAll("[data-send-keys]")) {
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }
  for (const line of document.querySelectorAll("[data-with-script]")) line.hidden = false;
  for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;

  // A half-written note is kept two seconds after the last key.
  const form = document.querySelector("[data-draft]");
  if (form) {
    const area = form.querySelector("textarea");
    const state = form.querySelector("[data-draft-state]");
    let kept = area.value;
    let timer = 0;
    const keep = async () => {
      const note = area.value;
      if (note === kept) return;
      try {
        const answer = await send(form.dataset.draft, form.elements.csrf_token.value, { note });
        if (answer.status !== 204) throw new Error(String(answer.status));
        kept = note;
        state.textContent = "Draft kept.";
      } catch {
        state.textContent = "The draft could not be kept. Save the note.";
      }
    };
    area.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 2000);
    });
    area.addEventListener("blur", keep);
    form.addEventListener("submit", () => clearTimeout(timer));
  }

  // Who else looks: asked every 30 seconds while this page is in front. Watching is no work: the
  // header says so, and the sign-in ends in its own time.
  const sign = document.querySelector("[data-presence]");
  if (sign) {
    const look = async () => {
      if (document.hidden) return;
      try {
        const answer = await send(sign.dataset.presence, sign.dataset.token, {}, { "X-Intake-Watch": "1" });
        if (answer.status !== 200 || answer.redirected) return;
        const words = await answer.text();
        if (words !== sign.textContent) sign.textContent = words;
        sign.hidden = !words;
      } catch {
        // The next look tells.
      }
    };
    setInterval(look, 30000);
  }
})();
