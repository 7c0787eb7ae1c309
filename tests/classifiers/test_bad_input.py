"""What no polite reader sends."""

import math
import time

import pytest
from hypothesis import given, settings

from classifiers.scoring import Scorer
from tests.classifiers.test_normalise import hostile

SIZE = 64 * 1024
# Bounds far above what is measured (see the benchmark), yet far below quadratic time.
SECONDS_FOR_64_KB = 0.5


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\r\n\u3000",
        "\x00\x01\x7f",
        "\ud800\udfff",
        "\u202e\u2066right to left\u2069",
        "🦄🏳\ufe0f\u200d🌈🇺🇳",
        "\u0301\u0301\u0301",
        "&" * 999 + ";",
        "&amp;" * 50 + "lt;",
        "\U0010ffff\U000e0041\ufffe",
    ],
)
def test_odd_text_has_a_score(shipped: Scorer, text: str) -> None:
    [scores] = shipped.score([{"text": text}])
    assert all(0 <= value <= 1 and math.isfinite(value) for value in scores.values())


@settings(deadline=None, max_examples=200)
@given(text=hostile)
def test_any_string_has_a_score(shipped: Scorer, text: str) -> None:
    [scores] = shipped.score([{"text": text, "author": text, "url": text}])
    assert all(0 <= value <= 1 for value in scores.values())


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "ab ",
        "a b ",
        "&lt;",
        "&amp;",
        "&",
        "я",
        "😀",
        "á",
        "0",
        "\u200b",
        "é",
        "한",
        "ᄒ",
        "sh1t ",
        "*",
        "🇦",
        "pа ",
        "ß",
        "'",
        "x.y/ ",
    ],
)
def test_64_kilobytes_of_anything_take_bounded_time(shipped: Scorer, unit: str) -> None:
    text = (unit * SIZE)[:SIZE]
    begun = time.process_time()
    shipped.score([{"text": text}])
    assert time.process_time() - begun < SECONDS_FOR_64_KB


def test_a_megabyte_scores(shipped: Scorer) -> None:
    [scores] = shipped.score([{"text": "All work and no play. " * 50_000}])
    assert 0 <= scores["TOXICITY"] < 0.5


def test_one_letter_a_hundred_thousand_times_is_a_short_word(shipped: Scorer) -> None:
    [long] = shipped.score([{"text": "u" * 100_000}])
    assert 0 <= long["TOXICITY"] <= 1
