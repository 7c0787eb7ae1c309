"""Run the rules of a site on what waits there: the number first, then the deed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from moderation.actions import rerun_policy
from moderation.enums import Status
from moderation.sites.settings import Threshold
from moderation.web.desk import page
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.site import access

blueprint = page.guard(
    Blueprint("site_rules", __name__, url_prefix="/settings/<site_key>/rules")
)


@blueprint.get("")
def show(site_key: str) -> ResponseReturnValue:
    """What the rules would make of the comments that wait."""
    site, is_owner = access.of_member(site_key)
    with current_services().database.read() as conn:
        found = rerun_policy.judge(conn, site, _defaults(), page.now())
    return page.page(
        "site/rerun_policy.html",
        site=site,
        is_owner=is_owner,
        found=found,
        limit=rerun_policy.ROWS_MAX,
        outcomes=[
            (each, found.outcomes.get(each, 0))
            for each in (Status.APPROVED, Status.REJECTED, Status.HELD)
        ],
    )


@blueprint.post("")
def run(site_key: str) -> ResponseReturnValue:
    """Let the rules decide; one journal entry, one undo."""
    site, who = access.owned(site_key), page.member()
    with current_services().database.write() as conn:
        opened, number = rerun_policy.apply(
            conn, who.acting, site, _defaults(), page.now()
        )
    undo = url_for("undo.one", journal_id=opened.public_id) if opened else ""
    flash({"said": translate("site_rules.did_run", n=number), "undo": undo}, "done")  # type: ignore[arg-type]
    return redirect(url_for("site_rules.show", site_key=site_key), 303)


def _defaults() -> dict[str, Threshold]:
    measured = current_services().scorer.default_thresholds
    return {name: Threshold.model_validate(each) for name, each in measured.items()}
