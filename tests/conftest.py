"""The cast and its stage: everybody who appears in these tests, and a key ring of their own."""

import random
import shutil
import tempfile
import uuid

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from contacts.models import BotScript, Channel, Contact, Opening, Speaker
from helpline.foundation.audit import lives
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import RoleGrant, Staff, Team
from helpline.foundation.staff.roles import Role, Service
from helpline.foundation.staff.sessions import SECOND_FACTOR
from helpline.foundation.staff.sign_in import enrol_app
from helpline.foundation.vault import ring
from tests import database, emptying
from tests.providers import supplied
from tests.texting import SECRET

pytest_plugins = ["tests.running"]
SERVICES = sorted(Service.values)
LONG = {"test_interface.py", "test_states.py", "test_console_states.py", "test_everybody.py"}
LONG |= {"test_access.py", "test_run.py", "test_keys_die.py"}


def pytest_configure():
    """Cheap passwords and plain static names: neither is what these tests are about."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.STORAGES = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    django_settings.STATIC_ROOT = tempfile.mkdtemp(prefix="helpline-static-")
    database.copied()
    emptying.by_deleting()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Files that take half a minute begin before the others: nobody waits for one at the end."""
    items.sort(key=lambda item: item.path.name not in LONG)  # chance orders the rest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test begins without hours and scripts, also where no earlier one has emptied them."""
    with django_db_blocker.unblock():
        Opening.objects.all().delete()
        BotScript.objects.all().delete()


@pytest.fixture(scope="session")
def rings():
    """Rings as they begin, by day: to have one on the disk for certain takes longer than a test."""
    return {}


@pytest.fixture(autouse=True)
def keys(tmp_path_factory, settings, rings):
    """A folder of keys of its own for every test."""
    today = london_today()
    if today not in rings:
        settings.KEYS_DIR = tmp_path_factory.mktemp("ring")
        ring.begin(today)
        rings[today] = settings.KEYS_DIR
    own = tmp_path_factory.getbasetemp() / "keys" / uuid.uuid4().hex
    settings.KEYS_DIR = shutil.copytree(rings[today], own)
    settings.ANCHOR_FILE = settings.KEYS_DIR / "anchor.jsonl"
    lives.current.cache_clear()
    return settings.KEYS_DIR


@pytest.fixture(autouse=True)
def counters(settings):
    """Counters in Redis of its own for every test, beside everyone else's."""
    own = settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": own}


@pytest.fixture
def make_staff(db):
    """Hire somebody with roles in force and an enrolled second factor."""

    def make(name: str, *roles: Role, services=SERVICES, teams=(), person=None) -> Staff:
        staff = Staff(email=f"{name}@helpline.example", name=name.title(), alias=f"{name} alias")
        staff.is_active, staff.joined_at, staff.services = True, timezone.now(), list(services)
        if person:
            staff.person = person.person
        staff.set_password("a long enough password")
        staff.save()
        staff.teams.set(teams)
        director, _ = Staff.objects.get_or_create(email="director@helpline.example")
        for role in roles:
            RoleGrant.objects.create(
                staff=staff, role=role, status=RoleGrant.Status.IN_FORCE, approved_by=director
            )
        enrol_app(staff)
        return staff

    return make


@pytest.fixture
def team(db) -> Team:
    return Team.objects.create(name="Evening team")


@pytest.fixture
def worker(make_staff, team) -> Staff:
    return make_staff("worker", Role.WORKER, teams=[team])


@pytest.fixture
def colleague(make_staff, team) -> Staff:
    return make_staff("colleague", Role.WORKER, teams=[team])


@pytest.fixture
def supervisor(make_staff, team) -> Staff:
    return make_staff("supervisor", Role.SUPERVISOR, teams=[team])


@pytest.fixture
def other_supervisor(make_staff, team) -> Staff:
    return make_staff("other", Role.SUPERVISOR, teams=[team])


@pytest.fixture
def lead(make_staff) -> Staff:
    return make_staff("lead", Role.LEAD)


@pytest.fixture
def dpo(make_staff) -> Staff:
    return make_staff("dpo", Role.DPO)


@pytest.fixture
def second(make_staff) -> Staff:
    """Another DPO: whoever prepares an answer does not approve it."""
    return make_staff("second", Role.DPO)


@pytest.fixture
def admin(make_staff) -> Staff:
    return make_staff("admin", Role.ADMINISTRATOR)


@pytest.fixture
def signed_in():
    """A browser in which this person has signed in with both factors."""

    def sign_in(staff: Staff, **options) -> Client:
        client = Client(**options)
        client.force_login(staff)
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
        return client

    return sign_in


@pytest.fixture
def make_contact(db):
    """A contact with words, as if it had happened at `started_at`; open unless `ended`."""

    def make(
        *lines: str,
        started_at=None,
        worker=None,
        team=None,
        service=Service.HELPLINE,
        channel=Channel.CHAT,
        ended=False,
        nickname=None,
    ) -> Contact:
        contact = Contact.objects.prepared(service, channel, started_at or timezone.now())
        contact.nickname, contact.worker, contact.team = nickname, worker, team
        if worker:
            contact.status, contact.answered_at = Contact.Status.OPEN, contact.started_at
        if worker or ended:
            contact.waiting_since = None
        if ended:
            contact.status, contact.ended_at = Contact.Status.ENDED, contact.started_at
        contact.last_line = len(lines)
        contact.save(force_insert=True)
        for number, words in enumerate(lines, start=1):
            speaker = Speaker.PERSON if number % 2 else Speaker.WORKER
            contact.lines.create(
                contact=contact,
                number=number,
                speaker=speaker,
                said_at=contact.started_at,
                text=words,
            )
        return contact

    return make


@pytest.fixture
def contact(make_contact, worker, team) -> Contact:
    """An open chat between a person and the worker."""
    return make_contact("my dad shouts", "that sounds hard", worker=worker, team=team)


@pytest.fixture
def rng() -> random.Random:
    """Chance that repeats itself."""
    return random.Random(1)


@pytest.fixture
def gateway(settings) -> None:
    """Texts come by our own signed protocol, and no e-mail by a webhook."""
    settings.TEXTS_BY, settings.TEXTS_SECRET, settings.MAIL_BY = "signed", SECRET, ""
    settings.SITE_URL, settings.SECURE_SSL_REDIRECT = "http://127.0.0.1:8000", False


@pytest.fixture(params=["signed", "twilio"])
def supplier(settings, request):
    """Each supplier of texts as it really is; what it does next a test says to it."""
    settings.TEXTS_BY, settings.TEXTS_SECRET = request.param, SECRET
    settings.TEXTS_ACCOUNT, settings.SITE_URL = "AC1", "http://127.0.0.1:8000"
    settings.SECURE_SSL_REDIRECT = False
    with supplied() as (supplier, url):
        settings.TEXTS_URL = url
        yield supplier
