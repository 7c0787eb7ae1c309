"""``up``, ``web``, ``worker`` and ``migrate``: what keeps the service running."""

from __future__ import annotations

import os
from dataclasses import replace

import click
from redis import Redis

from moderation import logs, metrics, migrations
from moderation.commands import store
from moderation.errors import BadSetting
from moderation.settings import Settings
from moderation.storage import redis_client
from moderation.storage.data_folder import held
from moderation.supervisor import programs, valkey
from moderation.supervisor.child import Program
from moderation.supervisor.ports import check_free
from moderation.supervisor.supervisor import Supervisor


@click.command()
@click.option("--demo", is_flag=True, help="Also serve a demo article with comments.")
def up(demo: bool) -> None:
    """Run everything on this machine until Ctrl-C or SIGTERM."""
    settings = Settings.read()
    logs.configure(settings.log_level)
    with held(settings.data_dir) as lock:
        check_free("BIND", settings.bind)
        if demo:
            check_free("DEMO_BIND", settings.demo_bind)
        with store.reachable(settings) as database:
            migrations.upgrade(database)
        if settings.redis_url:
            _refuse_cluster(settings.redis_url)
        metrics.forget(settings.data_dir)
        waves = programs.waves(settings, with_demo=demo)
        Supervisor(
            # Whoever has the lock open holds the data folder.
            [[_holding(lock, program) for program in wave] for wave in waves],
            when_ready=lambda: _say_where(settings, demo),
            when_ended=lambda pid: metrics.forget_process(settings.data_dir, pid),
        ).run()


@click.command()
def web() -> None:
    """Run only the web server, in this process."""
    settings = Settings.read().with_secret_key()
    with store.current(settings):
        pass
    check_free("BIND", settings.bind)
    _become(programs.web(settings))


@click.command()
@click.argument("queue", type=click.Choice(["score", "slow"]), default="score")
def worker(queue: str) -> None:
    """Run one worker for the job queue QUEUE, in this process."""
    settings = Settings.read().with_secret_key()
    with store.current(settings):
        pass
    program = programs.worker(settings, queue)
    address = settings.redis_url or valkey.url(settings.data_dir)
    if not redis_client.answers(address):
        raise BadSetting(
            f"no Redis or Valkey answers at {_without_password(address)}: "
            "start it, or set MODERATION_REDIS_URL"
        )
    _refuse_cluster(address)
    _become(program)


@click.command()
def migrate() -> None:
    """Bring the database to the tables that this version needs."""
    settings = Settings.read()
    with store.reachable(settings) as database:
        migrations.upgrade(database)
    click.echo("The database is current.")


def _holding(lock: int, program: Program) -> Program:
    return replace(program, descriptors=(*program.descriptors, lock))


def _become(program: Program) -> None:
    os.execve(  # noqa: S606 – our own command, no shell
        program.command[0],
        program.command,
        {**os.environ, **program.environment},
    )


def _say_where(settings: Settings, demo: bool) -> None:
    lines = [f"Moderation desk: {settings.base_url}/review"]
    if demo:
        lines.insert(0, f"Demo article:    http://{settings.demo_bind}/")
    click.echo("\n".join(("", *lines, "Stop with Ctrl-C.", "")))


def _refuse_cluster(address: str) -> None:
    """Say so at the start: jobs would fail one after the other with CROSSSLOT."""
    try:
        is_cluster = redis_client.is_cluster(address)
    except redis_client.NO_REDIS:
        # Away, or not to be asked by this user: comments are taken all the same.
        return
    if is_cluster:
        raise BadSetting(
            f"MODERATION_REDIS_URL: {_without_password(address)} is part of a Redis "
            "Cluster, which the job queues cannot use: take a single server"
        )


def _without_password(address: str) -> str:
    arguments = Redis.from_url(address).connection_pool.connection_kwargs
    if "path" in arguments:
        return str(arguments["path"])
    return f"{arguments.get('host')}:{arguments.get('port')}"
