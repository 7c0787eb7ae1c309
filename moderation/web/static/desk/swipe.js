// On a phone: a card goes to the right to be approved, to the left to be rejected.

const FAR = 90;
const STRAIGHT = 0.5;
let start = null;

export function setUpSwipe(approve, reject) {
  const place = (event) => event.changedTouches[0];
  document.addEventListener("touchstart", (event) => {
    const card = event.target.closest?.("[data-card]");
    const isControl = event.target.closest?.("a, button, summary, textarea, input, svg");
    start = card && !isControl && event.touches.length === 1
      ? { card, x: place(event).clientX, y: place(event).clientY }
      : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!start) return;
    const across = place(event).clientX - start.x;
    const along = Math.abs(place(event).clientY - start.y);
    const { card } = start;
    start = null;
    if (Math.abs(across) < FAR || along > STRAIGHT * Math.abs(across)) return;
    // To where the text goes on is forward, whichever way it is written.
    const forward = getComputedStyle(card).direction === "rtl" ? across < 0 : across > 0;
    (forward ? approve : reject)(card);
  }, { passive: true });
}
