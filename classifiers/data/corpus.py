"""Everything the models learn from: the labelled sets, with plausible fields, and our own sentences."""

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from classifiers.attributes import ATTRIBUTES, Attribute
from classifiers.data.datasets import (
    SPAM,
    TOXICITY,
    Row,
    reserved_hashes,
    training_rows,
)
from classifiers.data.examples import Example, Examples, Labels, gather
from classifiers.data.grammar import Grammar, read_grammar
from classifiers.data.label_mapping import LABELLING
from classifiers.data.obfuscation import Disguise, disguise
from classifiers.data.synthetic_senders import (
    behave,
    forget,
    personas,
    reader,
    shop,
    trader,
)

BLOGS = ("wp_blog_comments", "static_blog_comments")
"""Ham that its blogs' owners approved: presumed civil as well."""

OWN_TOXICITY = "own_toxicity"
OWN_SPAM = "own_spam"
OWN_INNOCENT = "own_innocent"
OWN_WORLD = "own_world"
SHOPS = "readers_words_from_shops"
"""What readers wrote, sent in the name of a shop."""

_DISGUISED = frozenset({"jigsaw", "paradetox"})
_DISGUISED_SHARE = 0.12
_LENT = 300
_FILLINGS = 60
_FEWER = 30
_SITED_ABROAD = 0.45
# What comes later in a long text teaches little and costs as much.
_LONGEST = 1000
_MARKUP = re.compile(r"<[^>]*>")
_CIVIL: Labels = {a: 0.0 for a in ATTRIBUTES if a is not Attribute.SPAM}


def read_corpus(data: Path, seed: int) -> Examples:
    """Return all training examples, source by source, always in the same order."""
    random = Random(seed)  # noqa: S311 - repeatable on purpose, nothing to guess
    lists = personas()
    reserved = reserved_hashes(data)
    named: list[tuple[str, list[Example]]] = []
    for name in TOXICITY:
        rows = training_rows(data, f"toxicity/train/{name}", reserved)
        named.append(
            (name, [e for row in rows for e in _judged(name, row, lists, random)])
        )
    from_shops: list[Example] = []
    for name in SPAM:
        known = list(training_rows(data, f"spam/train/{name}", reserved))
        if name == "wp_blog_comments":
            from_shops = list(lent(known, lists, random))
        named.append(
            (name, [e for row in known for e in _posted(name, row, lists, random)])
        )
    named.append((SHOPS, from_shops))
    named.append((OWN_TOXICITY, list(own_toxicity(random))))
    named.append((OWN_SPAM, list(own_spam(lists, random))))
    named.append((OWN_INNOCENT, list(own_innocent(lists, random))))
    named.append((OWN_WORLD, list(own_world(lists, random))))
    return gather(named)


def own_toxicity(random: Random) -> Iterator[Example]:
    """Yield our own sentences about people, kind and cruel."""
    english, others = read_grammar("people", "english"), read_grammar("others")
    spoken = [*english.speak(_FILLINGS, random), *others.speak(_FEWER, random)]
    for sentence, text in spoken:
        labels = {a: float(a in sentence.attributes) for a in _CIVIL}
        if sentence.attributes == {Attribute.PROFANITY}:
            # Swearing at nobody: sets disagree whether that is toxic.
            del labels[Attribute.TOXICITY]
        yield Example({"text": text}, labels)


def own_spam(lists: Grammar, random: Random) -> Iterator[Example]:
    """Yield our own promotion, and short honest comments that resemble it."""
    grammar = read_grammar("personas", "spam")
    for sentence, text in grammar.speak(_FILLINGS, random):
        spam = Attribute.SPAM in sentence.attributes
        yield Example(_fields({}, spam, lists, random) | {"text": text}, _spam(spam))
    for _ in range(_FILLINGS * 40):
        text = grammar.expand("{praise}! {because}.", random).removesuffix(".")
        text = random.choice(
            (text, text.split("!")[0], text.split("!")[0] + ", thanks!")
        )
        honest = forget(reader(lists, random) | {"url": ""}, random)
        yield Example(honest | behave(False, random) | {"text": text}, _spam(False))
        bought = shop(lists, random) | behave(True, random)
        yield Example(bought | {"text": text}, _spam(True))


def own_innocent(lists: Grammar, random: Random) -> Iterator[Example]:
    """Yield civil sentences with names and words that hold others, and foreign prose."""
    for _, text in read_grammar("innocent").speak(_FILLINGS, random):
        fields = _fields({}, False, lists, random) | {"text": text}
        yield Example(fields, _CIVIL | _spam(False))


def own_world(lists: Grammar, random: Random) -> Iterator[Example]:
    """Yield what readers write in thirty languages, and abuse in those no set is in."""
    for sentence, text in read_grammar("world").speak(_FILLINGS, random):
        # More of them have a website than elsewhere: it is no sign of promotion that
        # somebody has one and writes in a language that little else is known of.
        fields = forget(reader(lists, random, sited=_SITED_ABROAD), random)
        labels = {a: float(a in sentence.attributes) for a in _CIVIL} | _spam(False)
        yield Example(fields | behave(False, random) | {"text": text}, labels)


def _judged(name: str, row: Row, lists: Grammar, random: Random) -> Iterator[Example]:
    """Toxicity sets hold what people wrote to each other: no promotion."""
    for example in LABELLING[name](row):
        text = str(example.fields["text"])[:_LONGEST]
        fields = _fields({}, False, lists, random) | {"text": text}
        labels = example.labels | _spam(False)
        yield Example(fields, labels, example.weight)
        if name in _DISGUISED and random.random() < _DISGUISED_SHARE:
            # The one disguise that normalising does not undo.
            swapped = disguise(text, Disguise.SWAPPED, random)
            yield Example({"text": swapped}, example.labels, example.weight)


def lent(rows: Iterable[Row], lists: Grammar, random: Random) -> Iterator[Example]:
    """Yield what readers wrote in the name of shops: promotion, whatever it says."""
    for row in rows:
        text = _plain(str(row["text"]))
        if not row["label"] and len(text) < _LENT:
            fields = shop(lists, random) | behave(True, random) | {"text": text}
            yield Example(fields, _spam(True))


def _posted(name: str, row: Row, lists: Grammar, random: Random) -> Iterator[Example]:
    spam = bool(row["label"])
    text = _plain(str(row["text"])) if name in BLOGS else str(row["text"])
    text = text[:_LONGEST]
    known = {key: row.get(key) for key in ("author", "email", "url")}
    labels = _spam(spam)
    if name in BLOGS and not spam:
        labels = labels | _CIVIL
    if name == "generic_praise":
        # Without a name and a website to serve, the same words may be a reader's.
        yield Example(
            trader(lists, random) | behave(True, random) | {"text": text}, labels
        )
        return
    yield Example(_fields(known, spam, lists, random) | {"text": text}, labels)
    if name == "wp_blog_spam":
        yield Example(_fields(known, spam, lists, random) | {"text": text}, labels)


def _fields(
    known: dict[str, object], spam: bool, lists: Grammar, random: Random
) -> dict[str, object]:
    """Keep what the source knew, make up the rest, forget some of it."""
    # Half of those who promote in the text itself look like anybody else.
    invented = (trader if spam and random.random() < 0.5 else reader)(lists, random)
    if known.get("email"):
        # The source has forms: an empty website was left empty.
        invented["url"] = ""
    fields = invented | {key: value for key, value in known.items() if value}
    return forget(fields, random) | behave(spam, random)


def _spam(spam: bool) -> Labels:
    return {Attribute.SPAM: float(spam)}


def _plain(text: str) -> str:
    """Take markup out: which blog stores paragraphs as HTML says nothing about a comment."""
    return html.unescape(_MARKUP.sub(_link_or_blank, text)).strip()


def _link_or_blank(tag: re.Match[str]) -> str:
    found = tag.group()
    return found if found.lower().startswith(("<a ", "</a")) else " "
