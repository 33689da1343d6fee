// The live chat: one stream brings lines, chats and signs; a small post every 20 seconds says that
// the console is there. What is typed goes nowhere but into the sealed draft and the line itself.
"use strict";

(() => {
  const page = document.getElementById("console");
  const chat = page.dataset.chat;
  const lines = document.getElementById("lines");
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const find = (id) => document.getElementById(id);
  let seen = Number(page.dataset.seen ?? 0);
  let source;
  let later;
  let spoken = find("state")?.firstElementChild.dataset.state;
  let wrote = 0;
  let sent = null; // the words on their way, until the answer comes
  let next = []; // what leaves after them: Enter was pressed while they were on their way
  let typed = ""; // how the box stood when the answer came
  let lost = null; // the words whose answer never came: they may have been taken

  // Telling the server ---------------------------------------------------------------------------
  const tell = (url, words = {}, headers = {}) =>
    fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": token, ...headers },
      body: new URLSearchParams(words),
      redirect: "manual",
    }).catch(() => {}); // said again soon

  const here = () => {
    const shown = chat && !document.hidden ? `${chat}:${seen}` : "";
    tell(page.dataset.here, { seen: shown }, { "X-Poll": "1" });
  };

  // All that has no answer yet, in the order in which it was written.
  const unanswered = (box) => [sent, ...next, box].filter(Boolean).join("\n");

  const draft = () => {
    const box = find("box");
    if (!box || unanswered(box.value) === box.defaultValue) return;
    const words = new FormData(box.form);
    words.set(box.name, unanswered(box.value));
    navigator.sendBeacon(box.form.dataset.draft, words);
  };

  // What the stream brings -----------------------------------------------------------------------
  const put = (place, html) => {
    const focused = place.contains(document.activeElement) && document.activeElement.id;
    place.innerHTML = html;
    if (focused) find(focused)?.focus();
    document.dispatchEvent(new Event("fresh"));
  };

  const add = (event) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = event.data;
    const line = fresh.content.querySelector("li");
    seen = Number(line.id.slice("line-".length));
    if (find(line.id)) return;
    lines.append(line);
    silence(chat);
  };

  const state = (event) => {
    put(find("state"), event.data);
    const now = find("state").firstElementChild.dataset.state;
    if (now !== spoken) again(); // the chat is over, or somebody else's: the box comes or goes
    spoken = now;
  };

  const quiet = {};
  const show = (pk, writes) => {
    const seat = find(`seat-${pk}`)?.querySelector(".seat__writing");
    if (seat) seat.hidden = !writes;
    if (pk === chat) find("writing").textContent = writes ? "The person is writing …" : "";
  };
  const silence = (pk) => {
    window.clearTimeout(quiet[pk]);
    show(pk, false);
  };
  const writes = (pk) => {
    silence(pk);
    show(pk, true);
    quiet[pk] = window.setTimeout(show, 6000, pk, false);
  };

  const open = () => {
    const after = chat ? `?after=${chat}:${seen}` : "";
    source = new EventSource(page.dataset.stream + after);
    source.addEventListener("rail", (event) => {
      put(find("rail"), event.data);
      for (const seat of document.querySelectorAll("a.seat")) follow(seat.id.slice("seat-".length));
      document.dispatchEvent(new Event("moved"));
    });
    source.addEventListener("news", (event) => put(find("news"), event.data));
    source.addEventListener("error", refused);
    if (!chat) return;
    source.addEventListener(`line-${chat}`, add);
    source.addEventListener(`state-${chat}`, state);
    source.addEventListener(`beside-${chat}`, (event) => put(find("beside"), event.data));
    source.addEventListener(`gone-${chat}`, () => window.location.assign(page.dataset.home));
    follow(chat);
  };

  const followed = new WeakMap(); // the chats whose signs of writing a stream listens for
  const follow = (pk) => {
    const known = followed.get(source) ?? new Set();
    if (!known.has(pk)) source.addEventListener(`writing-${pk}`, () => writes(pk));
    followed.set(source, known.add(pk));
  };

  // Whether somebody has begun to write what worries them: it is not thrown away by opening anew.
  const worried = () =>
    [...document.querySelectorAll("#worry textarea")].some((area) => area.value !== area.defaultValue);

  // Without a stream: the page is fetched now and then, and its parts are put in place.
  const again = async () => {
    const answer = await fetch(window.location.pathname, { headers: { "X-Poll": "1" } }).catch(() => null);
    if (!answer?.ok) {
      if (answer?.status === 404) window.location.assign(page.dataset.home);
      return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["rail", "news", "lines", "state", "beside"]) {
      if (find(id) && fresh.getElementById(id)) put(find(id), fresh.getElementById(id).innerHTML);
    }
    seen = Number(fresh.getElementById("console")?.dataset.seen ?? seen);
    const mayWrite = Boolean(fresh.getElementById("talk-box"));
    if (chat && mayWrite !== Boolean(find("talk-box")) && !worried()) window.location.reload();
  };

  const refused = () => {
    if (source.readyState !== EventSource.CLOSED) return; // the browser comes back by itself
    again();
    later = window.setTimeout(open, 10000 + 10000 * Math.random());
  };

  const look = () => {
    source?.close();
    window.clearTimeout(later);
    if (document.hidden) return;
    open();
    here();
  };

  // The box --------------------------------------------------------------------------------------
  const box = (event) => event.target.id === "box";

  document.addEventListener("keydown", (event) => {
    if (!box(event) || event.isComposing) return;
    if (event.key === "/" && !event.target.value) {
      event.preventDefault();
      find("replies").open = true;
      find("replies-search").focus();
    } else if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });

  document.addEventListener("input", (event) => {
    if (!box(event) || Date.now() - wrote < 4000) return;
    wrote = Date.now();
    tell(event.target.form.dataset.writing);
  });

  // One line at a time, in their order. The box is free at once, and what is not taken comes back.
  const ours = (event) => event.detail.requestConfig?.elt.id === "talk-box";
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "talk-box") return;
    const area = find("box");
    if (sent !== null) {
      event.preventDefault();
      event.stopPropagation();
      if (area.value.trim()) next.push(area.value);
      area.value = "";
    } else if (lost !== null && area.value.startsWith(`${lost}\n`)) {
      next.push(area.value.slice(lost.length + 1)); // first the same words alone: nobody reads them twice
      area.value = lost;
    }
    lost = null;
  }, true);
  document.addEventListener("htmx:configRequest", (event) => {
    const drafts = event.detail.elt.classList.contains("talk__text");
    if (drafts && sent !== null) event.preventDefault(); // what is on its way is no draft
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!ours(event)) return;
    sent = find("box").value;
    find("box").value = "";
    find("said-state").textContent = "Sending …";
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (ours(event)) typed = find("box").value;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!ours(event)) return;
    if (event.detail.successful) {
      wrote = 0;
      answered();
      if (source.readyState !== EventSource.OPEN) again();
    } else {
      find("said-state").textContent = "Not sent. Nothing is lost: it is still in the box. Try again.";
      lost = event.detail.xhr.status ? null : sent;
      back(find("box").value);
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "talk-box" && sent !== null) onwards();
  });

  const back = (words) => {
    find("box").value = unanswered(words);
    find("box").defaultValue = ""; // nothing of it is kept as a draft yet
    sent = null;
    next = [];
  };

  const answered = () => {
    const box = find("box");
    const why = box.form.querySelector("[name=why]:not([type=hidden])");
    const here = document.activeElement; // whoever writes elsewhere by now stays there
    if (here === document.body || box.form.contains(here)) (why ?? box).focus();
    if (box.value) return back(typed); // not taken as it is: it stands there with what is to be answered
    sent = ""; // taken; the form of the next line listens in a moment
    box.value = typed;
  };

  const onwards = () => {
    const box = find("box");
    const words = next.join("\n").trim();
    sent = null;
    next = [];
    if (!words) return;
    typed = box.value;
    box.value = words;
    box.form.requestSubmit();
    box.value = typed;
  };

  // Quick replies --------------------------------------------------------------------------------
  const links = () => [...document.querySelectorAll("#replies-list a")].filter((link) => !link.parentElement.hidden);

  const search = () => {
    const asked = find("replies-search").value.toLowerCase().split(/\s+/);
    for (const link of document.querySelectorAll("#replies-list a")) {
      const text = link.textContent.toLowerCase();
      link.parentElement.hidden = !asked.every((word) => text.includes(word));
    }
    find("replies-none").textContent = links().length ? "" : "No reply has these words.";
  };

  const insert = (link) => {
    const area = find("box");
    const [before, after = ""] = link.dataset.reply.split("{cursor}");
    area.setRangeText(before + after, area.selectionStart, area.selectionEnd, "end");
    const at = area.selectionEnd - after.length;
    find("replies").open = false;
    area.focus();
    area.setSelectionRange(at, at);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const walk = (event) => {
    const found = links();
    const here = found.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && here < 0 && found.length) {
      event.preventDefault();
      insert(found[0]);
    } else if (step) {
      event.preventDefault();
      (here + step < 0 ? find("replies-search") : found[Math.min(here + step, found.length - 1)])?.focus();
    }
  };

  if (find("replies")) {
    find("replies-search").addEventListener("input", search);
    find("replies").addEventListener("keydown", walk);
    find("replies").addEventListener("toggle", () => {
      if (find("replies").open) find("replies-search").focus();
    });
    find("replies-list").addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      event.preventDefault();
      insert(link);
    });
  }

  // Keys for the whole page ----------------------------------------------------------------------
  const nextNew = () => {
    const waiting = [...document.querySelectorAll("a.seat")].find((seat) => seat.querySelector(".seat__new"));
    waiting?.click();
  };
  const toBox = () => {
    const area = find("box");
    const list = document.querySelector("#rail [data-row]");
    (area && document.activeElement !== area ? area : list)?.focus();
  };
  const keys = { F2: toBox, F8: () => find("take-next")?.click(), F9: nextNew };

  document.addEventListener("keydown", (event) => {
    if (keys[event.key] && !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      keys[event.key]();
    } else if (event.key === "Escape" && find("box")) {
      if (find("replies").open) find("replies").open = false;
      find("box").focus();
    }
  });

  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", draft);
  window.setInterval(here, 20000);
  find("box")?.focus();
  look();
})();
