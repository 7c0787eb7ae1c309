"""Commands of `moderation`: as a process, or in this one, which starts nothing anew."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from unittest.mock import patch

from click.testing import CliRunner

from moderation.cli import main
from moderation.settings import Settings
from tests.service import Service

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def started(settings: Settings) -> Run:
    """Runs a command as a person does; standard input is `given`."""

    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "moderation", *arguments],
            env=Service(settings).environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def called(settings: Settings, **variables: str) -> Run:
    """Runs a command with the same arguments, environment, streams and exit code."""
    environment = {**Service(settings).environment(), **variables}

    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        said = ["moderation", *arguments]
        with (
            CliRunner().isolation(input=given, env=environment) as (out, errors, _),
            patch.object(sys, "argv", said),
        ):
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
            sys.stdout.flush()
            sys.stderr.flush()
            texts = [stream.getvalue().decode() for stream in (out, errors)]
        return subprocess.CompletedProcess(said, code, *texts)

    return run
