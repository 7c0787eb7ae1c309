"""A moderator at sixty decisions a minute, in a real browser: does the desk keep up."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, expect, sync_playwright

from benchmarks.held import PASSWORD, a_moderator, hold
from benchmarks.report import Table
from benchmarks.subjects import Ours
from tests.browsing import launch

MINUTES = 10.0
A_MINUTE = 60
WARM_UP = 60
GOAL_MILLISECONDS = 100.0
GOAL_GROWTH = 1.1
KEPT = ("JSHeapUsedSize", "Nodes", "TaskDuration")
# What moderators press: approve, spam, reject with a reason.
PRESSES = ("a", "s", "a", "rh", "a", "ro", "a", "s", "a", "a")
# From the key, not from when a busy page took notice of it, to the card that has the
# focus, painted: two frames later at most.
WATCH = """() => {
  window.waits = [];
  let pressed = 0;
  addEventListener("keydown", (event) => (pressed = event.timeStamp), true);
  addEventListener("focusin", (event) => {
    if (!pressed || !event.target.matches("[data-card]")) return;
    const since = pressed;
    pressed = 0;
    requestAnimationFrame(() => setTimeout(() => waits.push(performance.now() - since)));
  }, true);
}"""


def measure(minutes: float = MINUTES) -> Table:
    """Decide once a second; how long the next card takes, and what the page keeps."""
    number = int(minutes * A_MINUTE)
    with (
        tempfile.TemporaryDirectory(dir="/var/tmp") as name,
        sync_playwright() as playwright,
    ):
        ours = Ours(Path(name), rate_limit_login="off")
        hold(ours, number + WARM_UP + 60)
        who = a_moderator(ours, 1)
        browser = launch(playwright, whole=True)
        with ours.wake_up(), ours.web():
            page = browser.new_page()
            page.goto(f"http://{ours.address}/login")
            page.get_by_label("E-mail").fill(who.email)
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.locator("[data-help]:not([hidden])").wait_for(state="attached")
            page.evaluate(WATCH)
            presses = cycle(PRESSES)
            devtools = page.context.new_cdp_session(page)
            page.keyboard.press("j")
            _decide(page, presses, WARM_UP)
            before = _kept(devtools)
            page.evaluate("waits.length = 0")
            _decide(page, presses, number)
            after = _kept(devtools)
            waits = sorted(page.evaluate("waits"))
        browser.close()
    return _table(minutes, waits, before, after)


def _decide(page: Page, presses: Iterator[str], number: int) -> None:
    began = time.monotonic()
    counted = page.locator("[data-count=decided]")
    start = int(counted.inner_text())
    for turn in range(number):
        for key in next(presses):
            page.keyboard.press(key)
        due = began + (turn + 1) * 60 / A_MINUTE
        page.wait_for_timeout(max(0.0, 1000 * (due - time.monotonic())))
    # All of them arrived: what was measured was no page that had stopped.
    expect(counted).to_have_text(str(start + number), timeout=10_000)


def _kept(devtools: CDPSession) -> dict[str, float]:
    """Bytes of the script's heap and elements of the page, after cleaning up.

    With them the seconds of processor time that the page's main thread has had.
    """
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    devtools.send("HeapProfiler.collectGarbage")
    metrics: list[dict[str, Any]] = devtools.send("Performance.getMetrics")["metrics"]
    found = {each["name"]: float(each["value"]) for each in metrics}
    return {name: found[name] for name in KEPT}


def _table(
    minutes: float,
    waits: list[float],
    before: dict[str, float],
    after: dict[str, float],
) -> Table:
    table = Table(
        f"A moderator decides {len(waits)} comments in {minutes:g} minutes, in Chromium",
        ("", "p50", "p99", "longest"),
    )
    longest = waits[-1]
    p50, p99 = (waits[int(share * (len(waits) - 1))] for share in (0.5, 0.99))
    shown = (f"{each:.1f} ms" for each in (p50, p99, longest))
    table.add("from the key to the next card, painted", *shown)
    table.at_most("longest wait", longest, GOAL_MILLISECONDS, "ms")
    heap, nodes = (after[each] / before[each] for each in ("JSHeapUsedSize", "Nodes"))
    sizes = [each["JSHeapUsedSize"] / 2**20 for each in (before, after)]
    table.notes.append(f"script heap: {sizes[0]:.2f} MiB before, {sizes[1]:.2f} after")
    table.notes.append(
        f"elements: {before['Nodes']:,.0f} before, {after['Nodes']:,.0f} after"
    )
    busy = 1000 * (after["TaskDuration"] - before["TaskDuration"]) / len(waits)
    table.notes.append(f"main thread: {busy:.1f} ms of processor time a decision")
    table.at_most("heap after, as a multiple of before", heap, GOAL_GROWTH, "times")
    table.at_most("elements after, as a multiple", nodes, GOAL_GROWTH, "times")
    return table
