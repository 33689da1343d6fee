"""`python -m tests.bench [--quick] [ROW …]`: the table of goals, on a database of its own.

Row 10, the time of the whole suite, is what `./run test` says at its end.
"""

import argparse
import sys

from tests.bench.stage import stage
from tests.bench.table import drawn

ROWS = ("purge", "import", "transcript", "desk", "list", "matching", "chat", "streams")
ROWS += ("written", "worries", "asking")


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}; all if none")
    parser.add_argument("--quick", action="store_true", help="a tenth of the volume")
    chosen = parser.parse_args()
    if unknown := set(chosen.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    with stage():
        found = measured(chosen.rows or ROWS, tenth=chosen.quick)
    sys.stdout.write(drawn(found) + "\n")
    if chosen.quick:
        sys.stdout.write("A tenth of the volume: the ratios are a hint, not the figures.\n")
    return 0 if all(row.met for row in found) else 1


def measured(wanted, *, tenth: bool) -> list:
    """The rows in an order in which none disturbs the next: the purge empties its tables first."""
    from tests.bench import (
        asking,
        chatting,
        desk,
        listing,
        matching,
        pages,
        purging,
        reading,
        streaming,
        taking_in,
        worrying,
        writing,
    )

    found = []
    staff = pages.supervisor()
    steps = {
        "purge": lambda: purging.measure(tenth),
        "chat": lambda: chatting.measure(tenth, staff),
        "streams": lambda: streaming.measure(tenth, staff),
        "written": lambda: writing.measure(tenth, staff),
        "import": lambda: taking_in.measure(tenth),
        "transcript": lambda: reading.measure(pages.Browser(staff)),
        "desk": lambda: desk.measure(staff, pages.Browser(staff)),
        "matching": lambda: matching.measure(tenth, staff),
        "worries": lambda: worrying.measure(tenth, staff, pages.Browser(staff)),
        "asking": lambda: asking.measure(tenth, dpo := pages.dpo(), pages.Browser(dpo)),
        "list": lambda: listing.measure(tenth, staff, pages.Browser(staff)),
    }
    for name, step in steps.items():
        if name in wanted:
            sys.stderr.write(f"— {name}\n")
            found += step()
    return found


if __name__ == "__main__":
    sys.exit(main())
