"""Sentences of our own writing, multiplied by lists of words: what no data set teaches.

A grammar is a text file. `name = a | b` is a list of words. `LABELS: sentence` is a
sentence whose `{name}` stands for any word of that list; LABELS are the attributes that
are true of it, or one of the words of `NAMED`. A line that begins with # is a remark.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from classifiers.attributes import Attribute
from classifiers.errors import BadGrammar

GRAMMARS = Path(__file__).parent / "grammars"

NAMED: Mapping[str, frozenset[Attribute]] = {
    "fine": frozenset(),
    "coarse": frozenset({Attribute.PROFANITY}),
}

_SLOT = re.compile(r"\{(~?)([\w ]+)\}")
_LIST = re.compile(r"([\w ]+) = (.+)")
_SENTENCE = re.compile(r"([A-Z_ ]+|[a-z]+): (.+)")


@dataclass(frozen=True)
class Sentence:
    """A sentence with slots and what is true of it, whatever fills them."""

    attributes: frozenset[Attribute]
    text: str


@dataclass(frozen=True)
class Grammar:
    """Sentences and the words that fill their slots."""

    words: Mapping[str, tuple[str, ...]]
    sentences: tuple[Sentence, ...]

    def expand(self, text: str, random: Random) -> str:
        """Return a text with a word of its list in every slot, each drawn anew.

        Words may have slots themselves. `{~name}` is written the way addresses are: in
        small letters and without blanks.
        """

        def word(slot: re.Match[str]) -> str:
            chosen = self.expand(random.choice(self.words[slot[2]]), random)
            return chosen.lower().replace(" ", "") if slot[1] else chosen

        return _SLOT.sub(word, text)

    def speak(self, each: int, random: Random) -> Iterator[tuple[Sentence, str]]:
        """Yield every sentence in up to `each` different fillings."""
        for sentence in self.sentences:
            said = dict.fromkeys(
                self.expand(sentence.text, random) for _ in range(each)
            )
            for text in said:
                yield sentence, text


def read_grammar(*names: str) -> Grammar:
    """Read grammar files as one; raise BadGrammar for a line or slot that makes no sense."""
    words: dict[str, tuple[str, ...]] = {}
    sentences: list[Sentence] = []
    for name in names:
        for line in (GRAMMARS / f"{name}.txt").read_text("utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            if found := _LIST.fullmatch(line):
                words[found[1]] = tuple(found[2].split(" | "))
            elif found := _SENTENCE.fullmatch(line):
                sentences.append(Sentence(_attributes(found[1], line), found[2]))
            else:
                raise BadGrammar(f"{name}: cannot read {line!r}")
    spoken = [sentence.text for sentence in sentences]
    for text in [*spoken, *(word for each in words.values() for word in each)]:
        if not words.keys() >= {name for _, name in _SLOT.findall(text)}:
            raise BadGrammar(f"{' '.join(names)}: no list for a slot of {text!r}")
    return Grammar(words, tuple(sentences))


def _attributes(labels: str, line: str) -> frozenset[Attribute]:
    if labels in NAMED:
        return NAMED[labels]
    try:
        return frozenset(map(Attribute, labels.split()))
    except ValueError as error:
        raise BadGrammar(f"no attributes: {labels!r} in {line!r}") from error
