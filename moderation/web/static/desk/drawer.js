// What stands around a card: its thread below it, its author's history beside it.
import { explain } from "./decisions.js";
import { fetchPage, main as place } from "./http.js";

const WIDE = "(min-width: 1240px)";

/** The page that a link of a card leads to; the card says so where it cannot be had. */
async function page(card, link) {
  const found = await fetchPage(link.href);
  if (found) card.querySelector("[data-problem]").hidden = true;
  else explain(card, place().dataset.unread);
  return found;
}

/** Show or hide the thread around a card. */
export async function toggleContext(card) {
  const open = card.querySelector("[data-around]");
  if (open) {
    open.remove();
    return;
  }
  const link = card.querySelector("[data-key=o]");
  const around = (await page(card, link))?.querySelector("[data-around]");
  if (!around) return;
  // One per page has this id, and this is not its page.
  around.removeAttribute("id");
  card.querySelector(".comment-text").after(document.adoptNode(around));
}

/** The author's page beside the cards where there is room; else go there. */
export async function showAuthor(card) {
  const link = card.querySelector("[data-key=h]");
  const drawer = document.querySelector("[data-drawer]");
  if (!matchMedia(WIDE).matches) {
    location.assign(link.href);
    return;
  }
  const found = await page(card, link);
  const main = found?.querySelector("main");
  if (!main) return;
  for (const sheet of found.querySelectorAll("link[rel=stylesheet]")) {
    const href = sheet.getAttribute("href");
    if (!document.querySelector(`link[href="${CSS.escape(href)}"]`)) {
      document.head.append(document.adoptNode(sheet));
    }
  }
  for (const heading of main.querySelectorAll("h1")) {
    const smaller = document.createElement("h2");
    smaller.append(...heading.childNodes);
    heading.replaceWith(smaller);
  }
  for (const each of main.querySelectorAll("[data-bulk], .select")) each.remove();
  // Their cards are those of the author's page: the keys of this one are not for them.
  for (const each of main.querySelectorAll("[data-card], [data-key], [data-cards]")) {
    for (const name of ["data-card", "data-key", "data-cards"]) each.removeAttribute(name);
  }
  // The same cards may stand beside, under the same names.
  for (const name of ["id", "for", "aria-labelledby", "aria-describedby"]) {
    for (const each of main.querySelectorAll(`[${name}]`)) {
      each.setAttribute(name, `drawn-${each.getAttribute(name)}`);
    }
  }
  drawer.querySelector("[data-drawn]").replaceChildren(...document.adoptNode(main).children);
  drawer.hidden = false;
  drawer.returnTo = card;
  drawer.focus({ preventScroll: true });
}

export function closeDrawer() {
  const drawer = document.querySelector("[data-drawer]");
  if (drawer.hidden) return false;
  drawer.hidden = true;
  drawer.querySelector("[data-drawn]").replaceChildren();
  drawer.returnTo?.focus();
  return true;
}

export function setUpDrawer() {
  document.querySelector("[data-close]").addEventListener("click", closeDrawer);
}
