"""The commands of ``moderation``, one module for each group of them."""
