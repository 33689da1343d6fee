// A person's chat, in three files: here the lines as they come and the page around them; then what
// goes out (chat-forms.js), and the quiet minutes and the beginning (chat-quiet.js). Nothing is stored.
"use strict";

// What the three share: `chat` is null while the page is hidden, `box` while nothing can be written.
var ChatPage = { chat: null, list: null, log: null, box: null, seen: 0, shut: false };

(function (page) {
  var WRITES = 6000; // milliseconds that the other side's sign of writing is shown
  var PATIENCE = 6000; // without a stream until the page says so

  var main = document.querySelector("main");
  var source, later, lost;

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

  // What comes in ---------------------------------------------------------------------------------

  function parsed(html) {
    var holder = document.createElement("ol");
    holder.innerHTML = html;
    return holder;
  }

  function firstPending() {
    return page.list.querySelector(".line--pending");
  }

  // An own line is on the page already: it only learns its number, so that nobody hears it twice.
  function confirm(line) {
    var nonce = line.getAttribute("data-nonce");
    var mine = nonce && page.list.querySelector('.line--pending[data-nonce="' + nonce + '"]');
    if (!mine) return false;
    mine.id = line.id;
    mine.className = line.className;
    mine.querySelector(".line__who span").textContent = line.querySelector(".line__who span").textContent;
    var fate = mine.querySelector(".line__fate");
    if (fate) mine.removeChild(fate);
    var waits = firstPending();
    if (waits && waits.compareDocumentPosition(mine) & Node.DOCUMENT_POSITION_FOLLOWING) page.list.insertBefore(mine, waits);
    return true;
  }

  function add(line) {
    var number = Number(line.id.replace("line-", ""));
    if (number <= page.seen) return;
    page.seen = number;
    if (confirm(line)) return;
    page.list.insertBefore(line, firstPending());
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
    anchor.href = page.chat.getAttribute("data-back");
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
    fetch(page.chat.getAttribute("data-screen") + "?after=" + page.seen, { headers: { "X-Script": "1" } })
      .then(function (answer) {
        look.asked = false;
        if (answer.status === 404) return closed();
        if (!answer.ok) {
          page.settle();
          return trouble("We cannot reach the helpline right now. Trying again…");
        }
        return answer.text().then(refresh).then(function () {
          if (look.again && page.chat) look();
        });
      })
      .catch(function () {
        look.asked = false;
        page.settle();
        trouble("No connection. Trying again…");
      });
  }

  function refresh(html) {
    var fresh = document.createElement("div");
    fresh.innerHTML = html;
    function of(name) {
      return fresh.querySelector('[data-part="' + name + '"]');
    }
    if (!fresh.querySelector('[data-part="lines"]') || !page.chat) return;
    trouble("");
    part(".chat__where").innerHTML = of("where").innerHTML;
    Array.from(of("lines").children).forEach(function (line) {
      add(line);
    });
    swapBelow(of("below"));
    if (!look.again) page.settle();
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
    page.box = below.querySelector(".chat__say textarea");
    var place = below.querySelector(TYPED);
    if (place) place.value = kept;
    else if (kept.trim()) page.keep(kept);
    var after = below.querySelector(".chat__after h2");
    part(".chat__stop").hidden = Boolean(after);
    page.dress();
    var first = page.box || after;
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
    if (page.shut || document.hidden || !page.chat || part(".chat__after")) return;
    source = new EventSource(page.chat.getAttribute("data-live") + "?after=" + page.seen);
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
    page.shut = true;
    close();
    trouble("This chat is closed on this device now.", "Come back with your seven words");
  }

  function streams() {
    return Boolean(source) && source.readyState === EventSource.OPEN;
  }

  page.part = part;
  page.post = post;
  page.look = look;
  page.trouble = trouble;
  page.open = open;
  page.close = close;
  page.closed = closed;
  page.streams = streams;
})(ChatPage);
