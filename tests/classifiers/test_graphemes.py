"""Where the characters that people see begin."""

import pytest

from classifiers.text.graphemes import starts


@pytest.mark.parametrize(
    "characters",
    [
        ["a", "b"],
        ["e\u0301", "x"],
        ["👨\u200d👩\u200d👧", "!"],
        ["👍🏽", "👍"],
        ["❤\ufe0f", "❤\ufe0f"],
        ["🇩🇪", "🇫🇷", "🇮"],
        ["한", "\u1112\u1161\u11ab", "국"],
        ["क्षि", "क"],
        ["\r\n", "\n"],
        ["กำ", "ก"],
        ["1\ufe0f\u20e3", "2"],
        ["🏴\U000e0067\U000e0062\U000e007f", "x"],
        ["\ud800", "a"],
    ],
)
def test_it_finds_where_each_begins(characters: list[str]) -> None:
    text = "".join(characters)
    expected = [True]
    for character in characters:
        expected += [False] * (len(character) - 1) + [True]
    assert starts(text).tolist() == expected
