"""The data folder's rules hold: what is kept for evaluation is not learnt from."""

from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from classifiers.data.datasets import require, reserved_hashes, text_hash, training_rows
from classifiers.errors import MissingData


def write(folder: Path, name: str, columns: dict[str, list[object]]) -> None:
    path = folder / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.table(columns), path)


def test_a_text_of_an_evaluation_set_is_left_out_however_it_is_spelt(
    tmp_path: Path,
) -> None:
    texts = ["Keep me, please!", "LEAVE me... out?", "No label"]
    write(tmp_path, "toxicity/train/davidson", {"text": texts, "label": [1, 0, None]})
    reserved = {"set": ["other"], "h": [text_hash("leave me out")]}
    write(tmp_path, "toxicity/eval_text_hashes", reserved)

    rows = training_rows(tmp_path, "toxicity/train/davidson", reserved_hashes(tmp_path))

    assert [row["text"] for row in rows] == ["Keep me, please!"]


def test_the_hash_is_that_of_the_data_folder() -> None:
    # sha256 of "keep me please", first 24 hex digits.
    assert text_hash("  Keep -- ME,\nplease!") == text_hash("keep me please")
    assert len(text_hash("")) == 24


def test_without_the_data_folder_it_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match=r"toxicity/train and spam/train"):
        require(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, "toxicity/train/jigsaw", {"text": ["a"], "label": [0]})

    with pytest.raises(MissingData, match=r"spam/train/sms\.parquet"):
        require(tmp_path)
