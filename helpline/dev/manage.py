"""`./run manage`: Django's command line with the settings of `./run`, whether that is up or not."""

import os
import signal
import subprocess
import time

from helpline.dev import environment, home, postgres, processes, serve, stopping, venv
from helpline.dev.home import ROOT, Home
from helpline.dev.servers import Servers, private
from helpline.dev.words import Stopped, progress

LOOK_AGAIN = 0.2  # seconds
PATIENCE = 8  # seconds for a command to end


def manage(arguments: list[str]) -> int:
    """Run one command; its exit code is ours."""
    place = Home(home.chosen()).open()
    command = [str(venv.PYTHON), str(ROOT / "manage.py"), *arguments]
    waiting = False
    while not place.claim("manage"):
        if place.used_for() == "ready":
            os.execve(command[0], command, place.in_force() | venv.environment())  # noqa: S606
        if not waiting:
            progress("Waiting for another `./run` that is starting or at work in this folder …")
            waiting = True
        time.sleep(LOOK_AGAIN)
    return _alone(place, command)


def _alone(place: Home, command: list[str]) -> int:
    """Start the private servers for this one command."""
    stopping.listen()
    try:
        venv.ready(place, venv.PRODUCT)
        with private(place) as servers:
            settings = _settings(place, servers)
            return _run(place, command, venv.environment() | settings)
    except Stopped:
        return 128 + signal.SIGTERM


def _settings(place: Home, servers: Servers) -> dict[str, str]:
    """Start what is missing; a new database gets its tables."""
    number = environment.port()
    settings = environment.in_force(place, servers.made, number, servers.sockets)
    new = not postgres.folder(place).exists()
    serve.start_servers(servers, settings)
    if new and not environment.given("DATABASE_URL"):
        serve.prepare(place, settings)
    return settings


def _run(place: Home, command: list[str], env: dict[str, str]) -> int:
    with stopping.later():
        child = subprocess.Popen(command, env=env)
        processes.record(place, "manage", child.pid, command[0])
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal gives it to the command as well
    try:
        code = child.wait()
    except Stopped:
        child.terminate()
        try:
            code = child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            code = child.wait()
    return code if code >= 0 else 128 - code
