"""Second factors: codes that change every 30 seconds (RFC 6238), and a way back in.

The secret of the codes is derived from the service's key and a nonce of the moderator:
whoever steals the table cannot make codes.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pyotp
from pyotp.utils import strings_equal
from sqlalchemy import Connection, null, select, update

from moderation.schema.accounts import moderator
from moderation.signing import Keyring

ISSUER = "Moderation"
RECOVERY_CODES = 10
_STEP_SECONDS = 30
_SECRET_BYTES = 20
# A clock may be off by one step, as RFC 6238 section 5.2 suggests.
_DRIFT_STEPS = 1
_RECOVERY_BYTES = 10


@dataclass(frozen=True)
class TwoFactorState:
    """Whether somebody has a second factor, and how many ways back are left."""

    is_on: bool
    recovery_codes: int


def begin() -> str:
    """The nonce of a secret that is not anybody's yet."""
    return secrets.token_urlsafe(24)


def secret_of(keyring: Keyring, public_id: str, nonce: str) -> str:
    """The secret in base32, as people type it into their app."""
    digest = keyring.digest("second-factor", public_id, nonce)
    return b32encode(digest[:_SECRET_BYTES]).decode()


def address_of(secret: str, email: str) -> str:
    """The ``otpauth://`` address that apps read from a picture."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER))


def state_of(conn: Connection, moderator_id: int) -> TwoFactorState:
    """What the moderator has at the moment."""
    row = conn.execute(
        select(moderator.c.totp_nonce, moderator.c.recovery_hashes).where(
            moderator.c.id == moderator_id
        )
    ).one()
    return TwoFactorState(row.totp_nonce is not None, len(row.recovery_hashes or ()))


def turn_on(
    conn: Connection,
    keyring: Keyring,
    moderator_id: int,
    *,
    nonce: str,
    code: str,
    now: datetime,
) -> list[str] | None:
    """Demand codes from now on; the recovery codes, or None when `code` is wrong."""
    public_id = conn.execute(
        select(moderator.c.public_id).where(moderator.c.id == moderator_id)
    ).scalar_one()
    step = _step_of(secret_of(keyring, public_id, nonce), code, now)
    if step is None:
        return None
    conn.execute(
        update(moderator)
        .where(moderator.c.id == moderator_id)
        .values(totp_nonce=nonce, totp_step=step)
    )
    return renew_recovery_codes(conn, moderator_id)


def renew_recovery_codes(conn: Connection, moderator_id: int) -> list[str]:
    """Ten new codes, each good once; the old ones are good no more."""
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    conn.execute(
        update(moderator)
        .where(moderator.c.id == moderator_id)
        .values(recovery_hashes=[_hash(code) for code in codes])
    )
    return codes


def turn_off(conn: Connection, moderator_id: int) -> None:
    """Demand no codes any more."""
    conn.execute(
        update(moderator)
        .where(moderator.c.id == moderator_id)
        .values(totp_nonce=null(), totp_step=null(), recovery_hashes=null())
    )


def take(
    conn: Connection, keyring: Keyring, moderator_id: int, code: str, now: datetime
) -> bool:
    """Whether `code` proves that it is them; it proves nothing a second time.

    Called in a write transaction: of two that bring the same code one is refused.
    """
    row = conn.execute(
        select(moderator).where(moderator.c.id == moderator_id).with_for_update()
    ).one()
    if row.totp_nonce is None:
        return False
    secret = secret_of(keyring, row.public_id, row.totp_nonce)
    step = _step_of(secret, code, now)
    if step is not None and step > (row.totp_step or 0):
        changed: dict[str, object] = {"totp_step": step}
    elif _hash(code) in (row.recovery_hashes or ()):
        left = [each for each in row.recovery_hashes if each != _hash(code)]
        changed = {"recovery_hashes": left}
    else:
        return False
    conn.execute(
        update(moderator).where(moderator.c.id == moderator_id).values(changed)
    )
    return True


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to, if it is one around `now`."""
    typed = "".join(code.split())
    maker = pyotp.TOTP(secret, interval=_STEP_SECONDS)
    step = int(now.timestamp()) // _STEP_SECONDS
    around = range(step + _DRIFT_STEPS, step - _DRIFT_STEPS - 1, -1)
    good = [each for each in around if strings_equal(maker.generate_otp(each), typed)]
    return good[0] if good else None


def _recovery_code() -> str:
    letters = b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _hash(code: str) -> str:
    # 80 random bits: a plain hash is enough, nobody tries them all.
    typed = "".join(code.lower().replace("-", "").split())
    return sha256(typed.encode("utf-8", "replace")).hexdigest()
