// Several cards at once: selected one by one or as a range, decided together.
import { explain } from "./decisions.js";
import { doneLine, isBusy, send } from "./bulk.js";
import { all, current, fetchMore, focus, isHeld, showEmpty } from "./cards.js";
import { announce } from "./http.js";

let last = null;

const bar = () => document.querySelector("[data-bulk]");
const box = (card) => card?.querySelector("[data-select]");

export const selected = () => all().filter((card) => box(card)?.checked);

export function toggle() {
  const card = current();
  if (!bar() || !box(card)) return;
  box(card).checked = !box(card).checked;
  focus(card);
  changed(card);
}

/** Everything between the card that was selected last and the current one. */
export function selectRange() {
  if (!bar()) return;
  const cards = all();
  const [from, to] = [cards.indexOf(last), cards.indexOf(current())].sort((a, b) => a - b);
  for (const card of cards.slice(Math.max(0, from), to + 1)) {
    if (box(card)) box(card).checked = true;
  }
  changed(current());
}

export function changed(card) {
  last = card;
  const number = selected().length;
  bar().hidden = !number;
  const said = bar().dataset.sentence.replace("{n}", number);
  bar().querySelector("[data-selected]").textContent = said;
  announce(said);
}

export function clear() {
  for (const card of selected()) box(card).checked = false;
  changed(null);
}

/** Decide about all that is selected, as one act. */
export async function decideSelected(form, button) {
  if (isBusy(form)) return;
  const cards = selected();
  const came = await send(form, button, cards.map((card) => box(card).value));
  const answered = cards.slice(0, came.reached);
  const gone = answered.filter((card) => !came.missed.has(card.dataset.card));
  const next = following(gone);
  for (const each of form.querySelectorAll("[data-bulk-reasons]")) each.open = false;
  for (const card of answered) {
    box(card).checked = false;
    const missed = came.missed.get(card.dataset.card);
    if (missed) explain(card, missed.why);
  }
  for (const line of document.querySelectorAll("[data-done]")) line.remove();
  if (gone.length) gone[0].replaceWith(doneLine(came));
  for (const card of gone) card.remove();
  changed(null);
  if (came.problem) bar().querySelector("[data-selected]").textContent = came.problem;
  announce(came.said, came.problem ?? "");
  if (next) focus(next);
  else showEmpty();
  fetchMore();
}

/** Where the focus goes once these are gone: behind the last of them. */
function following(gone) {
  if (!gone.length) return current();
  const cards = all();
  const rest = cards.filter((card) => !gone.includes(card));
  const place = cards.indexOf(gone.at(-1));
  const after = rest.filter((card) => cards.indexOf(card) > place);
  return after.find((card) => !isHeld(card)) ?? after[0] ?? rest.at(-1);
}

export function setUpSelection() {
  if (!bar()) return;
  bar().hidden = true;
  bar().dataset.ready = "";
  const button = bar().querySelector("[data-unselect]");
  button.hidden = false;
  button.addEventListener("click", clear);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select]")) changed(event.target.closest("[data-card]"));
  });
}
