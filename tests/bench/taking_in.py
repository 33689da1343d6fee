"""Import: real chats, re-dated, through the command and nothing less."""

import io
import json
import random
import tempfile
import time
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from tests import chats
from tests.bench.table import RUNS, Row, median, several, thousands

CHATS = 2_000
GOAL = 2_000  # lines a second


def measure(tenth: bool) -> list[Row]:
    """Lines a second of the whole command, from the file to the last commit."""
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        for run in range(RUNS):
            path = Path(folder) / f"{run}.jsonl"
            lines = written(path, CHATS // 10 if tenth else CHATS, f"run {run} ")
            begun = time.perf_counter()
            call_command(
                "import_transcripts", str(path), stdout=io.StringIO(), stderr=io.StringIO()
            )
            rates.append(lines / (time.perf_counter() - begun))
    return [
        Row(
            "– import of real chats, lines",
            thousands(median(rates)),
            "–",
            f"≥ {thousands(GOAL)}",
            median(rates) >= GOAL,
            several(rates, thousands),
        )
    ]


def written(path: Path, count: int, prefix: str) -> int:
    """A file of chats whose ids begin with `prefix`; how many lines were said in them."""
    records = list(chats.re_dated(random.Random(1), timezone.now(), count))
    with path.open("w") as file:
        for record in records:
            record["external_id"] = prefix + record["external_id"]
            file.write(json.dumps(record) + "\n")
    return sum(len(record["lines"]) for record in records)
