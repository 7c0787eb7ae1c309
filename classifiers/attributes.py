"""The qualities a comment is judged for."""

from enum import StrEnum


class Attribute(StrEnum):
    """A quality; its score is the probability that readers would say it is there."""

    SPAM = "SPAM"
    """Left to promote something, not to take part."""
    TOXICITY = "TOXICITY"
    """Rude or disrespectful enough to make people leave a discussion."""
    SEVERE_TOXICITY = "SEVERE_TOXICITY"
    """Hateful or aggressive beyond what a heated mood explains."""
    INSULT = "INSULT"
    """Demeans a person or a group."""
    PROFANITY = "PROFANITY"
    """Swears, curses or is obscene."""
    THREAT = "THREAT"
    """Announces or wishes harm."""
    IDENTITY_ATTACK = "IDENTITY_ATTACK"
    """Hates people for what they are."""


ATTRIBUTES: tuple[Attribute, ...] = tuple(Attribute)
"""The order of every matrix of weights or scores: one column each."""
