"""Whoever asks about a nickname learns nothing, not even by how long the answer takes (D01)."""

import os
import random
import statistics
import time

import pytest
from django.test import Client

from privacy.models import RightsRequest

pytestmark = pytest.mark.django_db
SAMPLES = 1_000 if os.environ.get("HELPLINE_THOROUGH") else 60
THERE, NOT_THERE = "Otter", "Stoat"  # equally long
ASKED = {"kind": "access", "asker": "self", "words": "", "reach": ""}


def taken(nickname: str) -> float:
    """The seconds until somebody has the answer to the form."""
    said = ASKED | {"recalled": f"I am {nickname}, it was on 3 March 2026 in the evening."}
    client = Client()
    begun = time.perf_counter()
    answer = client.post("/your-data/", said)
    took = time.perf_counter() - begun
    assert answer.status_code == 200
    return took


def test_d01_the_answer_takes_as_long_whether_or_not_there_is_such_a_chat(make_contact):
    """D01: in turns by chance, so that whatever else this machine does meets both alike.

    A thousand of each, their medians at most 5 % apart, when thorough; else by the distance of
    what was measured, which chance exceeds once in about 8,000 runs.
    """
    make_contact("my dad shouts", nickname=THERE, ended=True)
    for nickname in (THERE, NOT_THERE) * 3:
        taken(nickname)  # what a process reads once, it has read
    times: dict[str, list[float]] = {THERE: [], NOT_THERE: []}
    order = [THERE, NOT_THERE] * SAMPLES
    random.Random(1).shuffle(order)
    for nickname in order:
        times[nickname].append(taken(nickname))

    one, other = times.values()
    assert furthest_apart(one, other) < 2.2 * (2 / SAMPLES) ** 0.5
    if os.environ.get("HELPLINE_THOROUGH"):
        assert abs(statistics.median(one) / statistics.median(other) - 1) <= 0.05
    assert RightsRequest.objects.count() == 2 * SAMPLES + 6


def furthest_apart(one: list[float], two: list[float]) -> float:
    """The Kolmogorov-Smirnov distance."""
    return max(
        abs(sum(x <= at for x in one) / len(one) - sum(x <= at for x in two) / len(two))
        for at in one + two
    )
