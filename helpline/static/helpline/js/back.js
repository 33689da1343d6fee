// A page that comes back by itself shows nothing until it is asked for: by the back or forward
// button from another site (where "Exit this page" leads), or with a tab that is opened again.
// It runs before the page is drawn, and leaves nothing in the browser.
"use strict";

(function () {
  var page = document.documentElement;

  function fromHere() {
    // Only where the browser tells: the page before, if it was one of ours.
    return Boolean(window.navigation && navigation.activation && navigation.activation.from);
  }

  function arrived() {
    var entry = performance.getEntriesByType("navigation")[0];
    return entry ? entry.type : "navigate";
  }

  function close() {
    if (!fromHere()) page.classList.add("closed");
  }

  if (arrived() === "back_forward") close();

  // A page that the browser keeps whole is covered before it is put away, so that it does not
  // flash up when it comes back.
  window.addEventListener("pagehide", function (event) {
    if (event.persisted) page.classList.add("closed");
  });

  window.addEventListener("pageshow", function (event) {
    if (event.persisted && fromHere()) page.classList.remove("closed");
    else if (event.persisted) close();
  });

  document.addEventListener("click", function (event) {
    var held = event.target.parentNode; // none, if a script has taken it off the page
    if (held && held.className === "again") page.classList.remove("closed");
  });
})();
