// Keeps what is marked data-live fresh through one stream. New lines are added as they come; a
// list that has changed is told so (event "live") and htmx fetches it. Only the page on top has a
// stream: a browser has six connections for all of its tabs. Refused, it asks again slowly.
"use strict";

(() => {
  const marked = () => document.querySelector("[data-live]");
  if (!marked()) return;

  let seen = marked().dataset.after ?? "";
  let source;
  let later;

  function changed() {
    marked()?.dispatchEvent(new CustomEvent("live", { bubbles: true }));
    document.dispatchEvent(new Event("moved"));
  }

  const bottom = (element) => element.getBoundingClientRect().bottom;

  function add(event) {
    const log = marked().closest("[role=log]");
    const atEnd = bottom(marked()) - bottom(log) < 40; // whoever reads further up is left there
    marked().insertAdjacentHTML("beforeend", event.data);
    seen = event.lastEventId;
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  function open() {
    source = new EventSource(`${marked().dataset.live}?after=${encodeURIComponent(seen)}`);
    source.addEventListener("message", add);
    source.addEventListener("changed", changed);
    source.addEventListener("error", refused);
  }

  function refused() {
    if (source.readyState !== EventSource.CLOSED) return; // the browser comes back by itself
    changed();
    later = window.setTimeout(open, 20000 + 20000 * Math.random());
  }

  function look() {
    source?.close();
    window.clearTimeout(later);
    if (!document.hidden) open();
  }

  document.addEventListener("visibilitychange", look);
  look();
})();
