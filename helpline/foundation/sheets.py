"""Files for spreadsheets, in which nothing can start a formula (OWASP ASVS 1.2.10)."""

import csv
import io
from collections.abc import Iterable

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(cell: object) -> str:
    """A cell that a spreadsheet shows and does not run; it stays readable."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(STARTS_A_FORMULA) else text


def sheet(rows: Iterable[Iterable[object]]) -> bytes:
    """CSV as spreadsheets expect it: UTF-8 with its mark, every cell in quotes."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")
