"""A real Chromium for the tests, and a page that fails on errors of its scripts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

STEP_MILLISECONDS = 20_000
# Chromium's sandbox cannot be had as root, and a test has no use for its errands.
ARGUMENTS = [
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
WITHOUT_WINDOWS = "chromium-headless-shell"
WHOLE = "chromium"


def launch(playwright: Playwright, *, whole: bool = False) -> Browser:
    """Playwright's own Chromium if it is installed, else the system's.

    Without windows where it can be had so, because they are most of the work; `whole`
    is the one that people have, which paints as theirs does.
    """
    own = Path(playwright.chromium.executable_path).exists()
    names = (WHOLE,) if whole else (WITHOUT_WINDOWS, WHOLE)
    path = None if own else next(filter(None, map(shutil.which, names)), None)
    if not (own or path):
        pytest.fail("no Chromium: `make test` installs one")
    arguments = ARGUMENTS if whole else [*ARGUMENTS, "--disable-gpu"]
    return playwright.chromium.launch(executable_path=path, args=arguments)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this process."""
    os.environ["PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS"] = "1"
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a visitor whom nobody knows; an uncaught script error is a failure."""
    context = browser.new_context()
    context.set_default_timeout(STEP_MILLISECONDS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, f"uncaught errors in the page: {errors}"
