"""A cluster's page: all comments that say the same, decided with one press."""

from __future__ import annotations

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from moderation.actions import clusters as cluster_actions
from moderation.clusters import clusters
from moderation.clusters.clusters import Cluster
from moderation.errors import NotFound
from moderation.review import queue
from moderation.web.cards.views import REASON_LETTERS
from moderation.web.desk import page
from moderation.web.desk.bulk import answer, order_of
from moderation.web.language import translate
from moderation.web.services import current_services

blueprint = page.guard(Blueprint("clusters", __name__, url_prefix="/review/clusters"))


@blueprint.get("/<cluster_id>")
def show(cluster_id: str) -> ResponseReturnValue:
    """All members on the moderator's sites, newest first, a page at a time."""
    found, after = _find(cluster_id), request.args.get("after", "")
    who = page.member()
    with current_services().database.read() as conn:
        ids = clusters.members(
            conn, found.row_id, who.site_ids, before=after, limit=queue.PAGE + 1
        )
    views = page.views(ids[: queue.PAGE], page.now())
    last = views[-1].card.id if len(ids) > queue.PAGE else ""
    return page.page(
        "desk/cluster.html",
        cluster=found,
        views=views,
        after=after,
        may_decide=bool(who.deciding),
        reasons=tuple(REASON_LETTERS),
        next_url=url_for("clusters.show", cluster_id=cluster_id, after=last)
        if last
        else "",
    )


@blueprint.post("/<cluster_id>")
def decide(cluster_id: str) -> ResponseReturnValue:
    """Decide all members that wait; with ``spread``, those of the next hour too."""
    found, who = _find(cluster_id), page.member()
    if not who.deciding:
        abort(403, translate("review.read_only"))
    order = order_of(request.form)
    outcome = cluster_actions.decide(
        current_services().database,
        who.acting,
        found,
        order,
        page.now(),
        spread="spread" in request.form,
    )
    return answer(outcome, order)


def _find(cluster_id: str) -> Cluster:
    try:
        with current_services().database.read() as conn:
            return clusters.find(conn, cluster_id, page.member().site_ids)
    except NotFound:
        abort(404)
