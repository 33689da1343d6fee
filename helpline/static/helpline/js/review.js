// Keys of a review: j and k walk from item to item; r, d and w choose what happens with the one in
// focus (r also saves it); u takes back; x puts the selected words among those that are taken out.
"use strict";

(() => {
  const items = [...document.querySelectorAll(".review")];
  const CHOICES = { r: "release", d: "redact", w: "withhold" };
  document.querySelectorAll(".with-scripts").forEach((each) => { each.hidden = false; });

  const here = () => document.activeElement?.closest(".review");

  function walk(step) {
    const next = items[Math.min(Math.max(items.indexOf(here()) + step, 0), items.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  function choose(item, value) {
    const form = item.querySelector("[data-decide]");
    const choice = form?.querySelector(`[name=choice][value=${value}]`);
    if (!choice) return;
    choice.checked = true;
    const health = form.querySelector("[name=health]:checked");
    if (value === "release" && health) return form.requestSubmit();
    form.closest("details").open = true;
    (health ? form.querySelector("[name=exemption]") : form.querySelector("[name=health]")).focus();
  }

  function takeOut(item) {
    const words = String(document.getSelection()).trim();
    const box = item.querySelector("[name=phrases]");
    if (!words || !box) return;
    box.value = box.value ? `${box.value}\n${words}` : words;
    choose(item, "redact");
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else {
      const item = here();
      if (!item) return;
      if (event.key in CHOICES) choose(item, CHOICES[event.key]);
      else if (event.key === "x") takeOut(item);
      else if (event.key === "u") item.querySelector("[data-undo]")?.requestSubmit();
      else return;
    }
    event.preventDefault();
  });

  const wanted = location.hash.match(/^#item-\d+$/);
  (wanted ? document.querySelector(location.hash) ?? items.at(-1) : items[0])?.focus();
})();
