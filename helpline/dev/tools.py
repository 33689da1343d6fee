"""`./run test`, `./run check` and `./run bench`."""

import base64
import secrets
import subprocess

from helpline.dev import browser, environment, home, stopping, venv
from helpline.dev.environment import without_settings
from helpline.dev.home import ROOT, Home
from helpline.dev.servers import private
from helpline.dev.words import Refusal, Stopped, progress

PRODUCTION = ROOT / "docs" / "production.env"
TWO_AT_ONCE = ["-n", "2", "--dist", "loadfile"]  # what one file started stays in one process
TWO_AT_ONCE += ["--no-loadscope-reorder"]  # those with few tests are not the shortest
ONE_AT_A_TIME = ("-n", "--numprocesses", "--pdb", "--trace", "--collect-only", "--co", "-p")


def test(arguments: list[str]) -> int:
    """The whole suite on servers of its own; `--thorough` runs its long loops whole."""
    thorough = "--thorough" in arguments
    wanted = [argument for argument in arguments if argument != "--thorough"]
    alone = any(argument.startswith(ONE_AT_A_TIME) for argument in wanted)
    top = Home(home.chosen()).open()
    venv.ready(top, venv.PRODUCT, venv.CHECKS)
    extra = {"HELPLINE_CHROMIUM": browser.find(top), "HELPLINE_THOROUGH": "1" if thorough else ""}
    command = ["-m", "pytest", *([] if alone else TWO_AT_ONCE), *wanted]
    return _on_servers("test", command, extra, hasty=True)


def bench(arguments: list[str]) -> int:
    """The benchmarks, on servers as careful as in earnest."""
    venv.ready(Home(home.chosen()).open(), venv.PRODUCT, venv.CHECKS)
    return _on_servers("bench", ["-m", "tests.bench", *arguments], {}, hasty=False)


def _on_servers(name: str, command: list[str], extra: dict[str, str], *, hasty: bool) -> int:
    top = Home(home.chosen()).open()
    place = Home(top.path / name, above=top).open()
    if not place.claim(name):
        raise Refusal(
            f"Another `./run {name}` is at work in {place.path}: wait until it has ended."
        )
    stopping.listen()
    try:
        with private(place, hasty=hasty) as servers:
            servers.start(database=True, broker=True)
            settings = environment.throw_away(place, servers.made, servers.sockets)
            env = without_settings(venv.environment()) | settings | extra | compiled(top)
            return subprocess.run([str(venv.PYTHON), *command], cwd=ROOT, env=env).returncode
    except Stopped:
        return 130


def compiled(top: Home) -> dict[str, str]:
    """Where Python keeps what it has compiled: in the home, as `.` may belong to somebody else.

    Where Python may not write beside the sources, each of the many processes that the tests start
    would else compile the product anew.
    """
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(top.path / "bytecode")}


def check(arguments: list[str]) -> int:
    """Every check that needs no server, all of them even after one has failed."""
    if arguments:
        raise Refusal("`./run check` takes no arguments: start it alone.")
    top = Home(home.chosen()).open()
    venv.ready(top, venv.PRODUCT, venv.CHECKS)
    env = without_settings(venv.environment()) | production() | compiled(top)
    manage = [str(venv.PYTHON), "-W", "ignore::RuntimeWarning", "manage.py"]
    steps = {
        "ruff": [venv.tool("ruff"), "check"],
        "format": [venv.tool("ruff"), "format", "--check"],
        "imports": [venv.tool("lint-imports"), "--no-cache"],
        "types": [venv.tool("mypy")],
        "templates": [venv.tool("djlint"), "templates", "--lint", "--quiet"],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "production": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
    }
    failed = [name for name, command in steps.items() if not _passes(name, command, env)]
    progress(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def _passes(name: str, command: list[str], env: dict[str, str]) -> bool:
    progress(f"— {name}")
    return subprocess.run(command, cwd=ROOT, env=env).returncode == 0


def production() -> dict[str, str]:
    """The committed example of production, its empty secrets filled with fresh ones."""
    lines = [line.partition("=") for line in PRODUCTION.read_text().splitlines()]
    settings = {name: value for name, sign, value in lines if sign and not name.startswith("#")}
    made = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "INDEX_KEYS": "1=" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    fresh = base64.b64encode(secrets.token_bytes(32)).decode()
    return {name: value or made.get(name, fresh) for name, value in settings.items()}
