// Warns before a quiet session ends, and lets any one key extend it. Every tab of the browser
// counts from the last thing done in any of them; streams and polls are nobody doing anything.
"use strict";

(() => {
  const form = document.getElementById("idle");
  if (!form) return;

  const WARN = Number(form.dataset.warnAfter) * 1000;
  const LIMIT = Number(form.dataset.endAfter) * 1000;
  const ALONE = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Tab"];
  const tabs = new BroadcastChannel("session");
  let active = Date.now();

  function restart() {
    active = Date.now();
    form.hidden = true;
  }

  function activeHere() {
    restart();
    tabs.postMessage("active");
  }

  async function extend() {
    if (form.hidden) return;
    form.hidden = true;
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      redirect: "manual",
    });
    if (answer.ok) activeHere();
    else end();
  }

  function end() {
    document.body.hidden = true; // the words leave the screen even when the line is slow
    window.location.replace(window.location.href);
  }

  function look() {
    const quiet = Date.now() - active;
    if (quiet >= LIMIT) end();
    else if (quiet >= WARN && form.hidden) warn();
  }

  function warn() {
    const at = new Date(active + LIMIT);
    const minutes = String(at.getMinutes()).padStart(2, "0");
    form.querySelector("[data-at]").textContent = `${at.getHours()}:${minutes}`;
    form.hidden = false;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    extend();
  });
  document.addEventListener("keydown", (event) => {
    if (!ALONE.includes(event.key)) extend();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig.triggeringEvent?.isTrusted) activeHere();
  });
  tabs.addEventListener("message", restart);
  // A page that the browser kept whole for its back button would show words after they were shut:
  // it is put away blank, and asked for afresh when it comes back.
  window.addEventListener("pagehide", (event) => {
    if (event.persisted) document.body.hidden = true;
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });

  activeHere();
  window.setInterval(look, 1000);
})();
