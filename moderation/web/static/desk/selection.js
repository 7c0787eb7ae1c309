// Several cards at once: selected one by one or as a range, decided together.
import { remember, explain } from "./acts.js";
import { all, current, fetchMore, focus } from "./cards.js";
import { announce, post } from "./posting.js";

const CHUNK = 100;
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

/** Decide about all that is selected; a few hundred at a time, as one act. */
export async function decideSelected(form, button) {
  const cards = selected();
  const values = cards.map((card) => box(card).value);
  const progress = form.querySelector("[data-progress]");
  const missed = new Map();
  let outcome = { ok: true, journal: "" };
  let number = 0;
  progress.max = values.length;
  progress.hidden = false;
  for (let place = 0; place < values.length && outcome.ok; place += CHUNK) {
    const body = new FormData(form, button);
    body.delete("comment");
    for (const value of values.slice(place, place + CHUNK)) body.append("comment", value);
    if (outcome.journal) body.set("journal", outcome.journal);
    outcome = { ...outcome, ...(await post(form.action, body)) };
    for (const each of outcome.missed ?? []) missed.set(each.id, each.why);
    number += outcome.done ?? 0;
    progress.value = place + CHUNK;
  }
  progress.hidden = true;
  finish(form, cards, missed, outcome, number);
}

function finish(form, cards, missed, outcome, number) {
  if (!outcome.ok) {
    say(form, outcome.problem);
    return;
  }
  const gone = cards.filter((card) => !missed.has(card.dataset.card));
  const next = all().find((card) => !gone.includes(card));
  for (const card of cards) {
    box(card).checked = false;
    if (missed.has(card.dataset.card)) explain(card, missed.get(card.dataset.card));
    else card.remove();
  }
  for (const each of form.querySelectorAll("[data-bulk-reasons]")) each.open = false;
  say(form, outcome.said, outcome.undo);
  if (number && outcome.undo) remember({ undo: outcome.undo, after: () => location.reload() });
  if (next) focus(next);
  else document.querySelector("[data-empty]")?.removeAttribute("hidden");
  fetchMore();
}

/** The bar stays with what came of it, until the next selection. */
function say(form, said, undo) {
  form.querySelector("[data-selected]").textContent = said;
  form.hidden = false;
  announce(said);
  for (const line of document.querySelectorAll("[data-done]")) line.remove();
  if (!undo) return;
  const line = document.querySelector("[data-line]").content.cloneNode(true).firstElementChild;
  line.querySelector("[data-said]").textContent = said;
  line.querySelector("form").action = undo;
  form.before(line);
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
