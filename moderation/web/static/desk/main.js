// The desk with a keyboard. Every key does what a button on the page does too.
import { current, move } from "./cards.js";
import { send } from "./acts.js";
import { keysAreOn, setUpKeysDialog, showKeys } from "./keys.js";

const press = (scope, selector) => scope?.querySelector(selector)?.click();

function openReasons(card) {
  const menu = card?.querySelector("[data-reasons]");
  if (!menu) return;
  menu.open = true;
  menu.querySelector("[data-reason-key]").focus();
}

function closeReasons(menu) {
  menu.open = false;
  menu.querySelector("summary").focus();
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  a: () => press(current(), "[data-key=a]"),
  s: () => press(current(), "[data-key=s]"),
  r: () => openReasons(current()),
  u: () => press(document, "[data-key=u]"),
  "?": showKeys,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  if (document.querySelector("dialog[open]")) return;
  const menu = document.querySelector("[data-reasons][open]");
  if (menu && event.key === "Escape") {
    closeReasons(menu);
    return;
  }
  if (!keysAreOn()) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const reason = menu?.querySelector(`[data-reason-key="${CSS.escape(key)}"]`);
  const action = reason ? () => reason.click() : ACTIONS[key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-decide], [data-undo]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-reasons][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

setUpKeysDialog();
