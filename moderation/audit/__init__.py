"""The journal: written, searched, exported, and counted."""
