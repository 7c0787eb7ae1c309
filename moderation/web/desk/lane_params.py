"""Which lane a moderator asked for: it stands in the address, to be shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from moderation.accounts.members import Member
from moderation.enums import Kind, Order
from moderation.review.lanes import Lane
from moderation.sites.site import Site


@dataclass(frozen=True)
class LaneParams:
    """A lane on one site of the moderator, or on all of them."""

    lane: Lane
    site: Site | None

    def url(self, endpoint: str = "review.waiting", **changes: Any) -> str:
        """The address of this lane, or of another one that differs as said.

        Only what is not usual stands in it. What follows the lane has other endpoints.
        """
        values = {
            "lane": self.lane.kind,
            "order": self.lane.order,
            "site": self.site.key if self.site else "",
            **changes,
        }
        usual: dict[str, object] = {
            "lane": Kind.HELD,
            "order": Order.OLDEST,
            "site": "",
            "after": "",
        }
        unusual = {k: v for k, v in values.items() if v != usual.get(k)}
        return url_for(endpoint, **unusual)


def lane_params(member: Member) -> LaneParams:
    """Read the address; what it does not name, or wrongly, is as usual."""
    kind, order = request.args.get("lane", ""), request.args.get("order", "")
    key = request.args.get("site", "")
    site = next((each for each, _ in member.sites if each.key == key), None)
    lane = Lane(
        site_ids=[site.id] if site else member.site_ids,
        kind=Kind(kind) if kind in set(Kind) else Kind.HELD,
        order=Order(order) if order in set(Order) else Order.OLDEST,
    )
    return LaneParams(lane, site)
