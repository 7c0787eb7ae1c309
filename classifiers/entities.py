"""HTML entities back to the characters they name, however deeply they are nested."""

import html
import re

_NAME = re.compile(r"(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LONGEST = 33
# More than a comment of 10,000 characters can hold; keeps hostile floods cheap.
MOST = 4096


def has_entity(text: str) -> bool:
    """Say whether decoding could change the text; cheap for the many it cannot."""
    return "&" in text and ";" in text


def decode(text: str) -> tuple[str, list[int]]:
    """Return the text without entities, and where each character and the end came from.

    Works from the right: what follows an ampersand is then already decoded, so nested
    entities dissolve in one pass. After `MOST` ampersands the rest stays as it is.
    """
    out: list[str] = []
    origin: list[int] = [len(text)]
    tries = MOST
    for at in range(len(text) - 1, -1, -1):
        char = text[at]
        while char == "&" and tries:
            tries -= 1
            name = _NAME.match("".join(out[: -_LONGEST - 1 : -1]))
            if name is None:
                break
            value = html.unescape("&" + name.group())
            if value.startswith("&") and len(value) > 1:
                break
            del out[-name.end() :], origin[-name.end() :]
            char, rest = value[0], value[1:]
            out.extend(reversed(rest))
            origin.extend([at] * len(rest))
        out.append(char)
        origin.append(at)
    return "".join(reversed(out)), origin[::-1]
