// One act about many comments: sent a few hundred at a time, so that it can be seen to go on.
import { newLine, remember } from "./decisions.js";
import { list } from "./cards.js";
import { announce, get, post } from "./http.js";

const CHUNK = 200;
const SHOWN = 200;

/**
 * Decide about all `values`. What comes back has `reached`, how many of them the service
 * has answered for: where it stopped in between, what is done stays one act with one undo.
 */
export async function send(form, button, values) {
  const progress = form.querySelector("[data-progress]");
  const came = { ok: true, journal: "", said: "", undo: "", missed: new Map(), reached: 0 };
  progress.max = values.length;
  progress.value = 0;
  progress.hidden = false;
  form.setAttribute("aria-busy", "true");
  while (came.ok && came.reached < values.length) {
    const body = new FormData(form, button);
    for (const name of ["comment", "q", "number", "newest"]) body.delete(name);
    const chunk = values.slice(came.reached, came.reached + CHUNK);
    for (const value of chunk) body.append("comment", value);
    if (came.journal) body.set("journal", came.journal);
    const answer = await post(form.action, body);
    came.ok = answer.ok;
    came.problem = answer.problem;
    if (!answer.ok) break;
    came.reached += chunk.length;
    progress.value = came.reached;
    came.journal = answer.journal || came.journal;
    came.undo = answer.undo || came.undo;
    came.said = answer.said;
    for (const each of answer.missed) came.missed.set(each.id, each);
  }
  progress.hidden = true;
  form.removeAttribute("aria-busy");
  return came;
}

export const isBusy = (form) => form.hasAttribute("aria-busy");

/** What was done, with its undo; the page is as it was once that is pressed. */
export function doneLine({ said, undo }) {
  const line = newLine(said);
  if (!undo) return line;
  line.querySelector("form").action = undo;
  line.querySelector("form").hidden = false;
  remember({ undo, line, after: () => location.reload() });
  return line;
}

/** Decide about all that the search finds, in the place of its form. */
export async function decideFound(form, button) {
  if (isBusy(form)) return;
  const asked = new URLSearchParams(new FormData(form));
  asked.delete("csrf_token");
  const chosen = await get(`${form.dataset.found}?${asked}`);
  const came = chosen.ok ? await send(form, button, chosen.comments) : chosen;
  if (!came.journal && !came.ok) {
    complain(form, came.problem);
    return;
  }
  const parts = [doneLine(came)];
  const sentences = [came.ok ? "" : came.problem, chosen.left].filter(Boolean);
  for (const each of sentences) parts.push(element("p", each, "notice notice-problem"));
  if (came.missed.size) parts.push(...leftAlone(came.missed, form.dataset.missed));
  list().replaceChildren();
  document.querySelector(".legend").hidden = true;
  document.querySelector("[data-bulk]").hidden = true;
  for (const each of document.querySelectorAll("[data-pages], [data-done]")) each.remove();
  form.replaceWith(...parts);
  parts[0].querySelector("button").focus();
  announce(came.said, ...sentences);
}

function complain(form, problem) {
  const place = form.querySelector("[role=status]");
  place.textContent = problem;
}

function leftAlone(missed, sentence) {
  const items = [...missed.values()].slice(0, SHOWN).map(({ id, name, why }) => {
    const item = element("li", `: ${why}`);
    if (name) {
      const link = element("a", name);
      link.href = `/review/${id}`;
      item.prepend(link);
    } else item.textContent = why;
    return item;
  });
  const all = document.createElement("ul");
  all.className = "plain";
  all.append(...items);
  return [element("h2", sentence.replace("{n}", missed.size)), all];
}

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
