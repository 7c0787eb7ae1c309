"""Our own sentences: what fills their slots, and what is said of them."""

from random import Random

import pytest

from classifiers.attributes import Attribute
from classifiers.data.corpus import lent, own_spam, own_toxicity, own_world
from classifiers.data.grammar import Grammar, Sentence, read_grammar
from classifiers.data.synthetic_senders import forget, personas, reader, shop, trader


@pytest.mark.parametrize(
    "names",
    [
        ("people", "english"),
        ("personas", "spam"),
        ("personas",),
        ("innocent",),
        ("others",),
        ("world",),
    ],
)
def test_every_slot_of_every_grammar_has_words(names: tuple[str, ...]) -> None:
    grammar = read_grammar(*names)

    for name in grammar.words:
        assert "{" not in grammar.expand(f"{{{name}}}", Random(1))


def test_the_same_seed_says_the_same() -> None:
    grammar = read_grammar("personas", "spam")

    assert list(grammar.speak(3, Random(5))) == list(grammar.speak(3, Random(5)))
    assert list(grammar.speak(3, Random(5))) != list(grammar.speak(3, Random(6)))


def test_a_squeezed_slot_is_written_like_an_address() -> None:
    grammar = Grammar({"shop": ("{ware} Town",), "ware": ("Red Shoes",)}, ())

    assert (
        grammar.expand("{shop} {~shop}.com", Random(1))
        == "Red Shoes Town redshoestown.com"
    )


def test_a_sentence_is_not_said_twice() -> None:
    grammar = Grammar({"a": ("x", "y")}, (Sentence(frozenset(), "{a}!"),))

    assert {text for _, text in grammar.speak(50, Random(1))} == {"x!", "y!"}
    assert len(list(grammar.speak(50, Random(1)))) == 2


def test_every_group_is_spoken_of_kindly_about_as_often_as_cruelly() -> None:
    examples = list(own_toxicity(Random(2)))
    for group in ("Muslims", "lesbians", "deaf people", "immigrants"):
        labels = [
            example.labels[Attribute.TOXICITY]
            for example in examples
            if group in str(example.fields["text"])
            and Attribute.TOXICITY in example.labels
        ]
        assert len(labels) > 40
        assert 0.3 < sum(labels) / len(labels) < 0.7


def test_praise_is_spam_from_a_trader_and_ham_from_a_reader() -> None:
    praise = [
        example
        for example in own_spam(personas(), Random(3))
        if str(example.fields["text"]).startswith("Great post")
        and "http" not in str(example.fields["text"])
    ]
    spam = [e for e in praise if e.labels[Attribute.SPAM] and e.fields.get("url")]
    ham = [e for e in praise if not e.labels[Attribute.SPAM]]

    assert len(spam) > 10
    assert len(ham) > 10
    assert not any(example.fields.get("url") for example in ham)


def test_no_language_is_promotion_and_few_of_its_comments_are_abuse() -> None:
    examples = list(own_world(personas(), Random(6)))

    abuse = [e for e in examples if e.labels[Attribute.TOXICITY]]
    greek = [e for e in examples if "α" in str(e.fields["text"])]

    assert not any(e.labels[Attribute.SPAM] for e in examples)
    assert all(e.labels[Attribute.INSULT] for e in abuse)
    assert 0.05 < len(abuse) / len(examples) < 0.15
    assert 0.05 < sum(e in abuse for e in greek) / len(greek) < 0.3


def test_readers_of_all_languages_have_websites_now_and_then() -> None:
    examples = list(own_world(personas(), Random(7)))

    with_site = sum(bool(e.fields.get("url")) for e in examples)

    assert 0.1 < with_site / len(examples) < 0.3


def test_the_end_of_an_address_does_not_tell_a_reader_from_a_shop() -> None:
    lists, random = personas(), Random(8)
    readers = [str(reader(lists, random, sited=1)["url"]) for _ in range(300)]
    shops = [str(shop(lists, random)["url"]) for _ in range(300)]

    for ending in ("/", ".example", ".example/"):
        assert any(url.endswith(ending) for url in readers)
    for ending in ("/", ".example/"):
        assert any(url.endswith(ending) for url in shops)


def test_what_is_forgotten_does_not_depend_on_who_wrote() -> None:
    lists, random = personas(), Random(4)

    def kept(who: object) -> list[tuple[str, ...]]:
        assert callable(who)
        return [tuple(sorted(forget(who(lists, random), random))) for _ in range(4000)]

    readers, traders = kept(reader), kept(trader)
    for fields in set(readers) | set(traders):
        assert readers.count(fields) == pytest.approx(traders.count(fields), rel=0.2)


def test_a_readers_words_are_promotion_in_the_name_of_a_shop() -> None:
    rows = [
        {"text": "I walked there too, lovely.", "label": 0},
        {"text": "Much longer. " * 40, "label": 0},
        {"text": "buy now", "label": 1},
    ]

    [example] = lent(rows, personas(), Random(1))

    assert example.fields["text"] == "I walked there too, lovely."
    assert example.fields["author"]
    assert str(example.fields["url"]).startswith("http")
    assert example.labels == {Attribute.SPAM: 1.0}


def test_a_shop_always_gives_a_name_and_a_website() -> None:
    lists, random = personas(), Random(2)

    shops = [shop(lists, random) for _ in range(200)]

    assert all(each["author"] and each["url"] for each in shops)
    assert 0.4 < sum("email" in each for each in shops) / len(shops) < 0.8
    assert len({each["author"] for each in shops}) > 100
