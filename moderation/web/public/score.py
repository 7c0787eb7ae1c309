"""Scores for callers that cannot wait for a worker: the same scorer, another door."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request

from moderation.classifier_input import ClassifierInput
from moderation.comments.guard import TEXT_MAX
from moderation.errors import Refused
from moderation.sites import keys
from moderation.web.problems import Problem
from moderation.web.public.parsing import read_json
from moderation.web.services import current_services

blueprint = Blueprint("score", __name__)

TEXTS = ("text", "author", "email", "url")
NUMBERS = ("seconds_on_form", "times_seen")


@blueprint.post("/api/v1/score")
def score() -> Response:
    """``{"scores", "spans", "model"}`` for one comment; nothing is stored.

    The caller is a site's server: ``Authorization: Bearer`` with its secret key,
    and ``site`` in the body. Spans are in code points of the text, with their
    contribution in log-odds; ``facts`` says the same of all besides the words.
    """
    try:
        document = read_json(request.get_data(cache=False))
        _authorize(document)
        fields = _fields(document)
    except Refused as refusal:
        return Problem.of(refusal).response()
    scorer = current_services().scorer
    scores = scorer.score([fields])[0]
    body: dict[str, Any] = {"scores": scores, "model": scorer.version}
    if document.get("explain"):
        reasons = scorer.explain(fields)
        body["spans"] = {
            attribute: [
                {"begin": s.begin, "end": s.end, "contribution": s.contribution}
                for s in reason.spans
            ]
            for attribute, reason in reasons.items()
        }
        body["facts"] = {
            attribute: dict(reason.features) for attribute, reason in reasons.items()
        }
    return Response(orjson.dumps(body), content_type="application/json")


def _authorize(document: dict[str, Any]) -> None:
    key = document.get("site")
    if not isinstance(key, str):
        raise Refused("malformed_json", what="site: the site's public key")
    desk = current_services()
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not keys.is_secret(desk.site(key), desk.keyring, secret):
        raise Refused("unauthorized")


def _fields(document: dict[str, Any]) -> dict[str, object]:
    values: dict[str, Any] = {}
    for name in TEXTS:
        value = document.get(name)
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > TEXT_MAX:
            limit = f"{name}: a string of at most {TEXT_MAX} characters"
            raise Refused("malformed_json", what=limit)
        values[name] = value
    for name in NUMBERS:
        value = document.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise Refused("malformed_json", what=f"{name}: a number from 0")
        values[name] = value
    if not values.get("text"):
        raise Refused("text_missing", field="text")
    return ClassifierInput(**values).fields
