"""Other ways to score a batch of comments, to stand beside ours."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.pipeline import make_union

Comment = dict[str, object]
Score = Callable[[list[Comment]], object]


def vectorisers(attributes: int) -> Score:
    """Letters 2-5 inside words and words 1-2, then one matrix product."""
    union = make_union(
        HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5), n_features=1 << 19),
        HashingVectorizer(ngram_range=(1, 2), n_features=1 << 19),
    )
    weights = np.random.default_rng(0).normal(size=(1 << 20, attributes))

    def score(batch: list[Comment]) -> object:
        logits = union.transform([comment["text"] for comment in batch]) @ weights
        return (1 / (1 + np.exp(-logits))).tolist()

    return score


def profanity_check() -> Score | None:
    """Return alt-profanity-check, one attribute, if it is installed."""
    try:
        from profanity_check import predict_prob
    except ImportError:
        return None
    return lambda batch: predict_prob([comment["text"] for comment in batch])


def spamd(texts: list[str]) -> dict[str, float]:
    """Messages per second of SpamAssassin's daemon without network tests, if installed."""
    program = shutil.which("spamd") or shutil.which("spamd", path="/usr/sbin")
    if program is None:
        return {}
    with _daemon(program) as port:
        begun = time.perf_counter()
        for text in texts:
            _check(port, text)
        return {
            "SpamAssassin's spamd -L, spam only": len(texts)
            / (time.perf_counter() - begun)
        }


@contextmanager
def _daemon(program: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [program, "-L", "-p", str(port), "-m", "1", "--listen", "127.0.0.1"]
    daemon = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield port
    finally:
        daemon.terminate()
        daemon.wait(20)


def _check(port: int, text: str) -> bytes:
    message = f"From: a@example.org\r\nSubject: comment\r\n\r\n{text}\r\n".encode(
        errors="replace"
    )
    head = f"CHECK SPAMC/1.2\r\nContent-length: {len(message)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.sendall(head + message)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b""))
