// Cards that come and go while the desk is open. Nothing moves under the cursor.
import { isLeaving } from "./decisions.js";
import { all, append, list, showEmpty } from "./cards.js";
import { announce, main } from "./http.js";

// Asked often enough that two seconds are kept, and rarely by a tab that nobody sees.
const SECONDS = { visible: 1.3, hidden: 20, longest: 30 };
let tag = "";
let failures = 0;
let timer = 0;

function address() {
  const url = new URL(main().dataset.live, location);
  const cards = list();
  if (!cards?.dataset.lane) return url;
  const shown = all().map((card) => card.dataset.card);
  url.searchParams.set("shown", shown.join(","));
  url.searchParams.set("since", cards.dataset.since);
  if (!shown.length) url.searchParams.set("new", "cards");
  else if (url.searchParams.has("order")) url.searchParams.set("new", "count");
  else if (!cards.dataset.more) {
    url.searchParams.set("new", "cards");
    url.searchParams.set("after", cards.dataset.last);
  }
  return url;
}

async function ask() {
  try {
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch(address(), { headers, cache: "no-store" });
    // The session has ended: the next act says so.
    if (answer.redirected) return;
    failures = answer.ok || answer.status === 304 ? 0 : failures + 1;
    if (answer.ok) {
      tag = answer.headers.get("ETag");
      show(await answer.json());
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    failures += 1;
  }
  wait();
}

function wait() {
  clearTimeout(timer);
  const usual = document.hidden ? SECONDS.hidden : SECONDS.visible;
  const seconds = Math.min(SECONDS.longest, usual * 2 ** failures);
  timer = setTimeout(ask, 1000 * Math.max(usual, seconds));
}

function show({ counts, decided, present, standstill, gone = {}, held, cards, new: fresh }) {
  for (const [kind, number] of Object.entries({ ...counts, decided })) {
    const place = document.querySelector(`[data-count="${kind}"]`);
    if (place && place.textContent !== String(number)) place.textContent = number;
  }
  const others = document.querySelector("[data-present]");
  if (others.textContent !== present) others.textContent = present;
  const still = document.querySelector("[data-standstill]");
  if (still.textContent !== standstill) still.textContent = standstill;
  still.hidden = !standstill;
  for (const [id, said] of Object.entries(gone)) leave(document.getElementById(`card-${id}`), said);
  if (held) markHeld(held);
  if (cards) append(cards, (id) => !isLeaving(id));
  if (fresh) offer(fresh);
  if (!all().length) showEmpty();
}

/** The card keeps its place, so that nothing moves; it is not there for the keys. */
function leave(card, said) {
  if (!card || isLeaving(card.dataset.card)) return;
  const hasFocus = card.contains(document.activeElement);
  note(card, said);
  card.setAttribute("data-gone", "");
  const box = card.querySelector("[data-select]");
  if (box?.checked) box.click();
  if (box) box.disabled = true;
  if (hasFocus) announce(said);
}

export function markHeld(held) {
  for (const card of all()) note(card, held[card.dataset.card] ?? "");
}

function note(card, said) {
  const place = card.querySelector("[data-holder]");
  if (place.textContent !== said) place.textContent = said;
  place.hidden = !said;
}

function offer(said) {
  const place = document.querySelector("[data-fresh]");
  place.querySelector("a").textContent = said;
  if (place.hidden) announce(said);
  place.hidden = false;
}

export function setUpLive() {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  wait();
}
