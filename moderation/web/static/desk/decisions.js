// Decisions and their undo, sent without leaving the page.
import { all, fetchMore, focus, list, mark, name, neighbour, replace, showEmpty } from "./cards.js";
import { announce, fetchPage, main, post, tokenOnly } from "./http.js";

// What can be taken back here, latest last, with the cards of the very latest. The service
// knows what is older, or was done on other pages: a page that is open all day does not grow.
const done = [];
const CARDS_KEPT = 10;
const ACTS_KEPT = 50;
// Comments that were decided here a moment ago, whatever the list of the service says.
const left = new Map();
const LEFT_MILLISECONDS = 10_000;
const FETCH_MILLISECONDS = 300;
// A refusal that comes later than this finds the moderator at another card.
const AT_ONCE_MILLISECONDS = 400;

export const isLeaving = (id) => performance.now() - (left.get(id) ?? -Infinity) < LEFT_MILLISECONDS;

/** Decide about a card: the next one has the focus before the service has answered. */
export async function decide(form, body) {
  const card = form.closest("[data-card]");
  const next = neighbour(card);
  const line = newLine(main().dataset.sending);
  const act = { card, line, next, at: performance.now() };
  for (const gone of document.querySelectorAll("[data-done], [data-gone]")) gone.remove();
  card.removeAttribute("data-current");
  card.replaceWith(line);
  for (const [id, at] of left) if (act.at - at > LEFT_MILLISECONDS) left.delete(id);
  left.set(card.dataset.card, act.at);
  count(-1);
  if (next) focus(next);
  else mark(null);
  act.answer = post(form.action, body);
  remember(act);
  const answer = await act.answer;
  if (answer.ok) settle(act, answer);
  else refuse(act, answer);
}

function settle(act, { said, undo }) {
  act.undo = undo;
  act.line.querySelector("[data-said]").textContent = said;
  act.line.querySelector("form").action = undo;
  act.line.querySelector("form").hidden = false;
  if (!all().length) {
    showEmpty();
    // What was decided last can still be taken back.
    if (act.line.isConnected) act.line.querySelector("button").focus();
  }
  announce(said, act.next ? main().dataset.next.replace("{name}", name(act.next)) : "");
  // Not while the next card is being painted: there is time until its decision.
  setTimeout(fetchMore, all().length ? FETCH_MILLISECONDS : 0);
}

function refuse(act, { problem, card: html }) {
  if (done.includes(act)) done.splice(done.indexOf(act), 1);
  const isRecent = performance.now() - act.at < AT_ONCE_MILLISECONDS;
  const card = putBack(act);
  const shown = html ? replace(card, html) : card;
  if (!html) explain(shown, problem);
  const place = document.activeElement;
  if (isRecent || place === document.body || place === act.next) focus(shown);
  announce(problem);
}

export function explain(card, problem) {
  const place = card.querySelector("[data-problem]");
  place.textContent = problem;
  place.hidden = false;
}

/** Take the latest act of this page back; decisions on their way are waited for. */
export async function undoLast() {
  const act = done.pop();
  if (!act) {
    // What was done on another page: the last of it, wherever that was.
    const button = document.querySelector("main [data-key=u]");
    const last = document.querySelector("[data-undo-last]");
    if (button) button.click();
    else if (last) last.requestSubmit();
    else announce(main().dataset.nothing);
    return;
  }
  if (act.answer && !(await act.answer).ok) return;
  const { ok, said, problem } = await post(act.undo, tokenOnly());
  if (!ok) {
    announce(problem);
    const place = act.line?.querySelector("[data-said]");
    if (place) place.textContent = problem;
    return;
  }
  announce(said);
  if (act.after) act.after();
  else if (!act.card) location.reload();
  else focus(putBack(act));
}

/** Send an undo form of the page: that of a line, or one that came with it. */
export async function undo(form) {
  const line = form.closest("[data-done]");
  const act = done.find((each) => line && each.line === line);
  if (act) {
    done.push(...done.splice(done.indexOf(act), 1));
    await undoLast();
    return;
  }
  const { ok, problem } = await post(form.action, tokenOnly());
  if (ok) location.reload();
  else {
    announce(problem);
    const notice = document.createElement("p");
    notice.className = "notice notice-problem";
    notice.setAttribute("role", "alert");
    notice.textContent = problem;
    form.replaceWith(notice);
  }
}

export function remember(act) {
  done.push(act);
  if (done.length > ACTS_KEPT) done.shift();
  const older = done.at(-1 - CARDS_KEPT);
  if (older) older.card = older.line = older.next = null;
}

/** What else is done about an author: the card stays, a line below says it. */
export async function actAside(form, body) {
  const card = form.closest("[data-card]");
  const { ok, said, undo: address, problem } = await post(form.action, body);
  if (!ok) {
    explain(card, problem);
    return;
  }
  announce(said);
  const fresh = await renew(card);
  const line = newLine(said);
  line.querySelector("form").hidden = !address;
  if (address) line.querySelector("form").action = address;
  fresh.after(line);
  if (!address) return;
  const after = async () => {
    line.remove();
    await renew(document.getElementById(fresh.id));
  };
  remember({ undo: address, line, after });
}

async function renew(card) {
  if (!card) return null;
  const page = await fetchPage(`/review/${card.dataset.card}`);
  return page ? replace(card, page.getElementById(card.id).outerHTML) : card;
}

export function newLine(said) {
  const template = document.querySelector("[data-line]");
  const line = template.content.cloneNode(true).firstElementChild;
  line.querySelector("[data-said]").textContent = said;
  line.querySelector("form").hidden = true;
  return line;
}

/** Back to where the card was, or before the one that followed, or to the end. */
function putBack({ card, line, next }) {
  left.delete(card.dataset.card);
  card.querySelector("[data-problem]").hidden = true;
  for (const menu of card.querySelectorAll(".menu[open]")) menu.open = false;
  if (line.isConnected) line.replaceWith(card);
  else if (next?.isConnected) next.before(card);
  else list().append(card);
  document.querySelector("[data-empty]")?.setAttribute("hidden", "");
  count(1);
  return card;
}

/** Until the service says it: the lane has one more or one less. */
function count(step) {
  const element = document.querySelector(".lanes [aria-current=page] [data-count]");
  if (element) element.textContent = Math.max(0, Number(element.textContent) + step);
}
