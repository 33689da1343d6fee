"""Texts and e-mails that suppliers bring, while a worker’s console is open: how many are accepted.

Half are texts by our signed protocol, half raw e-mails by a provider’s webhook, each from somebody
who has not written before: sealed, stored, answered by the hours notice, and shown in the queue.
"""

import json
import time
import uuid
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from threading import local

import requests

from contacts.models import Contact
from tests.bench.chatting import bare
from tests.bench.pages import Browser
from tests.bench.table import RUNS, Row, median, ms, p99, several, thousands
from tests.bench.web import Browsers, web
from tests.speaking import a_person
from tests.texting import SECRET, a_mail, a_text, signed

A_MINUTE = 500  # messages
SECONDS = 20  # of one run at that pace
AT_ONCE = 4  # calls of suppliers, when as many come as can
BASIC = "us:a-long-secret"
SUPPLIERS = {
    "TEXTS_BY": "signed",
    "TEXTS_SECRET": SECRET,
    "MAIL_BY": "postmark",
    "ANYMAIL": json.dumps({"WEBHOOK_SECRET": BASIC}),
}
own = local()


def measure(tenth: bool, staff) -> list[Row]:
    """At the pace that must be held, and as fast as it goes."""
    seconds = SECONDS / 4 if tenth else SECONDS
    console = [("/live/chats/", Browser(staff).cookie)]
    waits, rates, limits = [], [], []
    before = Contact.objects.count()
    with web(**SUPPLIERS) as (port, _pid), Browsers(port, [], console):
        for _ in range(RUNS):
            limits.append(bare(a_person(staff).contact.pk, 1, 1))
            waits.append(paced(port, seconds))
            rates.append(flood(port, seconds / 4))
    sent = sum(len(run) for run in waits) + sum(count for count, _rate in rates)
    stored = Contact.objects.count() - before - RUNS
    if stored != sent:
        raise SystemExit(f"{sent} messages were accepted, and {stored} are stored.")
    most, found = [p99(run) for run in waits], [rate for _count, rate in rates]
    limit = f"one a commit {thousands(median(limits))}"
    return [
        Row(
            f"– {A_MINUTE} texts and e-mails a minute, console open: p99 until accepted",
            ms(median(most)),
            limit,
            "all accepted, ≤ 1 s",
            median(most) <= 1,
            several(most, ms),
        ),
        Row(
            f"– as many as come, {AT_ONCE} at once, console open",
            a_minute(median(found)),
            limit,
            f"≥ {A_MINUTE}/min",
            median(found) * 60 >= A_MINUTE,
            several(found, a_minute),
        ),
    ]


def a_minute(rate: float) -> str:
    return f"{rate * 60:.0f}/min"


def paced(port: int, seconds: float) -> list[float]:
    """So many a minute, each at its moment: how long each took until it was accepted."""
    begun, every = time.perf_counter(), 60 / A_MINUTE
    with ThreadPoolExecutor(AT_ONCE * 4) as pool:
        calls = []
        for number in range(int(seconds / every)):
            time.sleep(max(0.0, begun + number * every - time.perf_counter()))
            calls.append(pool.submit(brought, port, number))
        return [call.result() for call in calls]


def flood(port: int, seconds: float) -> tuple[int, float]:
    """One after another from several suppliers: how many were accepted, and how many a second."""
    begun = time.perf_counter()

    def one_after_another(_caller: int) -> int:
        count = 0
        while time.perf_counter() - begun < seconds:
            brought(port, count)
            count += 1
        return count

    with ThreadPoolExecutor(AT_ONCE) as pool:
        counts = list(pool.map(one_after_another, range(AT_ONCE)))
    return sum(counts), sum(counts) / (time.perf_counter() - begun)


def brought(port: int, number: int) -> float:
    """One message of somebody new, a text or an e-mail; the seconds until it was accepted."""
    who = uuid.uuid4().int
    begun = time.perf_counter()
    if number % 2:
        body = a_text("Is anybody there? I do not know where to go.", f"+4477{who % 10**8:08}")
        path, headers = "texts/signed/", signed(body)
    else:
        letter = a_mail("Can you help me?\n\nI left home.", From=f"A <p{who}@whence.example>")
        body = json.dumps({"RawEmail": letter.decode(), "FromFull": {}, "Headers": []}).encode()
        basic = b64encode(BASIC.encode()).decode()
        path = "email/postmark/"
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
    if not hasattr(own, "session"):
        own.session = requests.Session()
    answer = own.session.post(f"http://127.0.0.1:{port}/in/{path}", body, headers=headers)
    if answer.status_code != 204:
        raise SystemExit(f"A message was answered {answer.status_code}.")
    return time.perf_counter() - begun
