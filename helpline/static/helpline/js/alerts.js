// Gives a sign that this page is open, every 15 seconds, and is told whether an escalation waits.
"use strict";

(() => {
  const place = document.getElementById("alerts");
  if (!place) return;
  const sign = () => place.dispatchEvent(new Event("sign"));
  new Worker(place.dataset.ticks).addEventListener("message", sign);
})();
