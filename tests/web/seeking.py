"""What a page of the search says."""

from __future__ import annotations

import re


def problem(page: str) -> str:
    """What the page says is wrong with a search, if anything."""
    found = re.search(r'id="search-problem">([^<]*)<', page)
    return found[1] if found else ""
