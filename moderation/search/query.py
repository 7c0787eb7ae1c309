"""What a search comes down to: words for the index, conditions for the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from moderation.enums import Status
from moderation.signing import Keyring


@dataclass(frozen=True)
class Searcher:
    """Who searches, and what their words can refer to."""

    actor: str
    # Key and row key of each site that they may look at.
    sites: Mapping[str, int]
    keyring: Keyring
    now: datetime


@dataclass(frozen=True)
class Phrase:
    """Words of the index that follow one another; the last may be a beginning."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True)
class Clause:
    """One of several phrases must be there, or none of them may be."""

    any_of: tuple[Phrase, ...]
    negated: bool = False


@dataclass(frozen=True)
class Source:
    """An index that gives row keys of comments in their order, and what to ask it."""

    key: ColumnElement[int]
    conditions: tuple[ColumnElement[bool], ...]
    # Where the index begins with the site: it is asked once for each.
    site: ColumnElement[int] | None = None
    # Fewer of these are tried first.
    rank: int = 0


@dataclass
class SearchQuery:
    """All that must hold for a comment to be found."""

    site_ids: Collection[int]
    clauses: list[Clause] = field(default_factory=list)
    conditions: list[ColumnElement[bool]] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    statuses: frozenset[Status] = frozenset(Status)
    # Keys at and above, keys below.
    begin: int | None = None
    end: int | None = None
    # Something was asked for that does not exist: nothing can be found.
    nothing: bool = False

    def words(self, term_words: Sequence[str], *, negated: bool, prefix: bool) -> None:
        """Ask for a phrase."""
        if term_words:
            phrase = Phrase(tuple(term_words), prefix)
            self.clauses.append(Clause((phrase,), negated))

    def one_of(self, words: Collection[str], *, negated: bool) -> None:
        """Ask for any of these words; none at all can only be missing."""
        if words:
            phrases = tuple(Phrase((each,)) for each in sorted(words))
            self.clauses.append(Clause(phrases, negated))
        elif not negated:
            self.nothing = True

    def where(self, condition: Any, *, negated: bool, source: Source | None) -> None:
        """Ask for a property of the row, which an index may lead to."""
        self.conditions.append(~condition if negated else condition)
        if source is not None and not negated:
            self.sources.append(source)
