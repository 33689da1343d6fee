"""Which of its jobs `run` was asked to do."""

import os
import resource

from helpline.dev import manage, serve, tools
from helpline.dev.words import Refusal, answer, progress

USAGE = """\
./run                              serve the helpline on http://127.0.0.1:8000 (PORT, HELPLINE_HOME)
./run test [--thorough] [ARG …]    the tests; other arguments go to pytest
./run check                        style, imports, types, templates, migrations, production settings
./run manage COMMAND [ARG …]       Django's command line with the settings of ./run
./run bench [--quick] [ROW …]      the benchmarks: purge, import, transcript, desk, list; or some"""

JOBS = {"test": tools.test, "check": tools.check, "manage": manage.manage, "bench": tools.bench}


def run(arguments: list[str]) -> int:
    """Do the job; a refusal is one sentence and exit 2."""
    # What is in memory is what people said: no core dump, and no file that others can read (J10).
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    try:
        if not arguments:
            return serve.serve()
        name, *rest = arguments
        if name in JOBS:
            return JOBS[name](rest)
        if name in ("help", "-h", "--help"):
            answer(USAGE)
            return 0
        raise Refusal(f"There is no `./run {name}`: `./run help` lists what there is.")
    except Refusal as refusal:
        progress(str(refusal))
        return 2
    except KeyboardInterrupt:
        return 130
