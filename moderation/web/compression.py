"""Compress what browsers of moderators load: a lane is repetitive and ten times smaller.

The public doors are not touched: their answers are small, or kept ready-made.
"""

from __future__ import annotations

import gzip
import secrets
from functools import lru_cache

from flask import Flask, Response, request

# Below this a packet is a packet.
LEAST_BYTES = 1_000
LEVEL = 5
# A compressed page tells by its length what in it repeats what was asked for; noise of
# this many bytes makes its length a bad witness.
NOISE_BYTES = 128
_PACKED = frozenset({"text/html", "text/css", "text/javascript", "application/json"})


def set_up(app: Flask) -> None:
    """Pack the static files of all pages; the desk packs its own."""
    app.after_request(_pack_static)


def pack(answer: Response) -> Response:
    """Compress a page of the desk for browsers that can read it."""
    if not _is_for(answer):
        return answer
    answer.set_data(gzip.compress(answer.get_data(), LEVEL, mtime=0))
    answer.content_encoding = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.headers["X-Noise"] = "0" * secrets.randbelow(NOISE_BYTES)
    return answer


def _pack_static(answer: Response) -> Response:
    if request.endpoint != "static" or not _is_for(answer):
        return answer
    etag, _ = answer.get_etag()
    answer.direct_passthrough = False
    with answer:
        body = answer.get_data()
    answer.set_data(_packed(body))
    answer.content_encoding = "gzip"
    answer.vary.add("Accept-Encoding")
    if etag:
        # The same file in another form.
        answer.set_etag(etag, weak=True)
    return answer


def _is_for(answer: Response) -> bool:
    return (
        answer.status_code == 200
        and not answer.content_encoding
        and answer.mimetype in _PACKED
        and request.accept_encodings["gzip"] > 0
        and (answer.content_length or LEAST_BYTES) >= LEAST_BYTES
    )


@lru_cache(maxsize=64)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
