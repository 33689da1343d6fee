// A person's chat: new lines appear as they come, and what is sent is shown with its fate. What is
// typed stays here until it is sent. Nothing is stored: after quiet minutes the words leave the page
// and are fetched again when somebody asks for them.
"use strict";

(function () {
  var HERE = 20000; // milliseconds between two signs of this page
  var SIGN = 4000; // and between two signs that its person is writing
  var WRITES = 6000; // how long the other side's sign of writing is shown
  var PATIENCE = 6000; // without a stream until the page says so
  var WARN = 14 * 60000; // of quiet, before the page asks
  var QUIET = 15 * 60000; // before it hides itself
  var LINGERS = 5000; // how long that question stays after a hand has moved
  var LONGEST = 4000;
  var NEAR = 400; // characters left from which they are counted

  var main = document.querySelector("main");
  var active = Date.now();
  var activeSince = true; // whether somebody did something since the last sign
  var chat, list, log, box, seen, source, later, slow, lost, shut;
  var sending = Promise.resolve();
  var wrote = 0;

  function part(name) {
    return main.querySelector(name);
  }

  function token() {
    return part("[name=csrfmiddlewaretoken]").value;
  }

  function post(address, fields) {
    var body = new URLSearchParams(fields || {});
    body.append("csrfmiddlewaretoken", token());
    return fetch(address, { method: "POST", headers: { "X-Script": "1" }, body: body, redirect: "manual" });
  }

  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return Array.from(bytes, function (byte) {
      return ("0" + byte.toString(16)).slice(-2);
    }).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // What comes in ---------------------------------------------------------------------------------

  function parsed(html) {
    var holder = document.createElement("ol");
    holder.innerHTML = html;
    return holder;
  }

  function firstPending() {
    return list.querySelector(".line--pending");
  }

  // An own line is on the page already: it only learns its number, so that nobody hears it twice.
  function confirm(line) {
    var nonce = line.getAttribute("data-nonce");
    var mine = nonce && list.querySelector('.line--pending[data-nonce="' + nonce + '"]');
    if (!mine) return false;
    mine.id = line.id;
    mine.className = line.className;
    mine.querySelector(".line__who span").textContent = line.querySelector(".line__who span").textContent;
    var fate = mine.querySelector(".line__fate");
    if (fate) mine.removeChild(fate);
    var waits = firstPending();
    if (waits && waits.compareDocumentPosition(mine) & Node.DOCUMENT_POSITION_FOLLOWING) list.insertBefore(mine, waits);
    return true;
  }

  function add(line) {
    var number = Number(line.id.replace("line-", ""));
    if (number <= seen) return;
    seen = number;
    if (confirm(line)) return;
    list.insertBefore(line, firstPending());
    if (!line.classList.contains("line--person")) quietWriting();
    if (!part(".chat-code")) look(); // now there may be something to come back to
  }

  function addAll(html) {
    Array.from(parsed(html).children).forEach(add);
  }

  function phase(holder) {
    var state = holder.querySelector(".chat__state");
    return state ? state.getAttribute("data-phase") + ":" + state.getAttribute("data-step") : "";
  }

  function place(html) {
    var where = part(".chat__where");
    var before = phase(where);
    if (where.innerHTML === html) return;
    where.innerHTML = html;
    if (phase(where) !== before) look();
  }

  var hides;
  function showWriting() {
    part(".chat__writing").textContent = "The helpline worker is writing…";
    clearTimeout(hides);
    hides = setTimeout(quietWriting, WRITES);
  }

  function quietWriting() {
    clearTimeout(hides);
    part(".chat__writing").textContent = "";
  }

  function trouble(words, link) {
    var place = part(".chat__trouble");
    var text = words + (link ? " " + link : "");
    if (place.textContent === text) return;
    place.textContent = words;
    if (!link) return;
    var anchor = document.createElement("a");
    anchor.href = chat.getAttribute("data-back");
    anchor.textContent = link;
    place.appendChild(document.createTextNode(" "));
    place.appendChild(anchor);
  }

  // The page below the lines, fetched again after something changed: typed words stay in their box.
  // What changes while an answer is on its way may not be in it: then the page looks once more.
  function look() {
    look.again = look.asked;
    if (look.asked) return;
    look.asked = true;
    fetch(chat.getAttribute("data-screen") + "?after=" + seen, { headers: { "X-Script": "1" } })
      .then(function (answer) {
        look.asked = false;
        if (answer.status === 404) return closed();
        if (!answer.ok) {
          settle();
          return trouble("We cannot reach the helpline right now. Trying again…");
        }
        return answer.text().then(refresh).then(function () {
          if (look.again && chat) look();
        });
      })
      .catch(function () {
        look.asked = false;
        settle();
        trouble("No connection. Trying again…");
      });
  }

  function refresh(html) {
    var fresh = document.createElement("div");
    fresh.innerHTML = html;
    function of(name) {
      return fresh.querySelector('[data-part="' + name + '"]');
    }
    if (!fresh.querySelector('[data-part="lines"]') || !chat) return;
    trouble("");
    part(".chat__where").innerHTML = of("where").innerHTML;
    Array.from(of("lines").children).forEach(function (line) {
      add(line);
    });
    swapBelow(of("below"));
    if (!look.again) settle();
    swapOffers(of("offers"));
  }

  function swapBelow(fresh) {
    var below = part(".chat__below");
    var old = below.querySelector(".chat__say, .bot");
    var next = fresh.querySelector(".chat__say, .bot");
    if (old && next && question(old) === question(next)) return around(below, old, fresh, next);
    var kept = typedIn(below);
    var talking = below.contains(document.activeElement);
    below.innerHTML = fresh.innerHTML;
    box = below.querySelector(".chat__say textarea");
    var place = below.querySelector(TYPED);
    if (place) place.value = kept;
    else if (kept.trim()) keep(kept);
    var after = below.querySelector(".chat__after h2");
    part(".chat__stop").hidden = Boolean(after);
    dress();
    var first = box || after;
    if (talking && first) first.focus();
  }

  var TYPED = ".chat__say textarea, .bot textarea";
  function typedIn(holder) {
    var place = holder.querySelector(TYPED);
    return place ? place.value : "";
  }

  // What a form asks: a step of the chatbot, or nothing for the box.
  function question(form) {
    return form.id === "bot" ? form.elements.step.value : null;
  }

  // The box itself stays where it is: neither its words nor its caret move.
  function around(below, old, fresh, next) {
    if (old.id === "bot") old.elements.nonce.value = next.elements.nonce.value;
    Array.from(below.children).forEach(function (each) {
      if (each !== old) below.removeChild(each);
    });
    var before = old;
    Array.from(fresh.children).forEach(function (each) {
      if (each === next) before = null;
      else below.insertBefore(each, before);
    });
  }

  // The box has gone and words were in it: they stay on the page, said to be unsent.
  function keep(words) {
    var line = pending(words, uuid());
    fail(line, "Not sent. You can copy it from here.", false);
    offer(line.querySelector(".line__fate"), "Remove it", function () {
      line.parentNode.removeChild(line);
    });
  }

  function swapOffers(fresh) {
    var offers = part(".chat__offers");
    if (offers.querySelector(".words")) return; // somebody is writing them down
    if (offers.textContent.replace(/\s+/g, "") === fresh.textContent.replace(/\s+/g, "")) return;
    var open = offers.querySelector("details[open]");
    offers.innerHTML = fresh.innerHTML;
    if (open && offers.querySelector("details")) offers.querySelector("details").open = true;
  }

  // The stream, and looking slowly without one --------------------------------------------------

  function open() {
    close();
    if (shut || document.hidden || !chat || part(".chat__after")) return;
    source = new EventSource(chat.getAttribute("data-live") + "?after=" + seen);
    source.addEventListener("message", function (event) {
      addAll(event.data);
    });
    source.addEventListener("state", function (event) {
      place(event.data);
    });
    source.addEventListener("writing", showWriting);
    source.addEventListener("open", well);
    source.addEventListener("error", refused);
    unwell();
  }

  function close() {
    if (source) source.close();
    source = null;
    clearTimeout(later);
    clearTimeout(slow);
    clearTimeout(lost);
    lost = null;
  }

  function well() {
    clearTimeout(lost);
    lost = null;
    trouble("");
  }

  // Streams end every few minutes by themselves: only a lasting silence is said.
  function unwell() {
    if (lost) return;
    lost = setTimeout(function () {
      trouble("Reconnecting… What you write is kept.");
      look();
    }, PATIENCE);
  }

  function refused() {
    unwell();
    if (!source || source.readyState !== EventSource.CLOSED) return; // it comes back by itself
    look();
    clearTimeout(later);
    later = setTimeout(open, 5000 + 10000 * Math.random());
  }

  function closed() {
    shut = true;
    close();
    trouble("This chat is closed on this device now.", "Come back with your seven words");
  }

  // What goes out ---------------------------------------------------------------------------------

  function pending(words, nonce) {
    var line = document.createElement("li");
    line.className = "line line--person line--pending";
    line.setAttribute("data-nonce", nonce);
    line.innerHTML = '<p class="line__who"><b>You</b> <span></span></p><p class="line__text" dir="auto"></p><p class="line__fate">Sending…</p>';
    line.querySelector(".line__text").textContent = words;
    list.appendChild(line);
    log.scrollTop = log.scrollHeight;
    return line;
  }

  function fate(line, words) {
    var place = line.querySelector(".line__fate");
    if (place) place.textContent = words;
  }

  function fail(line, why, again) {
    line.classList.add("line--failed");
    fate(line, why + " ");
    var place = line.querySelector(".line__fate");
    if (!place || !again) return;
    place.setAttribute("role", "alert");
    offer(place, "Send again", function () {
      line.classList.remove("line--failed");
      fate(line, "Sending…");
      deliver(line);
      if (box) box.focus();
    });
  }

  function offer(place, label, act) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = label;
    button.addEventListener("click", act);
    place.appendChild(button);
  }

  function back(line, html) {
    var words = line.querySelector(".line__text").textContent;
    if (line.parentNode) line.parentNode.removeChild(line);
    if (!box) return keep(words);
    box.value = words + (box.value ? "\n" + box.value : "");
    count();
    part(".chat__alert").innerHTML = html;
    box.focus();
  }

  // One after the other, so that lines keep the order in which they were written.
  function deliver(line) {
    sending = sending.then(function () {
      return post(part("#say").action, { text: line.querySelector(".line__text").textContent, nonce: line.getAttribute("data-nonce") })
        .then(function (answer) {
          if (answer.status === 204) {
            fate(line, "Sent");
            if (!source || source.readyState !== EventSource.OPEN) look();
            return;
          }
          if (answer.status === 422 || answer.status === 429) {
            return answer.text().then(function (html) {
              back(line, html);
            });
          }
          if (answer.status === 409) {
            fail(line, "Not sent. This chat has ended.", false);
            return look();
          }
          if (answer.status === 404) {
            fail(line, "Not sent.", false);
            return closed();
          }
          fail(line, "Not sent.", true);
        })
        .catch(function () {
          fail(line, "Not sent. There may be no connection.", true);
        });
    });
  }

  function send() {
    var words = box.value;
    part(".chat__alert").innerHTML = "";
    if (!words.trim()) return box.focus();
    box.value = "";
    count();
    deliver(pending(words, uuid()));
    box.focus();
  }

  function count() {
    var left = LONGEST - Array.from(box.value).length;
    var place = part(".chat__count");
    if (left > NEAR) place.textContent = "";
    else if (left >= 0) place.textContent = left + " characters left.";
    else place.textContent = -left + " characters too many. Send it in two parts.";
  }

  function typed() {
    count();
    part(".chat__alert").innerHTML = "";
    var state = part(".chat__state");
    var talks = state && state.getAttribute("data-phase") === "open";
    if (!talks || Date.now() - wrote < SIGN || !box.value) return;
    wrote = Date.now();
    post(chat.getAttribute("data-writing")).catch(function () {});
  }

  // Buttons: every form of the page goes out by itself, and the page below is fetched again.
  function press(button, form) {
    var address = button.getAttribute("formaction") || form.getAttribute("action");
    var fields = {};
    // Words that are no answer stay on the page: only the bot's own buttons take its form along.
    if (!button.hasAttribute("formaction") && form.id !== "say") {
      new FormData(form).forEach(function (value, name) {
        fields[name] = value;
      });
    }
    if (button.name) delete fields.text;
    if (button.name) fields[button.name] = button.value;
    button.disabled = true;
    if (form.id === "bot") wait(form);
    return post(address, fields)
      .then(function (answer) {
        button.disabled = false;
        if (answer.status !== 204) settle();
        if (answer.status === 204) {
          var sent = fields.text && form.elements.text;
          if (sent && sent.value === fields.text.replace(/\r\n?/g, "\n")) sent.value = "";
          return look();
        }
        if (answer.status === 404) return closed();
        return answer.text().then(function (html) {
          if (answer.ok && button.hasAttribute("data-words")) return words(button, html);
          if (answer.status === 422 || answer.status === 429) return wrong(button, html);
          if (answer.status === 409) return look(); // it is over: what was typed stays, unsent
          trouble("That did not work. Please try again.");
        });
      })
      .catch(function () {
        button.disabled = false;
        settle();
        trouble("No connection. Please try again.");
      });
  }

  // An answer is on its way: what would answer the same question again waits for the next one.
  // "I'm not safe" never does.
  function wait(form) {
    form.setAttribute("aria-busy", "true");
    form.querySelectorAll("button:not(.button--grave)").forEach(function (each) {
      each.setAttribute("aria-disabled", "true");
    });
  }

  function settle() {
    var form = chat && part(".chat__below").querySelector(".bot");
    if (!form) return;
    form.removeAttribute("aria-busy");
    form.querySelectorAll("[aria-disabled]").forEach(function (each) {
      each.removeAttribute("aria-disabled");
    });
  }

  function words(button, html) {
    var holder = button.closest(".chat-code");
    var step = holder.querySelector(".chat-code__step");
    step.insertAdjacentHTML("afterend", html);
    step.parentNode.removeChild(step);
    holder.querySelector(".chat-code__step").focus();
  }

  function wrong(button, html) {
    var old = part(".chat__wrong");
    if (old) old.parentNode.removeChild(old);
    var place = document.createElement("div");
    place.className = "chat__wrong";
    place.innerHTML = html;
    button.parentNode.insertBefore(place, button);
  }

  function submitted(event) {
    var form = event.target;
    var button = event.submitter || pressed;
    if (!chat || form.classList.contains("chat-survey")) return;
    if (!form.closest || !(form.id === "say" || form.closest(".chat"))) return;
    event.preventDefault();
    if (form.id === "say" && (!button || button.classList.contains("chat__send"))) return send();
    button = button || form.querySelector("button");
    if (button.getAttribute("aria-disabled") === "true") return;
    press(button, form).then(function () {
      if (button.hasAttribute("data-reload")) window.location.reload();
    });
  }

  var pressed; // the last button, for browsers that do not say which one sent a form
  function clicked(event) {
    pressed = event.target.closest ? event.target.closest("button") : null;
  }

  function key(event) {
    if (event.target !== box || event.key !== "Enter" || event.shiftKey) return;
    if (event.isComposing || event.keyCode === 229) return; // the key chooses a word there
    event.preventDefault();
    send();
  }

  // Quiet minutes ---------------------------------------------------------------------------------

  function didSomething() {
    if (main.classList.contains("is-blank")) return;
    active = Date.now();
    activeSince = true;
  }

  // The question goes at a key or its button; under a moving hand it waits, so that no press lands
  // on what was below it.
  function stay() {
    didSomething();
    var warning = part(".chat-warning");
    if (warning) warning.hidden = true;
  }

  function sign() {
    if (shut || (!chat && !main.classList.contains("is-blank"))) return;
    var fields = activeSince ? { active: "yes" } : {};
    activeSince = false;
    post(main.getAttribute("data-here"), fields)
      .then(function (answer) {
        if (answer.status === 404 && chat) closed();
        else if (answer.ok && source && source.readyState === EventSource.OPEN) trouble("");
      })
      .catch(function () {
        if (chat) trouble("No connection right now. What you write is kept.");
      });
  }

  function watch() {
    var quiet = Date.now() - active;
    if (!chat) return;
    if (quiet >= QUIET) return blank();
    var warning = part(".chat-warning");
    if (quiet >= WARN) warning.hidden = false;
    else if (quiet > LINGERS) warning.hidden = true;
  }

  var draft = "";
  function blank() {
    draft = box ? box.value : "";
    close();
    var sheet = part(".chat-blank");
    var form = part("#say"); // only its secret, without which no sign can be given
    main.innerHTML = "";
    form.hidden = true;
    main.appendChild(form);
    main.appendChild(sheet);
    main.classList.add("is-blank");
    document.documentElement.classList.add("hidden-page");
    chat = list = log = box = null;
    sheet.hidden = false;
    sheet.querySelector("button").addEventListener("click", show);
    sheet.querySelector("button").focus();
  }

  function show() {
    var text = part(".chat-blank__text");
    fetch(main.getAttribute("data-chat"))
      .then(function (answer) {
        if (!answer.ok) throw new Error();
        return answer.text();
      })
      .then(function (html) {
        var fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main");
        if (!fresh.querySelector(".chat")) return window.location.reload();
        main.innerHTML = fresh.innerHTML;
        main.classList.remove("is-blank");
        document.documentElement.classList.remove("hidden-page");
        active = Date.now();
        start();
        if (box) {
          box.value = draft;
          box.focus();
        }
        draft = "";
      })
      .catch(function () {
        text.textContent = "No connection. Please try again.";
      });
  }

  // The beginning ---------------------------------------------------------------------------------

  function dress() {
    var hint = part(".chat__hint");
    if (hint) hint.hidden = false;
    if (!box) return;
    box.addEventListener("input", typed);
    count();
  }

  function start() {
    chat = part(".chat");
    if (!chat) return;
    list = part(".lines");
    log = part(".chat__log");
    box = part(".chat__say textarea");
    seen = Number(chat.getAttribute("data-after"));
    main.setAttribute("data-here", chat.getAttribute("data-here"));
    main.setAttribute("data-chat", chat.getAttribute("data-chat"));
    chat.classList.add("chat--scripted");
    part(".chat-warning button").addEventListener("click", stay);
    dress();
    open();
  }

  document.addEventListener("submit", submitted);
  document.addEventListener("click", clicked, true);
  document.addEventListener("keydown", key);
  document.addEventListener("keydown", stay);
  ["pointerdown", "touchstart", "wheel", "mousemove"].forEach(function (kind) {
    document.addEventListener(kind, didSomething, { passive: true });
  });
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) close();
    else if (chat) open();
    watch();
  });
  window.addEventListener("offline", function () {
    if (chat) trouble("No connection right now. What you write is kept.");
  });
  window.addEventListener("online", function () {
    if (chat) open();
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload();
  });
  window.setInterval(sign, HERE);
  window.setInterval(watch, 1000);
  start();
})();
