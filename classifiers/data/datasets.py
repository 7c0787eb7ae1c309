"""The labelled data folder: its sets, what their labels mean here, and its rules.

A text that is also in an evaluation set is left out of training; so is a label its
set does not give. What each file is, and its licence, is in the folder's README.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from classifiers.errors import MissingData

if TYPE_CHECKING:
    from pyarrow import Table

Row = Mapping[str, object]

TOXICITY = (
    "jigsaw",
    "civil_toxic_spans",
    "civil_spans_semeval2021",
    "paradetox",
    "davidson",
    "stormfront",
    "hatemoji_build",
    "mlma",
    "told_br_pt",
    "korean_beep_ko",
    "germeval2018_de",
    "cold_zh",
)
"""Sets in toxicity/train."""

SPAM = (
    "wp_blog_spam",
    "wp_blog_comments",
    "static_blog_comments",
    "disqus_blog_zh",
    "generic_praise",
    "youtube_2015_uci",
    "youtube_2014",
    "lmblog",
    "gambling_id",
    "instagram_id",
    "telegram_tgspam",
    "telegram_ru",
    "sms",
    "email_spamassassin_sample",
)
"""Sets in spam/train."""

_NO_WORD = re.compile(r"\W+")


def require(data: Path) -> None:
    """Raise MissingData, naming every file that training needs and does not find."""
    wanted = [f"toxicity/train/{name}.parquet" for name in TOXICITY]
    wanted += [f"spam/train/{name}.parquet" for name in SPAM]
    wanted.append("toxicity/eval_text_hashes.parquet")
    missing = [name for name in wanted if not (data / name).is_file()]
    if len(missing) == len(wanted):
        raise MissingData(
            f"no labelled data in {data}: training needs toxicity/train and spam/train "
            "there (the shipped models work without)"
        )
    if missing:
        raise MissingData(f"{data} lacks {', '.join(missing)}")


def rows(data: Path, name: str) -> list[dict[str, object]]:
    """Return the rows of a set that have a text; `name` is like "spam/eval/youtube_2024"."""
    table = _read(data, name).to_pylist()
    return [row for row in table if row["text"] is not None]


def training_rows(data: Path, name: str, reserved: frozenset[str]) -> Iterator[Row]:
    """Yield the labelled rows of a set whose text no evaluation set has."""
    for row in rows(data, name):
        if row["label"] is not None and text_hash(str(row["text"])) not in reserved:
            yield row


def reserved_hashes(data: Path) -> frozenset[str]:
    """Return the hashes of all texts kept for evaluation."""
    return frozenset(_read(data, "toxicity/eval_text_hashes")["h"].to_pylist())


def text_hash(text: str) -> str:
    """Return the hash that the data folder's README defines."""
    plain = _NO_WORD.sub(" ", text.lower()).strip()
    return hashlib.sha256(plain.encode()).hexdigest()[:24]


def data_hash(data: Path) -> str:
    """Return one hash over all training files: which data made a model."""
    whole = hashlib.sha256()
    for folder, names in (("toxicity", TOXICITY), ("spam", SPAM)):
        for name in names:
            whole.update(name.encode())
            whole.update((data / folder / "train" / f"{name}.parquet").read_bytes())
    whole.update((data / "toxicity/eval_text_hashes.parquet").read_bytes())
    return whole.hexdigest()


def _read(data: Path, name: str) -> "Table":
    # Not installed where the service runs.
    from pyarrow import parquet

    path = data / f"{name}.parquet"
    if not path.is_file():
        raise MissingData(f"{data} lacks {name}.parquet")
    return parquet.read_table(path)
