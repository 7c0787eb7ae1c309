"""What people say on the demo's article, and what becomes of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Remark:
    """One comment of the data file."""

    name: str
    email: str
    text: str
    url: str = ""
    answers: str = ""
    then: str = ""
    reported: str = ""
    appeal: str = ""


def read() -> list[Remark]:
    """The comments of the data file, in order."""
    text = (files("moderation.demo") / "comments.toml").read_text("utf-8")
    return [Remark(**entry) for entry in tomllib.loads(text)["comment"]]
