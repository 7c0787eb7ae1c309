"""Errors to answers: one table of statuses, one shape of body (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import orjson
from flask import Response

from moderation.errors import Refused
from moderation.web.language import translate

MEDIA_TYPE = "application/problem+json"

# Every code a caller may meet; `docs/api.md` lists them with their sentences.
STATUS_OF_CODE: dict[str, int] = {
    "malformed_json": 400,
    "malformed_encoding": 400,
    "body_too_large": 413,
    "unauthorized": 401,
    "site_unknown": 404,
    "not_found": 404,
    "method_not_allowed": 405,
    "origin_not_allowed": 403,
    "thread_missing": 422,
    "thread_invalid": 422,
    "thread_not_on_site": 403,
    "title_too_long": 422,
    "thread_closed": 403,
    "parent_unknown": 422,
    "honeypot": 403,
    "form_token_missing": 403,
    "form_token_invalid": 403,
    "form_too_fast": 403,
    "form_too_old": 403,
    "text_missing": 422,
    "text_too_long": 422,
    "name_missing": 422,
    "name_too_long": 422,
    "email_missing": 422,
    "email_invalid": 422,
    "url_invalid": 422,
    "duplicate": 409,
    "complaint_missing": 422,
    "report_too_long": 422,
    "reported_already": 409,
    "appeal_missing": 422,
    "appeal_too_long": 422,
    "appealed_already": 409,
    "appeal_needs_rejection": 409,
    "appeal_too_late": 403,
    "edit_too_late": 403,
    "rate_limited": 429,
    "site_rate_limited": 429,
    "csrf_failed": 400,
    "store_unavailable": 503,
    "request_too_slow": 408,
    "overloaded": 503,
    "server_error": 500,
}


@dataclass(frozen=True)
class Problem:
    """A refusal as it goes out."""

    status: int
    code: str
    detail: str
    field: str | None = None
    retry_after: int | None = None

    @classmethod
    def of(cls, refusal: Refused) -> Problem:
        """Look the refusal's code up; its facts fill the sentence."""
        seconds, what = refusal.facts.get("retry_after"), refusal.facts.get("what")
        detail = translate(refusal.code, **refusal.facts)
        return cls(
            status=STATUS_OF_CODE[refusal.code],
            code=refusal.code,
            detail=f"{detail} ({what})" if what else detail,
            field=refusal.field,
            retry_after=int(str(seconds)) if seconds is not None else None,
        )

    def response(self) -> Response:
        """The problem as a JSON answer."""
        body: dict[str, object] = {
            "type": f"urn:moderation:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.field:
            body["field"] = self.field
        if self.retry_after is not None:
            body["retry_after"] = self.retry_after
        answer = Response(orjson.dumps(body), self.status, content_type=MEDIA_TYPE)
        if self.retry_after is not None:
            answer.headers["Retry-After"] = str(self.retry_after)
        return answer
