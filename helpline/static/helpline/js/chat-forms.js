// What a person sends: their lines, each with its fate, and every button of the page. What is typed
// stays here until it is sent.
"use strict";

(function (page) {
  var SIGN = 4000; // milliseconds between two signs that the person is writing
  var LONGEST = 4000;
  var NEAR = 400; // characters left from which they are counted

  var part = page.part;
  var post = page.post;
  var look = page.look;
  var trouble = page.trouble;
  var closed = page.closed;
  var sending = Promise.resolve();
  var wrote = 0;

  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return Array.from(bytes, function (byte) {
      return ("0" + byte.toString(16)).slice(-2);
    }).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // What goes out ---------------------------------------------------------------------------------

  function pending(words, nonce) {
    var line = document.createElement("li");
    line.className = "line line--person line--pending";
    line.setAttribute("data-nonce", nonce);
    line.innerHTML = '<p class="line__who"><b>You</b> <span></span></p><p class="line__text" dir="auto"></p><p class="line__fate">Sending…</p>';
    line.querySelector(".line__text").textContent = words;
    page.list.appendChild(line);
    page.log.scrollTop = page.log.scrollHeight;
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
      if (page.box) page.box.focus();
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
    if (!page.box) return keep(words);
    page.box.value = words + (page.box.value ? "\n" + page.box.value : "");
    count();
    part(".chat__alert").innerHTML = html;
    page.box.focus();
  }

  // One after the other, so that lines keep the order in which they were written.
  function deliver(line) {
    sending = sending.then(function () {
      return post(part("#say").action, { text: line.querySelector(".line__text").textContent, nonce: line.getAttribute("data-nonce") })
        .then(function (answer) {
          if (answer.status === 204) {
            fate(line, "Sent");
            if (!page.streams()) look();
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
    var words = page.box.value;
    part(".chat__alert").innerHTML = "";
    if (!words.trim()) return page.box.focus();
    page.box.value = "";
    count();
    deliver(pending(words, uuid()));
    page.box.focus();
  }

  function count() {
    var left = LONGEST - Array.from(page.box.value).length;
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
    if (!talks || Date.now() - wrote < SIGN || !page.box.value) return;
    wrote = Date.now();
    post(page.chat.getAttribute("data-writing")).catch(function () {});
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
    var form = page.chat && part(".chat__below").querySelector(".bot");
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
    if (!page.chat || form.classList.contains("chat-survey")) return;
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
    if (event.target !== page.box || event.key !== "Enter" || event.shiftKey) return;
    if (event.isComposing || event.keyCode === 229) return; // the key chooses a word there
    event.preventDefault();
    send();
  }

  // The box has gone and words were in it: they stay on the page, said to be unsent.
  function keep(words) {
    var line = pending(words, uuid());
    fail(line, "Not sent. You can copy it from here.", false);
    offer(line.querySelector(".line__fate"), "Remove it", function () {
      line.parentNode.removeChild(line);
    });
  }

  function dress() {
    var hint = part(".chat__hint");
    if (hint) hint.hidden = false;
    if (!page.box) return;
    page.box.addEventListener("input", typed);
    count();
  }

  document.addEventListener("submit", submitted);
  document.addEventListener("click", clicked, true);
  document.addEventListener("keydown", key);

  page.keep = keep;
  page.settle = settle;
  page.dress = dress;
})(ChatPage);
