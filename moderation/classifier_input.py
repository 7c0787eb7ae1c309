"""What the classifiers get to see of a comment: made here, for whoever asks them.

The worker, the explanation on a card and the synchronous scoring of servers all ask
with the same fields, so that one comment has one score. A field that is not known is
left out: it is no evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# How many words make a text one's own: "Thank you!" is said by many.
OWN_WORDS_MIN_CHARACTERS = 30


@dataclass(frozen=True)
class ClassifierInput:
    """The fields of one comment; None for what nobody knows."""

    text: str
    author: str | None = None
    email: str | None = None
    # Empty where the form asked for a website and got none.
    url: str | None = None
    seconds_on_form: float | None = None
    # How often the same words came to the site lately, without this time.
    times_seen: int | None = None

    @classmethod
    def of_revision(cls, row: Any, times_seen: int | None) -> ClassifierInput:
        """Of a row with what a revision stores: see `schema.revision`."""
        is_own = len(row.text) >= OWN_WORDS_MIN_CHARACTERS
        return cls(
            text=row.text,
            author=row.name or None,
            email=row.email or None,
            url=row.url or ("" if row.website_offered else None),
            seconds_on_form=row.seconds_on_form,
            times_seen=times_seen if is_own else None,
        )

    @property
    def fields(self) -> dict[str, object]:
        """As a scorer takes them; every scorer reads the same names."""
        known = {
            "author": self.author,
            "email": self.email,
            "url": self.url,
            "seconds_on_form": self.seconds_on_form,
            "times_seen": self.times_seen,
        }
        return {"text": self.text} | {
            name: value for name, value in known.items() if value is not None
        }
