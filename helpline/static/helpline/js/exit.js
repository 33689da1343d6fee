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

  // Two fingers, or a keyboard on the screen, can push the top of the page out of what is seen:
  // the link then follows into the corner of what is left, and keeps its size.
  function follow() {
    var seen = window.visualViewport;
    var zoom = seen.scale;
    if (zoom <= 1 && seen.offsetTop <= 0) {
      link.style.transform = "";
      return;
    }
    var head = link.parentNode.getBoundingClientRect();
    var right = seen.offsetLeft + seen.width - 16 / zoom;
    var across = right - (head.left + link.offsetLeft + link.offsetWidth);
    var down = seen.offsetTop + 8 / zoom - (head.top + link.offsetTop);
    link.style.transform = "translate(" + across + "px, " + down + "px) scale(" + 1 / zoom + ")";
  }

  if (window.visualViewport) {
    ["resize", "scroll"].forEach(function (moved) {
      window.visualViewport.addEventListener(moved, follow);
    });
    window.addEventListener("scroll", follow, { passive: true });
  }

  document.querySelectorAll("[data-shift]").forEach(function (told) {
    told.hidden = false; // only now is it true
  });

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
