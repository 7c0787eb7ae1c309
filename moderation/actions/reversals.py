"""Take back what an act did besides deciding: each kind of effect knows how.

An effect is a document in a journal entry with a ``kind`` and what its own module
wrote there. Reversing one gives the effect of having done so, so that an undo can be
undone like anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from moderation.accounts import invitations, memberships
from moderation.audit.journal import Effect
from moderation.authors import bans, flags, notes
from moderation.clusters import standing_decisions
from moderation.comments import thread_state
from moderation.sites import key_rotation, settings_changes
from moderation.webhooks import endpoints

Reversal = Callable[[Connection, Effect, datetime], Effect]

REVERSALS: Mapping[str, Reversal] = {
    flags.AUTHOR: flags.restore_author,
    settings_changes.SETTINGS: settings_changes.restore_settings,
    thread_state.THREAD: thread_state.restore_thread,
    bans.BAN: bans.restore,
    notes.NOTE: notes.restore,
    standing_decisions.SPREAD: standing_decisions.restore,
    memberships.MEMBERSHIP: memberships.restore,
    invitations.INVITATION: invitations.restore,
    key_rotation.KEYS: key_rotation.restore,
    endpoints.WEBHOOK: endpoints.restore,
}

# What only owners change, and only owners take back, even if it was their own act:
# they may have lost the role since.
OWNERS_ONLY = frozenset(
    {
        settings_changes.SETTINGS,
        memberships.MEMBERSHIP,
        invitations.INVITATION,
        key_rotation.KEYS,
        endpoints.WEBHOOK,
    }
)


def reverse(conn: Connection, effect: Effect, now: datetime) -> Effect:
    """Undo one effect; NotUndoable where it was changed again since."""
    return REVERSALS[str(effect["kind"])](conn, effect, now)
