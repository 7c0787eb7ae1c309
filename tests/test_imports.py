"""Importing a module does nothing: no environment, network, file or process."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import pytest

import classifiers
import moderation
import workers

# Modules that are programs: importing them is running them.
PROGRAMS = ("__main__", "env")

# What only `make train` installs: modules that read or draw with it stay out.
OF_TRAINING = ("matplotlib", "numba", "profanity_check", "pyarrow")

WATCH = """
import importlib, json, os, sys

names, of_training = json.loads(sys.argv[1])
seen = []
# Not there, on every machine alike.
sys.modules.update(dict.fromkeys(of_training))

def watch(event, arguments):
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.fork"):
        seen.append([event, importing])
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append([f"open {arguments[0]} for writing", importing])

class Bare(dict):
    def __getitem__(self, name):
        if name.startswith(b"MODERATION_"):
            seen.append([f"environ {name}", importing])
        return super().__getitem__(name)

importing = "the test itself"
sys.dont_write_bytecode = True
os.environ._data = Bare(os.environ._data)
sys.addaudithook(watch)
for importing in names:
    try:
        importlib.import_module(importing)
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] not in of_training:
            raise
print(json.dumps(seen))
"""


def modules() -> list[str]:
    """Every module of the three packages that is not a program."""
    found = []
    for package in (moderation, classifiers, workers):
        prefix = f"{package.__name__}."
        for module in pkgutil.walk_packages(package.__path__, prefix):
            if (
                module.name.rpartition(".")[2] not in PROGRAMS
                and ".versions." not in module.name
            ):
                found.append(module.name)
    return found


def test_importing_every_module_touches_nothing_outside() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCH, json.dumps([modules(), OF_TRAINING])],
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("package", [moderation, classifiers, workers])
def test_a_package_file_holds_a_docstring_only(package: object) -> None:
    path = package.__file__  # type: ignore[attr-defined]
    with open(path) as file:
        source = compile(file.read(), path, "exec")

    assert source.co_names == ("__doc__",)
