"""`./run`: everything that serves the helpline on this machine, kept up until it is stopped."""

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path

from helpline.dev import environment, home, processes, stopping, venv
from helpline.dev.account import Account
from helpline.dev.home import ROOT, Home
from helpline.dev.processes import Service
from helpline.dev.servers import Servers, private
from helpline.dev.words import Refusal, Stopped, answer, progress

PATIENCE = 6  # seconds for web, worker and beat to end; all together it stays below 10
SERVERS_PATIENCE = 2.5  # seconds
START_LIMIT = 60  # seconds for the first page


def serve() -> int:
    """Start all, say so, and keep all running; 0 when a signal ended it."""
    stopping.listen()
    try:
        place = Home(home.chosen()).open()
        if not place.claim("serve"):
            raise Refusal(
                f"Another `./run` uses {place.path}:"
                " stop it first, or choose another HELPLINE_HOME."
            )
        return _serve(place)
    except Stopped:
        progress("Stopped.")
        return 0


def _serve(place: Home) -> int:
    number = environment.port()
    processes.end_leftovers(place)
    environment.need_free(number)
    venv.ready(place, venv.PRODUCT)
    with private(place, patience=SERVERS_PATIENCE) as servers:
        settings = environment.in_force(place, servers.made, number, servers.sockets)
        start_servers(servers, settings)
        prepare(place, settings, "pages")
        place.write_env(servers.made, settings)
        services = _services(place, servers.account, settings)
        try:
            web, *others = services
            web.start(place)
            _wait_for_page(web, number, place)
            for service in others:
                service.start(place)
            place.describe("ready")
            answer(greeting(place, servers, settings))
            _watch([*servers.services, *services], place)
        finally:
            processes.end(services, place, PATIENCE)
    return 0


def start_servers(servers: Servers, settings: dict[str, str]) -> None:
    """Start what the environment does not name; refuse wrong settings and servers beforehand."""
    given = [name for name in ("DATABASE_URL", "REDIS_URL") if environment.given(name)]
    log = servers.home.log("probe")
    _inside(["-m", "helpline.dev.probe", *given], settings, log, "The settings cannot be read")
    servers.start(database="DATABASE_URL" not in given, broker="REDIS_URL" not in given)


def prepare(place: Home, settings: dict[str, str], *pages: str) -> None:
    """Make the tables; with "pages", all that pages need.

    Refuses with the sentence that the product gives.
    """
    progress("Preparing the tables and the pages …" if pages else "Preparing the tables …")
    log, trouble = place.log("prepare"), "The product could not be prepared"
    _inside(["-m", "helpline.dev.prepare", *pages], settings, log, trouble)


def _inside(arguments: list[str], settings: dict[str, str], log: Path, trouble: str) -> None:
    """Run a part of ours inside `.venv`; exit 2 there is a refusal, in its own words, here."""
    done = subprocess.run(
        [str(venv.PYTHON), *arguments],
        cwd=ROOT,
        env=venv.environment() | settings,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,  # what it tells the person who waits; our own stdout begins with `Ready`
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said = done.stderr.strip()
    last = (said.splitlines() or [""])[-1]
    if done.returncode == 2 and last:
        raise Refusal(last)
    if done.returncode:
        log.write_text(f"{said}\n")
        raise Refusal(f"{trouble} ({last}): {log} tells why.")
    if said:
        progress(said)


def _services(place: Home, account: Account, settings: dict[str, str]) -> list[Service]:
    """Web, worker and beat, run by whoever started `run`: they read its keys."""
    manage = [str(venv.PYTHON), str(ROOT / "manage.py")]
    celery = [str(venv.PYTHON), "-m", "celery", "-A", "helpline.celery"]
    schedule = str(place.path / "beat" / "schedule")
    quiet = ["--loglevel", "WARNING"]
    commands = {
        "web": [*manage, "serve", "--port", settings["PORT"]],
        "worker": [*celery, "worker", *quiet, "--concurrency", "2", "--without-gossip"],
        "beat": [*celery, "beat", *quiet, "--schedule", schedule],
    }
    env = venv.environment() | settings | {"HELPLINE_HOME": str(place.path)}
    own = Account(None, os.geteuid(), os.getegid())
    return [Service(name, command, env, own, ROOT) for name, command in commands.items()]


def _wait_for_page(web: Service, number: int, place: Home) -> None:
    until = time.monotonic() + START_LIMIT
    while not _answers(number):
        if not web.alive() or time.monotonic() > until:
            raise Refusal(f"The web server did not start: {place.log('web')} tells why.")
        time.sleep(0.05)


def _answers(number: int) -> bool:
    """Whether the first page comes."""
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def greeting(place: Home, servers: Servers, settings: dict[str, str]) -> str:
    """`Ready:` first, for scripts; then what a person needs to know."""
    url = f"http://127.0.0.1:{settings['PORT']}"
    lines = [f"Ready: {url}"]
    if settings["DEMO"] == "yes":
        lines.append(f"Sign in: open {url}/staff/ and choose a role; no password is asked.")
    else:
        lines.append(f"Sign in: {url}/staff/ – the first account is made by")
        lines.append("    ./run manage invite EMAIL --role administrator")
    if place.link.is_symlink() and servers.services:
        lines.append(
            f"Database: {servers.place}, since the account {servers.account.name}"
            f" cannot reach {place.path}."
        )
    lines.append(f"Settings: {place.path / 'env'}   Mail: {place.path / 'mail'}   Stop: Ctrl-C")
    return "\n".join(lines)


def _watch(services: list[Service], place: Home) -> None:
    """Start again whatever ends, until a signal ends the watch."""
    while True:
        for service in services:
            if not service.alive():
                service.revive(place)
        time.sleep(0.2)
