// What changed is seen once somebody has looked at it: a scanner that opens the page touches nothing, and marks nothing.
const form = document.querySelector("[data-seen]");
const LOOKED = 5000;
let looked = 0, since = document.visibilityState === "visible" ? Date.now() : 0, touched = false;

for (const sign of ["pointerdown", "keydown", "touchstart"]) {
  addEventListener(sign, (event) => { touched ||= event.isTrusted; }, { passive: true });
}
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") { since = Date.now(); return; }
  looked += since ? Date.now() - since : 0;
  since = 0;
  if (touched && looked >= LOOKED) navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)));
});
