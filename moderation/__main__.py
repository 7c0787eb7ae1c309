"""``python -m moderation``: the same as the command ``moderation``."""

from moderation.cli import main

main()
