// The desk with a keyboard. Every key does what a button or a link on the page does too.
import { actAside, decide, undo, undoLast } from "./decisions.js";
import { decideFound } from "./bulk.js";
import { setUpPause } from "./break_reminder.js";
import { current, mark, move, setUpCards } from "./cards.js";
import { setUpClaims } from "./claims.js";
import { closeDrawer, setUpDrawer, showAuthor, toggleContext } from "./drawer.js";
import { keysAreOn, setUpKeysDialog, showKeys } from "./shortcuts_dialog.js";
import { setUpLive } from "./live.js";
import { decideSelected, selectRange, selected, setUpSelection, toggle } from "./selection.js";
import { setUpSwipe } from "./swipe.js";

const GO_MILLISECONDS = 2_000;
let goUntil = 0;

const press = (scope, selector) => scope?.querySelector(selector)?.click();
const bar = () => document.querySelector("[data-bulk]");

/** The same key decides about the card, or about all that are selected. */
function choose(key, value) {
  if (selected().length) press(bar(), `[value="${value}"]`);
  else press(current(), `[data-decide] [data-key=${key}]`);
}

function openMenu(menu, first) {
  if (!menu) return;
  menu.open = true;
  menu.querySelector(first).focus();
}

function openReasons() {
  const menu = selected().length ? "[data-bulk-reasons]" : "[data-reasons]";
  const scope = selected().length ? bar() : current();
  openMenu(scope?.querySelector(menu), "[data-reason-key]");
}

/** Away with what is open: a menu, the drawer. */
function escape() {
  const menu = document.querySelector(".menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else closeDrawer();
}

const withCard = (act) => () => {
  const card = current();
  if (card) act(card);
};

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  a: () => choose("a", "approved"),
  s: () => choose("s", "rejected:spam"),
  r: openReasons,
  u: undoLast,
  x: toggle,
  X: selectRange,
  c: withCard((card) => press(card, "[data-key=c]")),
  o: withCard(toggleContext),
  h: withCard(showAuthor),
  t: withCard((card) => press(card, "[data-key=t]")),
  b: withCard((card) => press(card, "[data-key=b]")),
  n: withCard((card) => openMenu(card.querySelector("[data-note]"), "textarea")),
  g: () => (goUntil = performance.now() + GO_MILLISECONDS),
  "/": () => document.querySelector("[data-search]").select(),
  "?": showKeys,
};

function actionOf(key) {
  const menu = document.querySelector("[data-reasons][open], [data-bulk-reasons][open]");
  const reason = menu?.querySelector(`[data-reason-key="${CSS.escape(key.toLowerCase())}"]`);
  if (reason) return () => reason.click();
  if (performance.now() < goUntil) {
    goUntil = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (link) return () => link.click();
  }
  return ACTIONS[key] ?? ACTIONS[key.toLowerCase()];
}

/** The key as Latin keyboards have it, whichever letters it writes; capitals with shift. */
function keyOf({ key, code, shiftKey }) {
  if (key.length > 1) return key;
  const isForeign = key > "~" && code.startsWith("Key");
  const letter = isForeign ? code.slice("Key".length) : key;
  return shiftKey ? letter.toUpperCase() : letter.toLowerCase();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    escape();
    return;
  }
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const key = keyOf(event);
  if (!keysAreOn() || key.length > 1) return;
  const action = actionOf(key);
  if (!action) return;
  event.preventDefault();
  if (!event.repeat || "jk".includes(key)) action();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const sends = [
    ["[data-decide]", () => decide(form, new FormData(form, event.submitter))],
    ["[data-bulk]", () => selected().length && decideSelected(form, event.submitter)],
    ["[data-found]", () => decideFound(form, event.submitter)],
    ["[data-act]", () => actAside(form, new FormData(form, event.submitter))],
    ["[data-undo]", () => undo(form)],
  ];
  const send = sends.find(([selector]) => form.matches(selector));
  if (!send || (form.matches("[data-act]") && !form.closest("[data-card]"))) return;
  event.preventDefault();
  send[1]();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  const link = event.target.closest("[data-card] [data-key=o], [data-card] [data-key=h]");
  if (event.target.closest("[data-step]")) move(1);
  if (!link || !isPlain) return;
  event.preventDefault();
  (link.dataset.key === "o" ? toggleContext : showAuthor)(link.closest("[data-card]"));
});

document.addEventListener("focusin", (event) => {
  const card = event.target.closest("[data-card]");
  if (card) mark(card);
});

setUpCards();
setUpKeysDialog();
setUpSelection();
setUpDrawer();
setUpPause();
setUpSwipe(
  (card) => press(card, "[data-decide] [data-key=a]"),
  (card) => {
    const form = card.querySelector("[data-decide]");
    if (!form?.querySelector("[data-key=s]")) return;
    const body = new FormData(form);
    body.set("choice", form.dataset.likely);
    decide(form, body);
  },
);
setUpLive();
setUpClaims();
