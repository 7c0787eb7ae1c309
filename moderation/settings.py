"""Every knob of the service, read from ``MODERATION_…`` variables in one place."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from moderation import ip_addresses
from moderation.errors import BadSetting
from moderation.notifications import smtp
from moderation.storage import data_folder

PREFIX = "MODERATION_"
SECRET_FILE = "secret-key"  # noqa: S105 – the name of a file, not a secret


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("must be HOST:PORT, for example 127.0.0.1:8000")
    return value


def _check_escapes(url: str) -> None:
    """Refuse an address that a special character of a password has torn apart."""
    rest = url.partition("://")[2]
    before, at, _ = rest.partition("?")[0].rpartition("@")
    is_torn = "#" in rest or (
        not at and "@" in rest.partition("?")[2].partition("&")[0]
    )
    if is_torn or re.search(r"[@/]|%(?![0-9A-Fa-f]{2})", before):
        raise ValueError(
            "special characters of a user or password must be escaped: "
            "%40 for @, %23 for #, %25 for %, %2F for /, %3F for ?, %3A for :"
        )


def _database(value: str) -> str:
    if value and not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("must start with sqlite:/// or postgresql://")
    if not value.startswith("sqlite:"):
        _check_escapes(value)
    return value


def _redis(value: str) -> str:
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must start with redis://, rediss:// or unix://")
    if not value.startswith("unix:"):
        _check_escapes(value)
    return value


def _public_url(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be http:// or https:// and a host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            "must have no path: give the service a host of its own, "
            "such as https://comments.example.org"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _issuer(value: str) -> str:
    if value and not value.startswith(("https://", "http://localhost:", "http://127.")):
        raise ValueError("must start with https://")
    return value


def _mail_server(value: str) -> str:
    if value:
        smtp.MailServer.at(value)
    return value


def _networks(value: str) -> str:
    ip_addresses.networks(value)
    return value


def _limits(value: str) -> str:
    if value != "off":
        try:
            parse_many(value)
        except ValueError:
            message = "must be like 5 per minute; 60 per hour, or the word off"
            raise ValueError(message) from None
    return value


Limits = Annotated[str, AfterValidator(_limits)]
Address = Annotated[str, AfterValidator(_host_and_port)]


class Settings(BaseSettings):
    """All settings, frozen; ``Settings.read()`` is the only reader of the environment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True
    )

    data_dir: Path = Field(
        default=Path(".data"),
        description="Folder for everything that must survive a restart.",
    )
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        default="",
        description="SQLAlchemy address; empty means SQLite in the data folder.",
    )
    database_pooling: str = Field(
        default="session",
        pattern="^(session|transaction)$",
        description="`transaction` for PgBouncer in that mode: no prepared statements, no session settings.",
    )
    redis_url: Annotated[str, AfterValidator(_redis)] = Field(
        default="",
        description="Redis or Valkey; empty means that `moderation up` starts one.",
    )
    bind: Address = Field(
        default="127.0.0.1:8000", description="Where the web server listens."
    )
    demo_bind: Address = Field(
        default="127.0.0.1:8001",
        description="Where `moderation up --demo` serves the demo article.",
    )
    public_url: Annotated[str, AfterValidator(_public_url)] = Field(
        default="",
        description="Address that visitors reach; empty means http:// and `BIND`.",
    )
    secret_key: str = Field(
        default="",
        description="Signs cookies, links and keys; made and kept in the data folder.",
    )
    web_workers: int = Field(
        default=2, ge=1, le=64, description="Worker processes of the web server."
    )
    web_threads: int = Field(
        default=16, ge=1, le=256, description="Threads in each of them."
    )
    score_workers: int = Field(
        default=1, ge=1, le=64, description="Worker processes for the queue `score`."
    )
    batch_size: int = Field(
        default=512, ge=1, le=4096, description="Comments scored in one transaction."
    )
    lease_seconds: int = Field(
        default=15,
        ge=2,
        le=600,
        description="How long a worker may keep a batch before another takes it.",
    )
    sweep_seconds: float = Field(
        default=3.0,
        ge=0.1,
        le=300,
        description="How often workers look for comments that nobody rang for.",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many reverse proxies stand in front and set X-Forwarded-For.",
    )
    rate_limit_address: Limits = Field(
        default="5 per minute; 60 per hour",
        description="Comments accepted from one network address; `off` lifts it.",
    )
    rate_limit_site: Limits = Field(
        default="1200 per minute",
        description="Comments accepted for one site; `off` lifts it.",
    )
    rate_limit_login: Limits = Field(
        default="10 per minute; 100 per day",
        description="Sign-in attempts from one network address; `off` lifts it.",
    )
    rate_limit_account: Limits = Field(
        default="5 per minute; 30 per hour",
        description="Attempts to get into one account from strange browsers; `off` lifts it.",
    )
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] = Field(
        default="",
        description="OpenID provider that moderators may sign in with; empty means none.",
    )
    oidc_client_id: str = Field(
        default="", description="What the provider calls this service."
    )
    oidc_client_secret: str = Field(
        default="", description="The secret that goes with it."
    )
    oidc_name: str = Field(
        default="OpenID", description="What the button calls the provider."
    )
    rate_limit_reader: Limits = Field(
        default="10 per minute; 60 per day",
        description="Reports and appeals accepted from one network address; `off` lifts it.",
    )
    grace_seconds: float = Field(
        default=10.0,
        ge=0,
        le=3600,
        description="How long notices and webhooks wait: an act that is undone before was never told.",
    )
    smtp_url: Annotated[str, AfterValidator(_mail_server)] = Field(
        default="",
        description="Mail server, smtp://, smtps:// or starttls://; empty means no notices.",
    )
    mail_from: Annotated[str, AfterValidator(smtp.sender)] = Field(
        default="",
        description="Who mails come from; empty means comments@ and the host of `PUBLIC_URL`.",
    )
    mail_ehlo_name: Annotated[str, AfterValidator(smtp.ehlo_name)] = Field(
        default="",
        description="What the service calls itself to the mail server; empty means the host of `PUBLIC_URL`.",
    )
    webhook_networks: Annotated[str, AfterValidator(_networks)] = Field(
        default="",
        description="Private networks that webhooks may reach, also without TLS: 10.0.0.0/8, fd00::/8.",
    )
    form_min_seconds: float = Field(
        default=2.0,
        ge=0,
        le=60,
        description="A form sent back faster than this was not typed by a person.",
    )
    form_max_hours: float = Field(
        default=24.0, gt=0, le=720, description="How long a form may stay open."
    )
    session_hours: int = Field(
        default=336, ge=1, le=8760, description="How long a sign-in lasts."
    )
    ip_retention_days: int = Field(
        default=30,
        ge=0,
        le=3650,
        description="After this many days hashed addresses and networks are forgotten.",
    )
    models_dir: Path | None = Field(
        default=None,
        description="Registry of model versions; empty means the data folder's.",
    )
    log_level: str = Field(
        default="info",
        pattern="^(debug|info|warning|error)$",
        description="debug, info, warning or error.",
    )

    @classmethod
    def read(cls) -> Settings:
        """Read the environment; raise BadSetting with name, reason and remedy."""
        try:
            return cls()
        except ValidationError as error:
            raise BadSetting.from_validation(PREFIX, error) from None

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address with the driver that the service ships."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'moderation.sqlite3'}"
        scheme, _, rest = self.database_url.partition("://")
        if scheme == "sqlite":
            return f"sqlite://{rest}"
        url = f"postgresql+psycopg://{rest}"
        if self.database_pooling == "session":
            return url
        return f"{url}{'&' if '?' in rest else '?'}pooling={self.database_pooling}"

    @property
    def base_url(self) -> str:
        """The address in links that leave the service, without a trailing slash."""
        return (self.public_url or f"http://{self.bind}").rstrip("/")

    @property
    def patience_seconds(self) -> float:
        """How long nothing may be decided before everybody who watches is told.

        A worker that dies holds its comments for a lease; a sweep finds them after it.
        """
        return max(60.0, 4 * (self.lease_seconds + self.sweep_seconds))

    @property
    def mail_server(self) -> smtp.MailServer:
        """The mail server with the name that we give it; only where one is set."""
        host = urlsplit(self.base_url).hostname or ""
        name = self.mail_ehlo_name or smtp.ehlo_name_of(host)
        return smtp.MailServer.at(self.smtp_url, name)

    @property
    def mail_sender(self) -> str:
        """The address in From."""
        host = urlsplit(self.base_url).hostname
        return self.mail_from or f"comments@{host}"

    @property
    def registry_dir(self) -> Path:
        """Where promoted model versions live; may not exist yet."""
        return self.models_dir or self.data_dir / "models"

    def with_secret_key(self) -> Settings:
        """Return settings that surely have a secret key, kept in the data folder.

        Several processes may start at once: the file is created exclusively, and
        whoever comes second reads what the first one wrote.
        """
        if self.secret_key:
            return self
        data_folder.prepare(self.data_dir)
        path = self.data_dir / SECRET_FILE
        if not path.exists():
            draft = path.with_suffix(f".{secrets.token_hex(8)}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return self.model_copy(update={"secret_key": path.read_text().strip()})
