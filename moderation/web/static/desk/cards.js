// The cards of the page: which one is meant, which one comes next, fetching more.

const FETCH_BELOW = 5;

export const all = () => [...document.querySelectorAll("[data-card]")];

/** The card that has the focus, or the first one. */
export function current() {
  return document.activeElement?.closest("[data-card]") || all()[0];
}

export function focus(card) {
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

/** To the next or previous card; the first key press goes to the first card. */
export function move(step) {
  const cards = all();
  const place = cards.indexOf(document.activeElement?.closest("[data-card]"));
  const next = cards[place < 0 ? 0 : place + step];
  if (next) focus(next);
}

/** The card that follows, else the one before: where the focus goes after a decision. */
export function neighbour(card) {
  const cards = all();
  const place = cards.indexOf(card);
  return cards[place + 1] || cards[place - 1];
}

/** Get the next page before the moderator has come to the end of this one. */
export async function fetchMore() {
  const list = document.querySelector("[data-cards]");
  const address = list?.dataset.next;
  if (!address || all().length >= FETCH_BELOW) return;
  delete list.dataset.next;
  const answer = await fetch(address);
  if (!answer.ok || answer.redirected) return;
  // Our own page: everything a visitor wrote is escaped in it.
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const more = page.querySelector("[data-cards]");
  for (const card of [...more.querySelectorAll("[data-card]")]) {
    if (!document.getElementById(card.id)) list.append(document.adoptNode(card));
  }
  if (more.dataset.next) list.dataset.next = more.dataset.next;
  document.querySelector("[data-pages]")?.remove();
}
