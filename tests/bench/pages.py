"""Requests through the whole of Django, as a worker's browser makes them, without a network."""

import gc
import io
import time
from collections.abc import Callable

from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory
from django.utils import timezone

from helpline.foundation.staff.models import RoleGrant, Staff, Team
from helpline.foundation.staff.roles import Role, Service
from helpline.foundation.staff.sessions import SECOND_FACTOR
from helpline.foundation.staff.sign_in import enrol_app


def supervisor() -> Staff:
    """A supervisor of one team, in both services, with a second factor."""
    staff = somebody("chief", Role.SUPERVISOR)
    staff.teams.add(Team.objects.create(name="Evening team"))
    return staff


def dpo() -> Staff:
    """A data protection officer, with a second factor."""
    return somebody("officer", Role.DPO)


def somebody(alias: str, role: Role) -> Staff:
    """Somebody in both services with one role."""
    staff = Staff(email=f"{alias}@helpline.example", name=alias.title(), alias=alias)
    staff.is_active, staff.joined_at = True, timezone.now()
    staff.services = sorted(Service.values)
    staff.set_password("a long enough password")
    staff.save()
    director, _ = Staff.objects.get_or_create(email="director@helpline.example", alias="director")
    RoleGrant.objects.create(
        staff=staff, role=role, status=RoleGrant.Status.IN_FORCE, approved_by=director
    )
    enrol_app(staff)
    return staff


class Browser:
    """Signed in with both factors; `get` answers with the body of a page that must be there."""

    def __init__(self, staff: Staff):
        client = Client()
        client.force_login(staff)
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
        self.client = client
        self.cookie = "; ".join(f"{name}={part.value}" for name, part in client.cookies.items())
        self.handler = WSGIHandler()

    def get(self, url: str) -> bytes:
        environ = RequestFactory().get(url).environ | {"wsgi.input": io.BytesIO()}
        environ["HTTP_COOKIE"] = self.cookie
        status = []
        answer = self.handler(environ, lambda line, _headers: status.append(line))
        body = b"".join(answer)
        answer.close()
        if not status[0].startswith("200"):
            raise SystemExit(f"{url} answered {status[0]}.")
        return body

    def post(self, url: str, said: dict) -> bytes:
        """Press a button as htmx does; the answer's body."""
        answer = self.client.post(url, said, headers={"HX-Request": "true"})
        if answer.status_code != 200:
            raise SystemExit(f"{url} answered {answer.status_code}.")
        return answer.content


def quickest(work: Callable[[], object], rounds: int) -> float:
    """The median seconds of so many rounds, after some to warm up."""
    for _ in range(max(3, rounds // 10)):
        work()
    gc.collect()
    gc.freeze()  # as the server does after it has started
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[len(taken) // 2]
