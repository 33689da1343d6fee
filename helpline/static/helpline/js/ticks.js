// A worker that ticks: a browser slows the timers of a page that nobody looks at, but not these.
"use strict";

setInterval(() => postMessage("tick"), 15000);
