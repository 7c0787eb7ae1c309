// Others see which card has the focus here, as long as somebody is at it.
import { current } from "./cards.js";
import { markHeld } from "./live.js";
import { main, post, tokenOnly } from "./http.js";

const SETTLED_MILLISECONDS = 150;
const RENEW_MILLISECONDS = 40_000;
let held = "";
let isActive = true;
let timer = 0;

const mayDecide = () => Boolean(document.querySelector("[data-decide]"));

async function take(card) {
  if (!card || !mayDecide()) return;
  held = card.dataset.card;
  const body = tokenOnly();
  body.append("comment", held);
  const { ok, held: others } = await post(main().dataset.claims, body);
  if (ok && others[card.dataset.card]) markHeld(others);
}

function letGo() {
  if (!held) return;
  const body = tokenOnly();
  body.append("left", held);
  held = "";
  fetch(main().dataset.claims, {
    method: "POST",
    body,
    keepalive: true,
    headers: { Accept: "application/json" },
  });
}

export function setUpClaims() {
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-card]");
    if (!card || card.dataset.card === held) return;
    // Whoever runs through the list looks at none of its cards.
    clearTimeout(timer);
    timer = setTimeout(() => take(card), SETTLED_MILLISECONDS);
  });
  for (const sign of ["keydown", "pointermove", "scroll"]) {
    addEventListener(sign, () => (isActive = true), { passive: true });
  }
  setInterval(() => {
    if (isActive && !document.hidden) take(current());
    isActive = false;
  }, RENEW_MILLISECONDS);
  addEventListener("pagehide", letGo);
  take(current());
}
