"""What axe finds on a page, in light and dark."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What is in order is not told: that would be most of the answer.
_WRONG = {"resultTypes": ["violations"]}
# The scheme changes colours and nothing else: what is said about names and roles in
# the light holds in the dark.
_OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
# Half a megabyte, which a page that has it need not read again.
_THERE_ALREADY = Axe("void 0")


def check(page: Page) -> None:
    """Fail with axe's own report, which names element and rule.

    Without motion: a button that is still fading from the light into the dark has a
    colour that no reader is ever left with.
    """
    page.emulate_media(reduced_motion="reduce")
    _run(page, Axe(), _WRONG)
    page.emulate_media(color_scheme="dark")
    _run(page, _THERE_ALREADY, _WRONG | _OF_COLOURS)
    page.emulate_media(color_scheme="light")


def _run(page: Page, axe: Axe, options: dict[str, list[str]]) -> None:
    results = axe.run(page, options=options)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
