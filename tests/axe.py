"""What axe finds on a page, in light and dark."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# The scheme changes colours and nothing else: what is said about names and roles in
# the light holds in the dark.
_OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def check(page: Page) -> None:
    """Fail with axe's own report, which names element and rule.

    Without motion: a button that is still fading from the light into the dark has a
    colour that no reader is ever left with.
    """
    page.emulate_media(reduced_motion="reduce")
    _run(page)
    page.emulate_media(color_scheme="dark")
    _run(page, _OF_COLOURS)
    page.emulate_media(color_scheme="light")


def _run(page: Page, options: dict[str, object] | None = None) -> None:
    results = Axe().run(page, options=options)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
