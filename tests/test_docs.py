"""What a reader may look up is written down: settings, codes, commands, metrics."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import click
import pytest
from prometheus_client.metrics import MetricWrapperBase
from pydantic_core import PydanticUndefined

from moderation import metrics
from moderation.cli import moderation
from moderation.enums import Reason
from moderation.i18n import LOCALES, message
from moderation.search.query_language import Key
from moderation.settings import PREFIX, Settings
from moderation.sites.settings import SiteSettings
from moderation.web.problems import STATUS_OF_CODE

ROOT = Path(__file__).parent.parent
TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@cache
def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def commands(
    group: click.Command, path: str = "moderation"
) -> dict[str, click.Command]:
    """Every command by what one types."""
    assert isinstance(group, click.Group)
    return {f"{path} {name}": command for name, command in group.commands.items()}


def default_of(name: str) -> str:
    default = Settings.model_fields[name].default
    assert default is not PydanticUndefined, f"{name} has no default"
    return "" if default in ("", None) else f"`{default}`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_its_row_with_its_default_and_its_meaning(name: str) -> None:
    meaning = Settings.model_fields[name].description
    row = f"| `{PREFIX}{name.upper()}` | {default_of(name)} | {meaning} |"

    assert row in document("settings.md")


def test_no_setting_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(rf"`{PREFIX}([A-Z_]+)`", document("settings.md")))

    assert documented == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", SiteSettings.model_fields)
def test_every_setting_of_a_site_is_documented(name: str) -> None:
    assert f"| `{name}` |" in document("policy.md")


@pytest.mark.parametrize("code", STATUS_OF_CODE)
def test_every_refusal_code_is_documented_with_its_status(code: str) -> None:
    assert f"| `{code}` | {STATUS_OF_CODE[code]} |" in document("api.md")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_code_is_documented(reason: Reason) -> None:
    assert f"| `{reason.value}` |" in document("api.md")


@pytest.mark.parametrize("key", Key)
def test_every_key_of_the_search_box_is_documented_and_explained(key: Key) -> None:
    assert re.search(
        rf"^\|.*`{key}:`.*\|.*\|$", document("moderators.md"), re.MULTILINE
    )
    for locale in LOCALES:
        assert message(f"search.key_{key}", locale=locale)


@pytest.mark.parametrize("name", commands(moderation))
def test_every_command_is_documented_with_its_options(name: str) -> None:
    heading = f"## `{name}"
    _, _, rest = document("commands.md").partition(heading)
    section = rest.partition("\n## ")[0]
    options = [
        option
        for parameter in commands(moderation)[name].params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    ]

    assert section, f"docs/commands.md has no section {heading}`"
    assert [option for option in options if f"`{option}" not in section] == []


def test_every_target_of_make_is_documented() -> None:
    targets = TARGET.findall((ROOT / "Makefile").read_text())
    text = document("commands.md")

    assert targets
    assert [target for target in targets if f"| `make {target}` |" not in text] == []


def test_every_metric_is_documented() -> None:
    names = {
        sample.name
        for value in vars(metrics).values()
        if isinstance(value, MetricWrapperBase)
        for sample in value.describe()
    } | {
        "moderation_pending_comments",
        "moderation_oldest_pending_seconds",
        "moderation_undecided_seconds",
        "moderation_pending_of_wrong_time",
    }

    assert [name for name in names if f"`{name}" not in document("operators.md")] == []


@pytest.mark.parametrize(
    "path",
    [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    targets = LINK.findall(path.read_text())

    assert [each for each in targets if not (path.parent / each).exists()] == []
