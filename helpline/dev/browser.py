"""Chromium for the browser tests: this machine's own, Debian's, or Playwright's."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from helpline.dev import venv
from helpline.dev.home import Home
from helpline.dev.words import Refusal, progress

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find(home: Home) -> str:
    """The path of a Chromium that runs; refuse when none can be had."""
    found = _on_path() or _from_debian(home) or _from_playwright(home)
    if not found:
        raise Refusal(
            "The browser tests need Chromium and none could be had: install it so that"
            f" `chromium` is on the PATH ({home.log('browser')} tells what was tried)."
        )
    return found


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name)) and _runs(path)), None)


def _runs(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _from_debian(home: Home) -> str | None:
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        return None
    progress("Installing Chromium with apt-get …")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        _logged(home, [apt, *words], quiet)
    return _on_path()


def _from_playwright(home: Home) -> str | None:
    progress("Fetching Playwright's Chromium …")
    said = _logged(home, [venv.tool("playwright"), "install", "chromium"], venv.environment())
    dry = _logged(
        home, [venv.tool("playwright"), "install", "--dry-run", "chromium"], venv.environment()
    )
    folders = re.findall(r"Install location:\s+(\S.*)", said + dry)
    programs = (path for folder in folders for path in Path(folder.strip()).glob("*/*"))
    names = {"chrome", "headless_shell", "chrome-headless-shell"}
    return next((str(p) for p in programs if p.name in names and _runs(str(p))), None)


def _logged(home: Home, command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with open(home.log("browser"), "a") as log:
        log.write(done.stdout)
    return done.stdout
