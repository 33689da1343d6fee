// The quiet minutes of a chat: a sign now and then that somebody is there, a question when nobody
// does anything, and after it the words leave the page, to be fetched again when somebody asks.
"use strict";

(function (page) {
  if (!page.dress) return; // a part did not arrive: the page then works as it does without scripts

  var HERE = 20000; // milliseconds between two signs of this page
  var WARN = 14 * 60000; // of quiet, before the page asks
  var QUIET = 15 * 60000; // before it hides itself
  var LINGERS = 5000; // how long that question stays after a hand has moved

  var main = document.querySelector("main");
  var active = Date.now();
  var activeSince = true; // whether somebody did something since the last sign
  var part = page.part;
  var post = page.post;
  var trouble = page.trouble;
  var closed = page.closed;
  var open = page.open;
  var close = page.close;

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
    if (page.shut || (!page.chat && !main.classList.contains("is-blank"))) return;
    var fields = activeSince ? { active: "yes" } : {};
    activeSince = false;
    post(main.getAttribute("data-here"), fields)
      .then(function (answer) {
        if (answer.status === 404 && page.chat) closed();
        else if (answer.ok && page.streams()) trouble("");
      })
      .catch(function () {
        if (page.chat) trouble("No connection right now. What you write is kept.");
      });
  }

  function watch() {
    var quiet = Date.now() - active;
    if (!page.chat) return;
    if (quiet >= QUIET) return blank();
    var warning = part(".chat-warning");
    if (quiet >= WARN) warning.hidden = false;
    else if (quiet > LINGERS) warning.hidden = true;
  }

  var draft = "";
  function blank() {
    draft = page.box ? page.box.value : "";
    close();
    var sheet = part(".chat-blank");
    var form = part("#say"); // only its secret, without which no sign can be given
    main.innerHTML = "";
    form.hidden = true;
    main.appendChild(form);
    main.appendChild(sheet);
    main.classList.add("is-blank");
    document.documentElement.classList.add("hidden-page");
    page.chat = page.list = page.log = page.box = null;
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
        if (page.box) {
          page.box.value = draft;
          page.box.focus();
        }
        draft = "";
      })
      .catch(function () {
        text.textContent = "No connection. Please try again.";
      });
  }

  // The beginning ---------------------------------------------------------------------------------

  function start() {
    page.chat = part(".chat");
    if (!page.chat) return;
    page.list = part(".lines");
    page.log = part(".chat__log");
    page.box = part(".chat__say textarea");
    page.seen = Number(page.chat.getAttribute("data-after"));
    main.setAttribute("data-here", page.chat.getAttribute("data-here"));
    main.setAttribute("data-chat", page.chat.getAttribute("data-chat"));
    page.chat.classList.add("chat--scripted");
    part(".chat-warning button").addEventListener("click", stay);
    page.dress();
    open();
  }

  document.addEventListener("keydown", stay);
  ["pointerdown", "touchstart", "wheel", "mousemove"].forEach(function (kind) {
    document.addEventListener(kind, didSomething, { passive: true });
  });
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) close();
    else if (page.chat) open();
    watch();
  });
  window.addEventListener("offline", function () {
    if (page.chat) trouble("No connection right now. What you write is kept.");
  });
  window.addEventListener("online", function () {
    if (page.chat) open();
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload();
  });
  window.setInterval(sign, HERE);
  window.setInterval(watch, 1000);
  start();
})(ChatPage);
