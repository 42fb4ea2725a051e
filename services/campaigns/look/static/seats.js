// Seats as they are now: asked again every few seconds while the page is seen; nothing moves unless something changed.
const place = document.querySelector("[data-places]");
const EVERY = 5000, AT_MOST = 60000;
let wait = EVERY, shown = place?.innerHTML.trim();

async function look() {
  if (document.visibilityState === "visible") {
    try {
      const answer = await fetch(place.dataset.places, { cache: "no-cache", credentials: "omit" });
      if (answer.status === 404) return;
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.text());
      wait = EVERY;
    } catch {
      wait = Math.min(2 * wait, AT_MOST);
    }
  }
  setTimeout(look, wait + 1000 * Math.random());
}

function show(html) {
  if (html.trim() === shown) return;
  const focused = place.contains(document.activeElement);
  place.innerHTML = html;
  shown = html.trim();
  if (focused) place.querySelector("a")?.focus();
}

if (place) setTimeout(look, EVERY);
