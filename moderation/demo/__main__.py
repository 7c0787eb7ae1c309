"""Serve the demo article: ``python -m moderation.demo``."""

from __future__ import annotations

import signal
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from string import Template
from typing import NamedTuple

from moderation.demo.address import ARTICLE, origin
from moderation.settings import Settings


class Page(NamedTuple):
    """A body with its type, ready to be sent."""

    body: bytes
    content_type: str
    policy: str = "default-src 'none'"


class Handler(BaseHTTPRequestHandler):
    """Answers from a handful of pages that are made beforehand."""

    def __init__(self, pages: dict[str, Page], *arguments: object) -> None:
        self.pages = pages
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """A page, the way to the article, or 404."""
        path = self.path.partition("?")[0]
        if path == "/":
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", ARTICLE)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        page = self.pages.get(path.rstrip("/"))
        if page is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(page.body)))
        self.send_header("Content-Security-Policy", page.policy)
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.body)

    do_HEAD = do_GET

    def log_message(self, *_arguments: object) -> None:
        """The demo has nothing to tell that a log should keep."""


def pages(settings: Settings) -> dict[str, Page]:
    """The article and what belongs to it.

    The article's policy is as strict as a careful publisher's: it proves that the
    widget needs no inline script or style, and no more than Trusted Types allow.
    """
    folder = files("moderation.demo") / "site"
    service = settings.base_url
    article = Template((folder / "article.html").read_text("utf-8"))
    policy = (
        f"default-src 'none'; style-src 'self'; img-src 'self' data:; "
        f"script-src {service}; connect-src {service}; form-action {service} 'self'; "
        f"base-uri 'none'; frame-ancestors 'none'; "
        f"require-trusted-types-for 'script'; trusted-types leave-a-reply"
    )
    html = article.substitute(service=service, origin=origin(settings))
    return {
        ARTICLE: Page(html.encode(), "text/html; charset=utf-8", policy),
        "/style.css": Page((folder / "style.css").read_bytes(), "text/css"),
        "/bridge.svg": Page((folder / "bridge.svg").read_bytes(), "image/svg+xml"),
    }


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""

    def stop(_number: int, _frame: object) -> None:
        raise SystemExit(0)

    settings = Settings.read()
    host, _, port = settings.demo_bind.rpartition(":")
    handler = partial(Handler, pages(settings))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with ThreadingHTTPServer((host.strip("[]"), int(port)), handler) as server:
        server.daemon_threads = True
        server.serve_forever()


if __name__ == "__main__":
    main()
