// Keyboard niceties. In a list marked data-keys the arrow keys walk from row to row while a row
// has the focus; Ctrl+Enter sends the form that a long text stands in.
"use strict";

(() => {
  const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

  function walk(event) {
    const list = event.target.closest("[data-keys]");
    const links = list ? [...list.querySelectorAll("[data-row]")] : [];
    const here = links.indexOf(event.target);
    if (here < 0) return;
    const next = Math.min(Math.max(here + STEPS[event.key], 0), links.length - 1);
    event.preventDefault();
    links[next].focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key in STEPS && !event.altKey && !event.ctrlKey && !event.metaKey) walk(event);
    const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (sends && event.target.matches("textarea")) event.target.form?.requestSubmit();
  });
})();
