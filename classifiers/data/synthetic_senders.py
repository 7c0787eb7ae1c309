"""Plausible fields for comments whose source did not keep them.

Without them a missing column would stand in for the label: the blogs that kept their
names are not the blogs that kept their spam.
"""

from random import Random

from classifiers.data.grammar import Grammar, read_grammar

Fields = dict[str, object]

# How often a reader has a website.
_SITED = 0.22
# How often mail is kept at the domain of the website.
_OWN_MAIL = 0.3


def personas() -> Grammar:
    """Read the lists of names, websites and mailboxes."""
    return read_grammar("personas")


def reader(lists: Grammar, random: Random, sited: float = _SITED) -> Fields:
    """Return the fields of somebody who takes part: a name, an address, seldom a website.

    `sited` is the chance of a website.
    """
    host = ""
    provider = lists.expand("{provider}", random)
    if random.random() < sited:
        host = lists.expand("{~reader host}", random)
        # Who has a site of their own may have their mail there: readers and traders alike.
        if "/" not in host and random.random() < _OWN_MAIL:
            provider = host.removeprefix("www.")
    return {
        "author": _name(lists.expand("{reader}", random), random),
        "email": lists.expand("{~reader box}", random) + f"@{provider}",
        # Many forms and browsers add the last slash: it is no sign of a shop.
        "url": f"http://{host}" + random.choice(("", "/")) if host else "",
    }


def trader(lists: Grammar, random: Random) -> Fields:
    """Return the fields of somebody who promotes: wares for a name, a shop for a website."""
    site = lists.expand("{~trader host}{~trader path}", random)
    name = lists.expand("{trader}", random)
    if random.random() < 0.25:
        name = lists.expand("{reader}", random)
    return {
        "author": name.title() if random.random() < 0.4 else name,
        "email": lists.expand("{~trader box}@{provider}", random),
        "url": random.choice(("http://", "http://www.", "https://")) + site,
    }


def shop(lists: Grammar, random: Random) -> Fields:
    """Return the fields of a trader who does not hide: name and website sell."""
    host = lists.expand("{~wares host}", random)
    name = lists.expand("{wares}", random)
    fields: Fields = {
        "author": name.title() if random.random() < 0.5 else name,
        "url": random.choice(("http://", "http://www.", "https://"))
        + host
        + lists.expand("{~trader path}", random),
    }
    if random.random() < 0.6:
        own = random.random() < _OWN_MAIL
        mailbox = host if own else lists.expand("{~mailbox}", random)
        fields["email"] = lists.expand("{~trader box}", random) + f"@{mailbox}"
    return fields


def forget(fields: Fields, random: Random) -> Fields:
    """Return the fields without those that some sites do not ask for or do not keep.

    The chances are the same whoever wrote, so that a missing field is no evidence.
    """
    chance = random.random()
    if chance < 0.30:
        kept: tuple[str, ...] = ()
    elif chance < 0.42:
        kept = ("author",)
    elif chance < 0.54:
        kept = ("author", "email")
    elif chance < 0.66:
        kept = ("author", "url")
    else:
        kept = ("author", "email", "url")
    return {key: value for key, value in fields.items() if key in kept}


def behave(spam: bool, random: Random) -> Fields:
    """Return what a site may have noticed besides: the trap, the haste, the repetition."""
    noticed: Fields = {}
    if random.random() < 0.3:
        noticed["honeypot"] = spam and random.random() < 0.2
    if random.random() < 0.3:
        hasty = random.random() < (0.5 if spam else 0.04)
        noticed["seconds_on_form"] = (
            random.uniform(0.3, 8) if hasty else random.uniform(8, 400)
        )
    if random.random() < 0.3:
        again = random.random() < (0.4 if spam else 0.02)
        noticed["times_seen"] = random.choice((1, 2, 3, 5, 20)) if again else 0
    return noticed


def _name(name: str, random: Random) -> str:
    return name.lower() if random.random() < 0.25 else name
