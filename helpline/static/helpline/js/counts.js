// The counts of the navigation: fetched anew when this page's own stream has told of a change (event
// "moved"), at most once in five seconds, and never by themselves.
"use strict";

(() => {
  const PAUSE = 5000;
  let told = false; // a stream tells everything once when it begins: the page has that already
  let waits = false; // for the end of the pause
  let again = false;

  const put = (fresh) => {
    for (const nav of fresh.querySelectorAll("nav")) {
      const old = document.querySelector(`nav[aria-label="${nav.getAttribute("aria-label")}"]`);
      if (!old || old.innerHTML === nav.innerHTML) continue;
      const focused = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
      old.innerHTML = nav.innerHTML;
      if (focused) old.querySelector(`a[href="${focused}"]`)?.focus();
    }
    document.getElementById("shout").innerHTML = fresh.getElementById("shout").innerHTML;
  };

  const count = async () => {
    const at = encodeURIComponent(window.location.pathname);
    const answer = await fetch(`${document.body.dataset.counts}?at=${at}`, { headers: { "X-Poll": "1" } }).catch(() => null);
    if (answer?.ok && !answer.redirected) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
  };

  const moved = () => {
    again = waits;
    if (waits) return;
    waits = true;
    count();
    window.setTimeout(() => {
      waits = false;
      if (again) moved();
    }, PAUSE);
  };

  document.addEventListener("moved", () => {
    if (told) moved();
    told = true;
  });
})();
