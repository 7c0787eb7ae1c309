"""A page in a real browser that notes everything that should not happen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page

# No text may cost the one who has to read it this long.
PATIENCE_SECONDS = 5.0
# In front of every page: what a payload would call, and what the policy complains of.
WATCH = """
window.caught = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = () => caught.push(name);
addEventListener("securitypolicyviolation",
  (event) => caught.push(`${event.violatedDirective}: ${event.blockedURI}`));
"""
# What makes the page wider than its window: the innermost elements that hang over.
OVERFLOW = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const over = (each) => each.getBoundingClientRect().right > innerWidth + 1
    || each.scrollWidth > innerWidth;
  const scrolls = (each) => each && each !== document.body
    && (getComputedStyle(each).overflowX !== "visible" || scrolls(each.parentElement));
  return [...document.querySelectorAll("body *")]
    .filter((each) => over(each) && ![...each.children].some(over) && !scrolls(each))
    .slice(0, 3).map((each) => each.outerHTML.slice(0, 300));
}"""
PRESS = """(selector) => {
  const stay = (event) => event.preventDefault();
  addEventListener("click", stay);
  for (const each of document.querySelectorAll(selector)) {
    for (const type of ["mouseover", "focus", "click"])
      each.dispatchEvent(new MouseEvent(type, {bubbles: true, cancelable: true}));
    if (each.href && !/^(https?|mailto):/.test(each.href)) caught.push(each.href);
  }
  removeEventListener("click", stay);
}"""


@dataclass
class Watched:
    """A page that may ask only the hosts in ``allowed``."""

    page: Page
    allowed: set[str]
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(WATCH)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("dialog", lambda dialog: self.trouble.append(dialog.message))
        self.page.on("request", lambda request: self._check(request.url))

    def visit(
        self,
        url: str,
        wait_for: str = "main",
        *,
        press: str = "",
        statuses: tuple[int, ...] = (200,),
    ) -> None:
        """Open a page and note what ran, what was asked for and what hangs over.

        Then move over and press what visitors made, without leaving the page.
        """
        started = time.monotonic()
        answer = self.page.goto(url)
        if answer is None or answer.status not in statuses:
            self.trouble.append(f"{url}: {answer and answer.status}")
            return
        self.page.locator(wait_for).first.wait_for(state="attached")
        if time.monotonic() - started > PATIENCE_SECONDS:
            self.trouble.append(f"{url}: took {time.monotonic() - started:.1f} s")
        if press:
            self.page.evaluate(PRESS, press)
        self.look(url)

    def look(self, url: str) -> None:
        """Note what has happened on this page until now."""
        caught = self.page.evaluate("caught") + self.page.evaluate(OVERFLOW)
        self.trouble += [f"{url}: {each}" for each in caught]

    def _check(self, url: str) -> None:
        if urlsplit(url).netloc not in self.allowed:
            self.trouble.append(url)
