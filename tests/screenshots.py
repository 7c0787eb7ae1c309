"""Make the pictures in docs/screenshots: ``python -m tests.screenshots``.

Starts the demo on ports of its own in a folder that is thrown away, with the real
worker and the shipped models, and looks at it light, dark and on a phone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from moderation.settings import PREFIX
from tests.browsing import launch
from tests.service import free_address

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
PATIENCE_SECONDS = 120
LOGIN = re.compile(r"E-mail\s+(\S+)\s+Password\s+(\S+)")
FILLED = '"process": "seed", "code": 0'
LOOKS: dict[str, dict[str, object]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1200, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1200, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 780}, "device_scale_factor": 2},
}

# Pages of the desk by the names of their pictures.
DESK = {
    "decided": "/review/decided",
    "reported": "/review?lane=reported",
    "appeals": "/review?lane=appealed",
    "spot-checks": "/review?lane=spot_check",
    "search": "/review/search?q=bridge",
    "audit": "/audit",
    "numbers": "/audit/mine",
    "sites": "/settings",
    "settings": "/settings/demo",
    "people": "/settings/demo/people",
    "trusted-banned": "/settings/demo/marks",
    "keys": "/settings/demo/keys",
    "webhooks": "/settings/demo/webhooks",
    "what-waits": "/settings/demo/rules",
    "account": "/account",
    "second-factor": "/account/code",
}


@contextmanager
def demo(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """A running demo: article, desk, and the moderator's e-mail and password."""
    desk, article = free_address(), free_address()
    variables = {"DATA_DIR": str(folder), "BIND": desk, "DEMO_BIND": article}
    named = {f"{PREFIX}{name}": value for name, value in variables.items()}
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "moderation", "up", "--demo"],
            env={**os.environ, **named},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        text = _when_filled(process, log)
        found = LOGIN.search(text)
        if found is None:
            raise SystemExit(f"the demo told no login:\n{text}")
        yield f"http://{article}", f"http://{desk}", found[1], found[2]
    finally:
        process.terminate()
        process.wait(30)


def _when_filled(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while FILLED not in (text := log.read_text()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the demo did not fill itself:\n{text}")
        time.sleep(0.2)
    return text


def shoot(page: Page, name: str) -> None:
    """Save what `page` shows under `name`."""
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    print(path.relative_to(FOLDER.parent.parent))


def visit(browser: Browser, look: str, addresses: tuple[str, str, str, str]) -> None:
    """Every page once, in one look."""
    article, desk, email, password = addresses
    page = browser.new_context(**LOOKS[look]).new_page()  # type: ignore[arg-type]
    page.goto(article)
    shoot(page, f"article-{look}")
    page.locator("leave-a-reply").scroll_into_view_if_needed()
    page.locator("leave-a-reply article").first.wait_for()
    page.locator("leave-a-reply form").scroll_into_view_if_needed()
    page.locator("#text").fill("My father says it was four rivets.")
    page.get_by_label("Name *").fill("Nora")
    page.get_by_label("Email *").fill("nora(at)example.org")
    page.get_by_role("button", name="Post Comment").click()
    page.get_by_role("alert").wait_for()
    shoot(page, f"form-{look}")
    page.get_by_label("Email *").fill(f"nora-{look}@example.org")
    # A form that is sent back within two seconds was not typed by a person.
    page.wait_for_timeout(2500)
    page.locator("#text").fill(f"My father says it was four rivets ({look}).")
    page.get_by_role("button", name="Post Comment").click()
    own = page.get_by_role("article", name="Nora")
    own.wait_for()
    own.scroll_into_view_if_needed()
    shoot(page, f"thread-{look}")
    page.goto(own.get_by_role("link").last.get_attribute("href") or "")
    shoot(page, f"status-{look}")
    page.goto(f"{desk}/login")
    shoot(page, f"login-{look}")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.locator("[data-help]:not([hidden])").wait_for(state="attached")
    page.keyboard.press("j")
    shoot(page, f"review-{look}")
    page.keyboard.press("r")
    shoot(page, f"reasons-{look}")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.locator("[data-around]").wait_for()
    shoot(page, f"context-{look}")
    page.keyboard.press("o")
    for key in "xjx":
        page.keyboard.press(key)
    shoot(page, f"selected-{look}")
    page.keyboard.press("?")
    shoot(page, f"help-{look}")
    page.keyboard.press("Escape")
    card = page.locator("[data-card]").first
    author = card.locator("[data-key=h]").get_attribute("href")
    comment = card.get_attribute("data-card")
    # What nobody has found to be like another has no cluster: a search finds one.
    page.goto(f"{desk}/review/search")
    cluster = page.locator("[data-key=c]").first.get_attribute("href", timeout=1000)
    pages = {"author": author, "comment": f"/review/{comment}", "cluster": cluster}
    for name, path in {**DESK, **pages}.items():
        page.goto(f"{desk}{path}")
        shoot(page, f"{name}-{look}")
    page.goto(f"{desk}/review/search?q=status:approved")
    published = page.locator("[data-card]").first.get_attribute("data-card")
    page.goto(f"{desk}/comments/{published}/report")
    shoot(page, f"report-{look}")
    page.goto(f"{desk}/review/nowhere")
    shoot(page, f"not-found-{look}")
    page.goto(f"{desk}/settings/demo/people")
    page.get_by_role("button", name="Make a link").click()
    page.goto(page.locator("[data-link]").inner_text())
    shoot(page, f"invitation-{look}")
    page.context.close()


def main() -> None:
    """Make all pictures anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo(Path(folder)) as addresses,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        for look in LOOKS:
            visit(browser, look, addresses)
        browser.close()


if __name__ == "__main__":
    main()
