"""`python -m classifiers`, as an operator types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from classifiers import registry
from classifiers.__main__ import main
from tests.classifiers.corpus import a_version


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "classifiers", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_version_is_promoted_listed_shown_and_rolled_back(models: Path) -> None:
    old, new = registry.promoted(models)[-1], a_version(models, seed=2)
    place = ("--models", str(models))
    assert _run("promote", new, *place).stdout == f"{new} is current\n"
    assert sorted(_run("list", *place).stdout.splitlines()) == sorted(
        [f"{new}  current", old]
    )
    assert json.loads(_run("card", *place).stdout)["version"] == new
    assert json.loads(_run("card", old, *place).stdout)["version"] == old
    assert _run("rollback", *place).stdout == f"{old} is current again\n"


def test_what_cannot_be_done_is_said_in_one_line(models: Path) -> None:
    for command in (["promote", "nothing"], ["rollback"], ["card", "nothing"]):
        answer = _run(*command, "--models", str(models))
        assert answer.returncode == 1
        assert answer.stderr.startswith("classifiers: ")
        assert answer.stderr.count("\n") == 1


def test_serving_needs_neither_scikit_learn_nor_a_compiler() -> None:
    code = (
        "import sys; from classifiers.scoring import load;"
        "s = load(); s.score([{'text': 'hi'}]); s.explain({'text': 'hi'});"
        "print({'numba', 'sklearn', 'skops'} & sys.modules.keys())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )
    assert answer.stdout == "set()\n"


def test_a_report_that_cannot_be_drawn_is_refused_before_anything_is_measured(
    models: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("classifiers.evaluation.evaluate.find_spec", lambda _name: None)
    report = tmp_path / "card.md"
    arguments = ["evaluate", "--data", str(tmp_path), "--models", str(models)]

    assert main([*arguments, "--report", str(report)]) == 1

    assert "make evaluate" in capsys.readouterr().err
    assert not report.exists()
