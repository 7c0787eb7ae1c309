"""Word lists: what a word is, in any script, and what a pattern may be."""

from __future__ import annotations

import time

import pytest

from moderation.words import Pattern, check_pattern


@pytest.mark.parametrize(
    ("entry", "text", "found"),
    [
        # A word is found whatever its case, between anything that is no letter.
        ("casino", "The best CASINO, by far", True),
        ("casino", "(casino)", True),
        ("casino", "casino", True),
        ("casino", "first line\ncasino\nlast line", True),
        # It is not found inside another word, in any script.
        ("ass", "a classic passage", False),
        ("ass", "assä", False),
        ("кот", "который", False),
        ("кот", "мой кот спит", True),
        ("τo", "τoν", False),
        ("casino", "casino2", False),
        # Case is folded in other scripts, too.
        ("СПАМ", "это спам!", True),
        ("straße", "die STRAßE", True),
        # Words of a phrase may be apart, and on two lines.
        ("buy now", "Buy   now!", True),
        ("buy now", "buy\nnow", True),
        ("buy now", "buy it now", False),
        # What means something in a pattern means itself in a word.
        ("c++", "I write c++ all day", True),
        ("a.b", "axb", False),
        ("$$$", "earn $$$ fast", True),
        # A pattern between slashes.
        (r"/v[i1]agra/", "V1AGRA here", True),
        (r"/^first/", "not first", False),
        # One slash is a word like any other.
        ("/", "and / or", True),
    ],
)
def test_an_entry_is_found_as_a_person_would_read_it(
    entry: str, text: str, found: bool
) -> None:
    pattern = Pattern.of([check_pattern(entry)])

    assert pattern.first_match(text) == (entry if found else None)


def test_the_first_entry_of_the_list_that_matches_is_named() -> None:
    pattern = Pattern.of(["zebra", "apple", "/p.*e/"])

    assert pattern.first_match("an apple") == "apple"


def test_an_empty_list_finds_nothing() -> None:
    assert Pattern.of([]).first_match("anything") is None


@pytest.mark.parametrize(
    "entry",
    [
        # Nothing at all.
        "   ",
        # Not closed, nothing to repeat.
        "/(open/",
        "/*/",
        # What RE2 leaves out because it cannot be matched in linear time.
        r"/(a)\1/",
        r"/(?=ahead)/",
        # Larger than a program may become.
        r"/(((a{1000}){1000}){1000})/",
    ],
)
def test_what_re2_cannot_read_is_refused_with_a_reason(entry: str) -> None:
    with pytest.raises(ValueError, match=r"is not a pattern: .+|is empty"):
        check_pattern(entry)


def test_a_pattern_that_ruins_others_takes_no_time() -> None:
    pattern = Pattern.of([check_pattern("/(a+)+$/")])
    started = time.process_time()

    assert pattern.first_match("a" * 9_999 + "!") is None

    # A backtracking engine would not be done before the end of the universe.
    assert time.process_time() - started < 2
