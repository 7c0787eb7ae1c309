"""`moderation score`: JSON Lines in, the same lines with scores out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.commands import Run

# It needs no store.
pytestmark = pytest.mark.parametrize("store", ["sqlite"])


def test_lines_come_back_in_order_with_their_scores_and_all_they_had(
    start: Run,
) -> None:
    texts = [f"comment number {n} with ünïcode 🙂" for n in range(600)]
    given = [
        {"id": 10**30 + n, "text": text, "mine": [1.10]} for n, text in enumerate(texts)
    ]
    done = start("score", given="".join(json.dumps(each) + "\n" for each in given))
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "progress is for terminals"
    assert [without(line, "scores") for line in lines] == given
    assert all(0 <= score <= 1 for line in lines for score in line["scores"].values())
    assert set(lines[0]["scores"]) >= {"SPAM", "TOXICITY", "IDENTITY_ATTACK"}


def test_a_line_that_was_scored_before_is_scored_anew(run: Run) -> None:
    done = run("score", given='{"text": "fine", "scores": {"SPAM": 7}}\n')

    assert done.stdout.count("scores") == 1
    assert 0 <= json.loads(done.stdout)["scores"]["SPAM"] <= 1


def test_an_explanation_adds_up_to_the_log_odds(run: Run) -> None:
    text = "You are a stupid idiot, buy cheap pills at http://pills.example"
    done = run("score", "--explain", given=json.dumps({"text": text}) + "\n")
    explanation = json.loads(done.stdout)["explanation"]["TOXICITY"]
    spans = explanation["spans"]
    moved = [span["contribution"] for span in spans]
    moved += explanation["features"].values()

    assert all(0 <= span["begin"] < span["end"] <= len(text) for span in spans)
    assert explanation["intercept"] + sum(moved) == pytest.approx(
        explanation["log_odds"], abs=1e-3
    )


@pytest.mark.parametrize(
    "line",
    [
        "{",  # cut off
        '"text"',  # JSON, but no object
        '{"comment": "x"}',  # no text
        '{"text": 7}',  # text that is none
        '{"text": "x", "author": 7}',  # a field of the wrong type
        "[" * 100_000,  # nested deeper than anybody needs
    ],
)
def test_a_bad_line_is_named_by_its_number(run: Run, line: str) -> None:
    done = run("score", given=f'{{"text": "fine"}}\n\n{line}\n')

    assert done.returncode == 1
    assert done.stderr.startswith("Error: line 3: ")
    assert done.stderr.count("\n") == 1


def without(line: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != name}
