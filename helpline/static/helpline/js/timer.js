/* How long something has been going on, in every element with data-since; it says nothing aloud. */
"use strict";

const passed = (since) => {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 60000));
  const hours = Math.floor(minutes / 60);
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
};

const tell = () => {
  for (const place of document.querySelectorAll("[data-since]")) {
    place.textContent = passed(place.dataset.since);
  }
};

tell();
setInterval(tell, 15000);
document.addEventListener("fresh", tell);
