// Decisions and their undo, sent without leaving the page.
import { fetchMore, focus, neighbour } from "./cards.js";

// Decided cards by the address that takes the decision back.
const decided = new Map();

const main = () => document.querySelector("main");

export function announce(...sentences) {
  document.querySelector("[data-announcement]").textContent = sentences.join(" ");
}

function count(step) {
  const element = document.querySelector("[aria-current] [data-count]");
  if (element) element.textContent = Math.max(0, Number(element.textContent) + step);
}

export async function send(form, button) {
  if (form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, button),
      headers: { Accept: "application/json" },
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    // Anything else is the sign-in page: the session has ended.
    if (!isJson) location.reload();
    else if (!answer.ok) explain(form, (await answer.json()).problem);
    else if (form.matches("[data-undo]")) putBack(form, await answer.json());
    else settle(form.closest("[data-card]"), await answer.json());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    explain(form, main().dataset.offline);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function explain(form, problem) {
  const place = form.closest("[data-card]")?.querySelector("[data-problem]");
  if (!place) {
    announce(problem);
    return;
  }
  place.textContent = problem;
  place.hidden = false;
}

/** The decided card shrinks to a line with its undo; the next one has the focus. */
function settle(card, { said, undo }) {
  const next = neighbour(card);
  for (const line of document.querySelectorAll("[data-done]")) line.remove();
  const line = document.querySelector("[data-line]").content.cloneNode(true).firstElementChild;
  line.querySelector("[data-said]").textContent = said;
  line.querySelector("form").action = undo;
  decided.set(new URL(undo, location).href, card);
  card.replaceWith(line);
  count(-1);
  if (next) focus(next);
  else showEmpty(line);
  announce(said, next ? main().dataset.next.replace("{name}", name(next)) : "");
  fetchMore();
}

function putBack(form, { said }) {
  const card = decided.get(form.action);
  if (!card) {
    location.reload();
    return;
  }
  decided.delete(form.action);
  card.querySelector("[data-problem]").hidden = true;
  for (const menu of card.querySelectorAll("details")) menu.open = false;
  form.closest("[data-done]").replaceWith(card);
  document.querySelector("[data-empty]")?.setAttribute("hidden", "");
  count(1);
  focus(card);
  announce(said);
}

/** Nothing is left to decide; what was decided last can still be taken back. */
function showEmpty(line) {
  const empty = document.querySelector("[data-empty]");
  if (empty) empty.hidden = false;
  line.querySelector("button").focus();
}

const name = (card) => card.querySelector("[data-name]").textContent;
