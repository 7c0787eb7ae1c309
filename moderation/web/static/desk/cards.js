// The cards of the page: which one is meant, which one comes next, fetching more.
import { get, parsed } from "./http.js";

const FETCH_BELOW = 8;
// Fewer than the service is asked about in one go.
const CARDS_MOST = 150;
const IDLE_MILLISECONDS = 250;
const ENOUGH_MILLISECONDS = 8;
const NARROW = matchMedia("(max-width: 700px)");

export const list = () => document.querySelector("[data-cards]");

/** The cards that can be acted on: not those that somebody else has decided. */
export const all = () => [...document.querySelectorAll("[data-card]:not([data-gone])")];

/** The card that has the focus, or was the last to have it, or the first one. */
export function current() {
  return document.activeElement?.closest("[data-card]") || marked() || all()[0];
}

const marked = () => document.querySelector("[data-card][data-current]");

/** On a phone only this one is shown. */
export function mark(card) {
  const before = marked();
  if (before === card) return;
  before?.removeAttribute("data-current");
  card?.setAttribute("data-current", "");
  card?.setAttribute("data-met", "");
}

export function focus(card) {
  mark(card);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

/** To the next or previous card; the first key press goes to the first card. */
export function move(step) {
  const cards = all();
  const place = cards.indexOf(document.activeElement?.closest("[data-card]"));
  const next = cards[place < 0 ? Math.max(0, cards.indexOf(marked())) : place + step];
  if (!next) return;
  focus(next);
  fetchMore();
}

/** Where the focus goes after a decision: not to a card that somebody else looks at. */
export function neighbour(card) {
  const cards = all();
  const place = cards.indexOf(card);
  const after = cards.slice(place + 1);
  const before = cards.slice(0, Math.max(0, place)).reverse();
  return [...after, ...before].find((each) => !isHeld(each)) || after[0] || before[0];
}

export const isHeld = (card) => !card.querySelector("[data-holder]").hidden;

export const name = (card) => card.querySelector("[data-name]").textContent;

// Cards that have come and are not in the page yet, with who still wants them.
const arriving = [];
const whenIdle = (act) =>
  window.requestIdleCallback
    ? requestIdleCallback(act, { timeout: IDLE_MILLISECONDS })
    : setTimeout(act, 0, { timeRemaining: () => 0 });

/**
 * Put cards behind the others; those that are there already stay as they are. A few at a
 * time and while nobody waits: all at once they would keep a key that is pressed meanwhile
 * from the next card.
 */
export function append(html, isWanted = () => true) {
  if (!all().length) take(html, isWanted);
  else whenIdle(() => take(html, isWanted));
}

function take(html, isWanted) {
  const cards = [...parsed(html).querySelectorAll("[data-card]")];
  if (!cards.length) return;
  list().dataset.last = cards.at(-1).dataset.card;
  if (!arriving.length) whenIdle(insertSome);
  for (const card of cards) arriving.push({ card, isWanted });
  if (!all().length) insert(arriving.shift());
}

function insertSome(idle) {
  do {
    if (arriving.length) insert(arriving.shift());
  } while (arriving.length && idle.timeRemaining() > ENOUGH_MILLISECONDS);
  if (arriving.length) whenIdle(insertSome);
}

function insert({ card, isWanted }) {
  if (document.getElementById(card.id) || !isWanted(card.dataset.card)) return;
  list().append(fold(document.adoptNode(card)));
  if (!marked()) mark(card);
  document.querySelector("[data-empty]")?.setAttribute("hidden", "");
}

/** Nothing is left to do here: because there is nothing, or because it is for others. */
export function showEmpty() {
  const empty = document.querySelector("[data-empty]");
  if (!empty) return;
  const number = document.querySelector(`[data-count="${list().dataset.lane}"]`).textContent;
  const isLeft = Number(number) > 0;
  empty.hidden = all().length > 0 || Boolean(list().dataset.more);
  empty.querySelector("[data-none]").hidden = isLeft;
  empty.querySelector("[data-for-others]").hidden = !isLeft;
}

/** Get the next page before the moderator has come to the end of this one. */
export async function fetchMore() {
  const address = list()?.dataset.more;
  const cards = all();
  const left = cards.length - cards.indexOf(current()) + arriving.length;
  if (!address || left > FETCH_BELOW || cards.length >= CARDS_MOST) return;
  delete list().dataset.more;
  const { ok, cards: more, next } = await get(address);
  if (!ok) {
    // The next decision tries again.
    list().dataset.more = address;
    return;
  }
  append(more);
  if (next) list().dataset.more = next;
  document.querySelector("[data-pages]")?.remove();
}

/** On a phone the rest is behind one menu. */
function fold(scope) {
  for (const each of scope.querySelectorAll("[data-aside], [data-fold]")) {
    each.open = !NARROW.matches;
    each.dataset.folded = "";
  }
  return scope;
}

/** The card as it is now, in the place of the one before. */
export function replace(card, html) {
  const fresh = fold(document.adoptNode(parsed(html).querySelector("[data-card]")));
  const hadFocus = card.contains(document.activeElement);
  card.replaceWith(fresh);
  if (hadFocus || card.hasAttribute("data-current")) focus(fresh);
  return fresh;
}

export function setUpCards() {
  fold(document);
  NARROW.addEventListener("change", () => fold(document));
  if (!list()) return;
  list().dataset.last = all().at(-1)?.dataset.card || "";
  list().setAttribute("data-scripted", "");
  mark(all()[0]);
}
