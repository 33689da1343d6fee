// "Exit this page": covers the page at once, then leaves without an entry to come back to.
// Without scripts the same link is an ordinary one.
"use strict";

(function () {
  var WITHIN = 5000; // milliseconds for the three presses of Shift
  var PRESSES = 3;
  var link = document.querySelector("a.exit");
  var count = document.querySelector(".exit-count");
  var pressed = [];
  var alone = false; // Shift is down and no other key has been pressed with it

  function leave() {
    document.documentElement.classList.add("leaving");
    window.location.replace(link.href);
  }

  function tell(left) {
    count.textContent = left ? "Press Shift " + left + " more to exit" : "";
  }

  link.addEventListener("click", function (event) {
    event.preventDefault();
    leave();
  });

  document.addEventListener("keydown", function (event) {
    if (event.repeat) return;
    alone = event.key === "Shift";
    if (!alone) {
      pressed = [];
      tell(0);
    }
  });

  document.addEventListener("keyup", function (event) {
    if (event.key !== "Shift" || !alone) return;
    var now = Date.now();
    pressed = pressed.filter(function (at) {
      return now - at < WITHIN;
    });
    pressed.push(now);
    if (pressed.length === PRESSES) {
      leave();
    } else {
      tell(PRESSES - pressed.length);
    }
    window.setTimeout(function () {
      if (Date.now() - pressed[pressed.length - 1] >= WITHIN) tell(0);
    }, WITHIN);
  });
})();
