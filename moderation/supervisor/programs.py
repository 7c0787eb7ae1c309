"""The programs that make up a running service, and how each is started."""

from __future__ import annotations

import sys
import urllib.request
from urllib.error import URLError

from moderation import metrics
from moderation.settings import PREFIX, Settings
from moderation.supervisor import valkey
from moderation.supervisor.child import Program

# Where the login of the demo's moderator waits to be told; there once the site is.
DEMO_LOGIN = "demo-login.json"


def environment(settings: Settings) -> dict[str, str]:
    """What every process of one service must agree on, whatever folder it is in."""
    data_dir = settings.data_dir.absolute()
    return {
        f"{PREFIX}DATA_DIR": str(data_dir),
        f"{PREFIX}REDIS_URL": settings.redis_url or valkey.url(data_dir),
        **metrics.environment(data_dir),
    }


def web(settings: Settings) -> Program:
    """The web server with its worker processes."""
    return Program(
        name="web",
        command=(sys.executable, "-m", "moderation.server"),
        environment={
            **environment(settings),
            f"{PREFIX}BIND": settings.bind,
            f"{PREFIX}WEB_WORKERS": str(settings.web_workers),
            f"{PREFIX}WEB_THREADS": str(settings.web_threads),
        },
        ready=lambda: _serves(f"http://{settings.bind}/healthz"),
    )


def worker(settings: Settings, lane: str, number: int = 1) -> Program:
    """One RQ worker for the job queue `lane`: score or slow."""
    return Program(
        name=f"worker-{lane}-{number}",
        command=(sys.executable, "-m", "workers.worker", lane),
        environment=environment(settings),
    )


def demo(settings: Settings) -> Program:
    """The news site of the demo, on an origin of its own."""
    return Program(
        name="demo",
        command=(sys.executable, "-m", "moderation.demo"),
        environment=environment(settings),
    )


def demo_site(settings: Settings) -> Program:
    """Makes the demo's site before the web server could be asked for it."""
    return Program(
        name="demo-site",
        command=(sys.executable, "-m", "moderation.demo.make_site"),
        environment=environment(settings),
        ready=(settings.data_dir / DEMO_LOGIN).exists,
        once=True,
    )


def seed(settings: Settings) -> Program:
    """Fills the demo site, the first time; says the moderator's password once."""
    return Program(
        name="seed",
        command=(sys.executable, "-m", "moderation.demo.seed"),
        environment=environment(settings),
        once=True,
    )


def waves(settings: Settings, *, with_demo: bool) -> list[list[Program]]:
    """Everything on one machine, in the order in which one needs the other."""
    store = [] if settings.redis_url else [valkey.program(settings.data_dir)]
    service = [
        web(settings),
        *(worker(settings, "score", n + 1) for n in range(settings.score_workers)),
        worker(settings, "slow"),
    ]
    if not with_demo:
        return [store, service]
    return [
        store,
        [demo_site(settings)],
        [*service, demo(settings)],
        [seed(settings)],
    ]


def _serves(url: str) -> bool:
    """Whether a web server answers there within a second, whatever it says."""
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310 – our own address
            return True
    except (URLError, TimeoutError, ConnectionError):
        return False
