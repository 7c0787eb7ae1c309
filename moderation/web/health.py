"""``/healthz``, ``/readyz`` and ``/metrics``: for machines that watch the service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from moderation import metrics, migrations, scorer
from moderation.storage import redis_client, stalled, store_errors
from moderation.web.services import current_services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """Say that this process answers; looks at nothing else."""
    return Response("alive\n", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """200 when comments are taken, scored, decided and read, else 503 with the reasons.

    The door itself needs the database alone: without Redis a comment is accepted
    all the same and scored at the next sweep.
    """
    reasons = {
        part: reason
        for part, reason in (
            ("database", _without_database()),
            ("redis", _without_redis()),
            ("model", _without_model()),
            ("decisions", _without_decisions()),
        )
        if reason
    }
    # What is configured wrong keeps nobody from being served.
    warnings = sorted(current_services().proxies.warnings)
    body = {"ready": not reasons, "reasons": reasons, "warnings": warnings}
    return jsonify(body), 503 if reasons else 200


@blueprint.get("/metrics")
def numbers() -> ResponseReturnValue:
    """Every metric of every process of this host, in Prometheus' text format."""
    found = current_services()
    text = metrics.exposition(
        found.database,
        found.settings.data_dir,
        now=datetime.now(UTC),
        lease=timedelta(seconds=found.settings.lease_seconds),
        silence=found.settings.patience_seconds,
    )
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _without_database() -> str | None:
    try:
        current = migrations.is_current(current_services().database)
    except SQLAlchemyError as error:
        return store_errors.reason(error)
    if not current:
        return "lacks tables: run `moderation migrate`"
    return current_services().probe.reason()


def _without_redis() -> str | None:
    answers = redis_client.answers(current_services().settings.redis_url)
    return None if answers else "does not answer"


def _without_decisions() -> str | None:
    found = current_services()
    try:
        with found.database.read() as conn:
            seconds = stalled.undecided_seconds(conn, datetime.now(UTC))
    except SQLAlchemyError:
        # The database has a reason of its own.
        return None
    if seconds <= found.settings.patience_seconds:
        return None
    return f"none for {seconds:.0f} s although comments are pending"


def _without_model() -> str | None:
    # Loading is where a missing, altered or foreign model file shows.
    try:
        version = current_services().scorer.version
    except (OSError, scorer.failure()) as error:
        return f"cannot be loaded ({type(error).__name__})"
    return None if version else "has no version"
