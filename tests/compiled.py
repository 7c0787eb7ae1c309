"""What every app and every engine of a process would compile to the same, compiled once.

Each test has an app and an engine of its own; the templates, the rules of its addresses
and the statements are the same for all of them, and hold nothing of a test.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def share() -> None:
    """Let all that is made in this process from now on take what was compiled before."""
    Flask.jinja_options = {"bytecode_cache": Templates()}
    Flask.url_rule_class = Address
    registry.register("sqlite", __name__, Sqlite.__name__)
    registry.register("postgresql.psycopg", __name__, Postgresql.__name__)


class Templates(BytecodeCache):
    """What templates were compiled to, by their name and what stands in them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what another app has compiled."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next app."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


class Address(Rule):
    """A rule whose two builders, functions of its words alone, are made once."""

    _kept: ClassVar[dict[object, Builder]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        words = (tuple(self._trace), repr(self.defaults), self.rule, append_unknown)
        if words not in self._kept:
            self._kept[words] = super()._compile_builder(append_unknown)
        return self._kept[words]


class _Alike:
    """A dialect that is the same one in every engine, and their statements with it."""

    supports_statement_cache = True
    statements: ClassVar[dict[Any, Any]]

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Let it look where the others of its kind look."""
        engine.update_execution_options(compiled_cache=cls.statements)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class Sqlite(_Alike, SQLiteDialect_pysqlite):
    """Of every SQLite file."""

    supports_statement_cache = True
    statements: ClassVar[dict[Any, Any]] = {}


class Postgresql(_Alike, PGDialect_psycopg):
    """Of the one PostgreSQL server."""

    supports_statement_cache = True
    statements: ClassVar[dict[Any, Any]] = {}
