"""The command line of the models: train, evaluate, promote, roll back, look."""

import argparse
import json
import sys
from pathlib import Path

from classifiers import registry
from classifiers.errors import ClassifierError, UnknownVersion
from classifiers.scoring import SHIPPED
from classifiers.serving.model import read_card

DATA = Path("../shared/data")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code, 1 with a clear line for known errors."""
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except ClassifierError as error:
        print(f"classifiers: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m classifiers", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    train = commands.add_parser("train", help="fit a new version on labelled data")
    train.add_argument("--data", type=Path, default=DATA, help="folder with the data")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--promote", action="store_true", help="make it current at once")
    train.set_defaults(run=_train)

    evaluate = commands.add_parser("evaluate", help="measure the current version")
    evaluate.add_argument(
        "--data", type=Path, default=DATA, help="folder with the data"
    )
    evaluate.add_argument(
        "--report", type=Path, help="also write a report with pictures"
    )
    evaluate.set_defaults(run=_evaluate)

    promote = commands.add_parser("promote", help="make a version current")
    promote.add_argument("version")
    promote.set_defaults(run=_promote)

    back = commands.add_parser("rollback", help="go back to the version before")
    back.set_defaults(run=_roll_back)

    listing = commands.add_parser("list", help="show all versions")
    listing.set_defaults(run=_list)

    card = commands.add_parser("card", help="print the card of a version")
    card.add_argument("version", nargs="?", help="the current one if left out")
    card.set_defaults(run=_card)

    for command in commands.choices.values():
        command.add_argument(
            "--models", type=Path, default=SHIPPED, help="registry folder"
        )
    return parser


def _train(given: argparse.Namespace) -> None:
    # Training needs scikit-learn and more; the other commands answer without waiting.
    from classifiers.estimators.persistence import verify
    from classifiers.training.train import train

    version = train(given.data, given.models, given.seed).name
    print(version)
    if given.promote:
        registry.promote(given.models, version, verify)


def _evaluate(given: argparse.Namespace) -> None:
    from classifiers.evaluation.evaluate import evaluate

    evaluate(given.data, given.models, given.report)


def _promote(given: argparse.Namespace) -> None:
    from classifiers.estimators.persistence import verify

    registry.promote(given.models, given.version, verify)
    print(f"{given.version} is current")


def _roll_back(given: argparse.Namespace) -> None:
    print(f"{registry.roll_back(given.models)} is current again")


def _list(given: argparse.Namespace) -> None:
    history = registry.promoted(given.models)
    for version in registry.versions(given.models):
        is_current = history[-1:] == [version]
        print(f"{version}  current" if is_current else version)


def _card(given: argparse.Namespace) -> None:
    version = given.version or (registry.promoted(given.models) or [""])[-1]
    if version not in registry.versions(given.models):
        raise UnknownVersion(f"{given.models} has no version {version!r}")
    card = read_card(given.models / version)
    print(json.dumps(card, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())
