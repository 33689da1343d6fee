"""Who may open what: the table is the specification, and every page is held to it (F01)."""

import os
import random
import re
import time
import uuid
from datetime import time as time_of_day
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from contacts.live import lines_after
from contacts.models import (
    ActionRequest,
    BotScript,
    Closure,
    ColleagueQuestion,
    Consent,
    Contact,
    LostBasis,
    NoteReview,
    Opening,
    Signpost,
    Visit,
)
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.access import EVERYONE
from helpline.foundation.staff.models import Invitation, RoleGrant, Staff, Team
from helpline.foundation.staff.partner_access import ByKey, Requires
from helpline.foundation.staff.roles import GRANTS, Permission, Role
from helpline.urls import STREAMS
from privacy.erasure.planning import draw_up
from safeguarding.models import Escalation, Hold, OnCall, Post
from tests.access_table import (
    ABOUT_A_CONTACT,
    BY_HANDLE,
    ENROLMENT,
    EXTRA,
    INTERFACE,
    ON_THE_WAY_IN,
    OWN_ACCOUNT,
    PAGES,
    PUBLIC,
    RECORDS,
    STREAM_TABLE,
    VISITORS,
)
from tests.asking import ask
from tests.authorities import asked_for_by_others
from tests.bots import publish
from tests.chatting import around
from tests.known import known_of_the_table
from tests.partners import make_key
from tests.reviewing import in_review, standing
from tests.sharing import shared_of_the_table
from tests.signing_in import OWN_PAGE, SIGN_IN, with_password
from tests.suppliers import approved
from tests.texting import conversations_of_the_table
from tests.worries import brought_to, raised

pytestmark = pytest.mark.django_db


def every_page(patterns=None) -> list[URLPattern]:
    found = []
    for entry in patterns or get_resolver().url_patterns:
        found += [entry] if isinstance(entry, URLPattern) else every_page(entry.url_patterns)
    return found


PATTERNS = every_page()
NAMES = {page.name for page in PATTERNS} - {"demo_sign_in"} - set(INTERFACE)
TITLE = re.compile(r"<title>([^<]*)</title>")
BEHIND_SIGN_IN = NAMES - PUBLIC - ON_THE_WAY_IN


@pytest.fixture
def cast(worker, supervisor, lead, dpo, admin):
    """One person for each letter, all of the helpline alone."""
    Staff.objects.update(services=["helpline"])
    people = dict(zip("wslda", (worker, supervisor, lead, dpo, admin), strict=True))
    return {letter: Staff.objects.get(pk=person.pk) for letter, person in people.items()}


@pytest.fixture
def records(cast, colleague, team, make_contact, admin):
    """The records of the table, by the kind of page and the name in it."""
    night = Team.objects.create(name="Night team")
    days = {"started_at": timezone.now() - timedelta(days=3), "ended": True}
    contacts = {
        "own": make_contact("one", worker=cast["w"], team=team),
        "other": make_contact("two", worker=colleague, team=team),
        "other team": make_contact("three", worker=colleague, team=night),
        "ended": make_contact("four", worker=cast["w"], team=team, **days),
        "held": make_contact("five", worker=colleague, team=night, **days),
        "held here": make_contact("nine", worker=colleague, team=team, **days),
        "waiting": make_contact("six"),
        "gone": make_contact("seven", worker=cast["w"], team=team),
        "elsewhere": make_contact("eight", worker=cast["w"], team=team, service="is-this-ok"),
    }
    Contact.objects.filter(pk=contacts["gone"].pk).update(purge_on=london_today())
    for contact in contacts.values():
        Visit.objects.create(contact=contact, confidentiality=1, privacy=1)
    grants = {"asked": RoleGrant.objects.ask(colleague, Role.LEAD, by=admin)}
    grants["in force"] = colleague.grants.in_force().get()
    Invitation.objects.invite("new@helpline.example", Role.WORKER, by=admin)
    people = {
        "colleague": colleague,
        "oneself": admin,
        "invited": Staff.objects.get(email="new@helpline.example"),
    }
    kept = ("held", "held here", "elsewhere")
    holds = {name: held(contacts[name], colleague) for name in kept}
    keys = {name: make_key(admin, name=name)[0] for name in ("in force", "ended")}
    keys["ended"].end(by=admin)
    notes = [contacts["own"].add_note("x", by=cast["w"]) for _ in range(2)]
    back = NoteReview.objects.review(notes[1], by=cast["s"], question="Who?")
    listed = Signpost.objects.create(name="Shelter", offers="a bed", reached_by="by foot")
    return {
        "request": requests_of(cast, colleague, contacts),
        "shift": shifts_of(cast["l"]),  # who is alerted, and not the supervisor
        "lost": lost_of(contacts),
        **shared_of_the_table(cast, worries_of(cast, colleague, make_contact, contacts)),
        **rights_of(cast, make_contact),
        "contact": contacts,
        "hold": holds,
        "staff": people,
        "role": grants,
        "key": keys,
        "note": {"the worker's": notes[0]},
        "question": {"the worker's": asked_of_supervisors(contacts["own"], cast["w"])},
        "answer": {"sent back": back},
        "signpost": {"listed": listed},
        "supplier": {"approved": approved(cast["d"])},
        **kept_for_the_chat(cast["s"]),
        **known_of_the_table(contacts, cast["w"]),
        **conversations_of_the_table(cast, colleague),
        **asked_for_by_others(make_contact, cast, team, night),
    } | around(contacts["own"], cast["w"], cast["s"])


def shifts_of(lead) -> dict:
    """Who is on call in the helpline, and in a service that is not the cast's."""
    now, hours = timezone.now(), timedelta(hours=8)
    values = {"post": Post.ON_CALL, "staff": lead, "begins": now - hours, "ends": now + hours}
    services = {"on call": "helpline", "elsewhere": "is-this-ok"}
    return {
        name: OnCall.objects.create(service=service, **values) for name, service in services.items()
    }


def kept_for_the_chat(supervisor) -> dict:
    """Scripts, hours and closures of the helpline, and of a service that is not the cast's."""
    scripts, spans, closures = {}, {}, {}
    for service, suffix in [("helpline", ""), ("is-this-ok", " elsewhere")]:
        scripts[f"in use{suffix}"] = publish(service=service)
        scripts[f"draft{suffix}"] = BotScript.objects.draft(service, by=supervisor)
        nine, five = time_of_day(9), time_of_day(17)
        spans[f"Monday{suffix}"] = Opening.objects.create(
            service=service, day=0, opens=nine, closes=five
        )
        closures[f"Christmas{suffix}"] = Closure.objects.create(service=service, on="2030-12-25")
    return {"script": scripts, "span": spans, "closure": closures}


def requests_of(cast, colleague, contacts) -> dict:
    """What was asked in these contacts."""
    found = {"own": ask(contacts["own"], cast["w"]), "gone": ask(contacts["own"], cast["w"])}
    found["colleague's"] = ask(contacts["other"], colleague)
    found["nobody"] = ask(contacts["other"], colleague)
    found["other team"] = ask(contacts["other team"], colleague)
    found["elsewhere"] = ask(contacts["elsewhere"], cast["w"])
    ActionRequest.objects.filter(pk=found["nobody"].pk).update(owner=None)
    ActionRequest.objects.filter(pk=found["gone"].pk).update(purge_on=london_today())
    return found


def worries_of(cast, colleague, make_contact, contacts) -> dict:
    """What somebody was worried about, in contacts of their own: the lead may read those."""
    found = {}
    raisers = {"other": colleague, "other team": colleague}
    for name in ("own", "other", "other team", "closed", "gone", "elsewhere"):
        by, like = raisers.get(name, cast["w"]), contacts.get(name, contacts["own"])
        about = make_contact("worried", worker=by, team=like.team)
        found[name] = raised(about, by)
    for name in ("closed", "gone"):
        brought_to(found[name], Escalation.Status.CLOSED, by=cast["l"])
    Escalation.objects.filter(pk=found["elsewhere"].pk).update(service="is-this-ok")
    Escalation.objects.filter(pk=found["gone"].pk).update(keep_until=london_today())
    return found


def rights_of(cast, make_contact) -> dict:
    """Requests about data, of contacts of their own, and an item of each."""
    found = {
        "in review": in_review(make_contact("of mine"), by=cast["d"]),
        "to approve": in_review(make_contact("of mine"), by=cast["d"]),
    }
    standing(found["to approve"], "approval")
    items = {name: request.items.first() for name, request in found.items()}
    deletion = in_review(make_contact("of mine", ended=True), by=cast["d"], kind="erase")
    goes = draw_up(deletion, by=cast["d"]).items.get()
    correction = in_review(make_contact("of mine"), by=cast["d"], kind="rectify")
    kinds = {"deletion": {"to delete": deletion}, "goes": {"to delete": goes}}
    kinds["correction"] = {"to correct": correction}
    return {"rights": found, "item": items} | kinds


def asked_of_supervisors(contact, by) -> ColleagueQuestion:
    """What a worker asked any supervisor."""
    return ColleagueQuestion.objects.ask(contact, "What now?", by=by, of=None, lines=[1])


def lost_of(contacts) -> dict:
    """What lost its basis in two services."""
    lose = LostBasis.objects.lose
    return {
        name: lose(Consent(purpose="survey"), "survey", contact=contacts[key])
        for name, key in [("ours", "own"), ("elsewhere", "elsewhere")]
    }


def held(contact, by) -> Hold:
    kind, ground = Hold.Kind.SAFEGUARDING, Hold.Ground.values[0]
    review = london_today() + timedelta(days=30)
    reason = "A child named here may be in danger."
    return Hold.objects.place(
        contact, by=by, kind=kind, ground=ground, reason=reason, review_on=review
    )


RECORD_KINDS = {"rights", "action", "escalation", "lost", "hold", "known", "handed", "on"}
RECORD_KINDS |= {"share", "task", "recipient", "authority", "location", "supplier"}
ALONE = {
    "written_safety": "conversation",
    "written_keep": "conversation",
    "address_ask": "conversation",
    "address_decide": "reveal",
    "address_see": "reveal",
    "colleague_question": "question",
    "hold_not_needed": "escalation",
    "known_promise": "promise",
    "location_ask": "worry",
    "note_review": "note",
    "note_answer": "answer",
    "rights_item": "item",
    "rights_item_undo": "item",
    "rights_corrections": "correction",
    "rights_correction_out": "correction",
    "rights_correction_old": "correction",
    "rights_erasure": "deletion",
    "rights_erasure_item": "goes",
    "signpost_drop": "signpost",
}


def records_of(name: str, records) -> dict:
    """The records that a page can be asked for."""
    about = name.startswith(("contact", "chats")) or name in ABOUT_A_CONTACT
    if name == "hold_place" or about:
        return records["contact"]
    if name in ALONE:
        return records[ALONE[name]]
    if (kind := name.partition("_")[0]) in RECORD_KINDS:
        return records[{"action": "request", "handed": "copy", "on": "shift"}.get(kind, kind)]
    if name.startswith(("chatbot", "hours")):
        kinds = {
            "hours_span": "span",
            "hours_span_remove": "span",
            "hours_closure_remove": "closure",
        }
        return records[kinds.get(name, "script")]
    if (kind := name.partition("_")[0]) in {"guidance", "sent", "reply"}:
        return records[kind]
    if name.endswith("_key"):
        return records["key"]
    return records["role" if name.endswith("_role") and "ask" not in name else "staff"]


def path_of(name: str) -> str:
    """A page's address, about a record that does not exist where it is about one."""
    page = next(page for page in PATTERNS if page.name == name)
    wanted = page.pattern.converters
    made_up = {"pk": uuid.uuid4()} if "pk" in wanted else {}
    return reverse(name, kwargs=EXTRA.get(name, made_up))


def open_page(client: Client, path: str) -> set[int]:
    """The answers to a look and to a press; 405 where a page has only one of them."""
    answers = set()
    for method in (client.get, client.post):
        here = transaction.savepoint()
        answers.add(method(path).status_code)
        transaction.savepoint_rollback(here)
    return answers - {405}


def test_every_page_stands_in_the_table():
    named = (
        set(PAGES)
        | set(RECORDS)
        | set(BY_HANDLE)
        | OWN_ACCOUNT
        | ENROLMENT
        | PUBLIC
        | ON_THE_WAY_IN
    )
    assert {page.name for page in PATTERNS} | {"demo_sign_in"} == named | set(INTERFACE)


def test_every_name_belongs_to_one_page():
    assert len({page.name for page in PATTERNS}) == len(PATTERNS)


@pytest.mark.parametrize("page", PATTERNS, ids=lambda page: page.name)
def test_every_page_is_public_or_names_its_permission(page):
    view = page.callback
    public = getattr(view, "login_required", True) is False
    if page.name in PUBLIC | ON_THE_WAY_IN:
        assert public
        assert view.__module__.endswith(".public") or view.__module__.startswith("allauth.")
    elif page.name in INTERFACE:
        assert view.cls.authentication_classes == [ByKey]
        scope = INTERFACE[page.name]
        asked = [(type(each), each.scope) for each in view.cls.permission_classes]
        assert asked == ([(Requires, scope)] if scope else [])
    elif page.name in OWN_ACCOUNT | ENROLMENT:
        assert not public
        assert getattr(view, "permission", EVERYONE) == EVERYONE
    else:
        assert not public
        assert view.permission in Permission


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: str(stream.pattern))
def test_every_stream_stands_in_the_table_and_names_its_permission(stream, cast, records):
    row = STREAM_TABLE[str(stream.pattern)]
    assert (stream.callback.audience == "visitor") == (row == VISITORS)
    if row == VISITORS:
        return  # it names no record: a visit opens its own chat alone
    holders = {letter for letter, staff in cast.items() if staff.may(stream.callback.permission)}

    if isinstance(row, str):
        assert holders == set(row)
        return
    for name, contact in records["contact"].items():
        told = {
            letter for letter in holders if lines_after(cast[letter], contact.pk, 0) is not None
        }
        assert told == set(row.get(name, "")), name


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_open_to_those_in_the_table_and_hidden_from_the_rest(name, cast, signed_in):
    for letter, person in cast.items():
        answers = open_page(signed_in(person), path_of(name))
        if letter in PAGES[name]:
            assert not answers & {403, 404, 500}, letter
        else:
            assert answers == {404}, letter


def parts(names) -> dict[str, list[str]]:
    """Pages by the part of the product that they belong to, the first word of their name."""
    found = {}
    for name in sorted(names):
        found.setdefault(name.partition("_")[0], []).append(name)
    return found


@pytest.mark.parametrize("part", parts(RECORDS))
def test_record_is_open_to_those_in_the_table_and_hidden_from_the_rest(
    part, cast, records, signed_in
):
    for letter, person in cast.items():
        client = signed_in(person)
        for name in parts(RECORDS)[part]:
            assert open_page(client, path_of(name)) == {404}, (letter, name)
            for kind, record in records_of(name, records).items():
                answers = open_page(client, reverse(name, args=[record.pk]))
                seen = letter in RECORDS[name].get(kind, "")
                assert (404 not in answers) is seen, (letter, name, kind, answers)
                assert 500 not in answers, (letter, name, kind)


def test_p04_no_title_or_address_of_the_desk_says_who_what_or_how_many(cast, records, signed_in):
    """What a tab, a history and a glance at the screen of somebody at work can tell."""
    told = [cast["w"].alias, records["contact"]["own"].handle, "velvet"]
    seen = 0
    for letter, person in cast.items():
        client = signed_in(person)
        paths = [path_of(name) for name in PAGES if letter in PAGES[name]]
        paths += [each.get_absolute_url() for each in records["contact"].values()]
        for path in paths:
            answer = client.get(path)
            if answer.status_code == 200 and (title := TITLE.search(answer.content.decode())):
                seen += 1
                assert not re.search(r"\d|\(", title[1]), path
                assert not [word for word in told if word.replace("-", " ") in title[1]]
    assert seen > 30


@pytest.mark.parametrize("name", sorted(BY_HANDLE))
def test_handle_opens_what_its_own_page_would_and_hides_the_rest(name, cast, records, signed_in):
    for letter, person in cast.items():
        client = signed_in(person)
        assert client.post(reverse(name), {"handle": "no such one"}).status_code == 404
        for kind, contact in records["contact"].items():
            answer = client.post(reverse(name), {"handle": contact.handle_words.upper()})
            seen = letter in BY_HANDLE[name].get(kind, "")
            assert answer.status_code == (302 if seen else 404), (letter, kind)
            assert not seen or answer.url == contact.get_absolute_url()


@pytest.mark.parametrize("name", sorted(OWN_ACCOUNT - {"mfa_edit_webauthn", "mfa_remove_webauthn"}))
def test_own_account_is_open_to_everyone(name, cast, signed_in):
    for letter, person in cast.items():
        assert not open_page(signed_in(person), path_of(name)) & {403, 404, 500}, letter


def test_stranger_is_sent_to_sign_in_f02(client):
    for name in BEHIND_SIGN_IN:
        for method in (client.get, client.post):
            assert method(path_of(name)).url.startswith(SIGN_IN), name


def test_password_alone_reaches_nothing_f02(worker):
    client, _ = with_password(worker)
    for name in BEHIND_SIGN_IN:
        for method in (client.get, client.post):
            assert method(path_of(name)).url.startswith(SIGN_IN), name


def test_password_of_someone_without_a_factor_reaches_enrolment_only_f02(make_staff):
    newcomer = make_staff("newcomer", *Role)
    newcomer.authenticator_set.all().delete()
    client, _ = with_password(newcomer)
    for name in BEHIND_SIGN_IN - ENROLMENT:
        for method in (client.get, client.post):
            assert method(path_of(name)).url == reverse("mfa_activate_totp"), name


def test_fragment_asked_for_by_a_stranger_is_an_empty_401_f02():
    answer = Client(headers={"HX-Request": "true"}).get("/staff/people/")

    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["HX-Redirect"].startswith(SIGN_IN)


def test_hidden_and_missing_look_the_same_f04(cast, records, signed_in):
    client = signed_in(cast["w"])
    hidden = client.get(reverse("contact", args=[records["contact"]["other"].pk]))
    missing = client.get(reverse("contact", args=[uuid.uuid4()]))

    assert without_tokens(hidden) == without_tokens(missing)
    assert dict(hidden.headers) == dict(missing.headers)


def test_page_that_is_hidden_looks_like_none_f04(cast, signed_in):
    client = signed_in(cast["w"])

    hidden, missing = client.get("/staff/people/"), client.get("/staff/no-such-page/")

    assert without_tokens(hidden) == without_tokens(missing)


def without_tokens(answer) -> str:
    """A page without its CSRF tokens, which are masked anew each time."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())


def test_hidden_and_missing_take_the_same_time_f04(cast, records, signed_in):
    client = signed_in(cast["w"])
    hidden = reverse("contact", args=[records["contact"]["other"].pk])
    samples = 1_000 if os.environ.get("HELPLINE_THOROUGH") else 100
    times = {True: [], False: []}
    order = [True, False] * samples
    random.Random(4).shuffle(order)
    for is_hidden in order:
        path = hidden if is_hidden else reverse("contact", args=[uuid.uuid4()])
        begun = time.perf_counter()
        client.get(path)
        times[is_hidden].append(time.perf_counter() - begun)

    assert furthest_apart(times[True], times[False]) < 2.2 * (2 / samples) ** 0.5


def furthest_apart(one: list[float], two: list[float]) -> float:
    """The Kolmogorov-Smirnov distance; above 2.2 √(2/n) once in about 8,000 runs by chance."""
    return max(
        abs(sum(x <= at for x in one) / len(one) - sum(x <= at for x in two) / len(two))
        for at in one + two
    )


def test_refusal_is_written_down(cast, records, signed_in):
    signed_in(cast["d"]).get(reverse("contact", args=[records["contact"]["own"].pk]))

    event = AuditEvent.objects.get(action=Action.ACCESS_REFUSED)
    assert event.actor == str(cast["d"].pk)


def test_no_press_counts_without_its_token_g08(admin, signed_in):
    client = signed_in(admin, enforce_csrf_checks=True)
    for name in NAMES - {"texts_in", "mail_in"}:  # no browser calls those; they ask who signed
        path = path_of(name)
        answers = [
            client.post(path, {"a": "b"}),
            client.post(path, {"a": "b"}, headers={"Origin": "https://elsewhere.example"}),
            client.post(path, {"a": "b"}, headers={"X-HTTP-Method-Override": "GET"}),
            client.post(path, '{"a": "b"}', content_type="text/plain"),
        ]
        assert {answer.status_code for answer in answers} <= {403, 405}, name


def test_posted_extras_change_nothing_f06(cast, records, signed_in, team):
    colleague = records["staff"]["colleague"]
    extras = {"is_active": "", "person": str(cast["a"].pk), "role": "lead", "approved_by": "x"}

    signed_in(cast["a"]).post(
        reverse("staff_place", args=[colleague.pk]), {"teams": team.pk} | extras
    )

    after = Staff.objects.get(pk=colleague.pk)
    assert (after.is_active, after.person) == (True, colleague.person)
    assert after.roles == {Role.WORKER}


def test_role_taken_away_closes_the_next_request_f07(cast, records, signed_in):
    client = signed_in(cast["w"])
    path = reverse("contact", args=[records["contact"]["own"].pk])
    assert client.get(path).status_code == 200

    cast["w"].grants.in_force().get().end(by=cast["a"])

    assert client.get(path).url.startswith(SIGN_IN)


def test_assignment_taken_away_closes_the_next_request_f07(cast, records, signed_in):
    client = signed_in(cast["s"])
    path = reverse("contact", args=[records["contact"]["other"].pk])
    assert client.get(path).status_code == 200

    cast["s"].assign(["helpline"], [], by=cast["a"])
    assert client.get(path).status_code == 404

    cast["s"].assign([], list(Team.objects.all()), by=cast["a"])
    assert client.get(path).status_code == 404


def test_administrator_and_dpo_see_no_content():
    content = {Permission.SEE_CONTACTS, Permission.TAKE_CONTACTS, Permission.READ_TRANSCRIPTS}

    assert not GRANTS[Role.ADMINISTRATOR] & content
    assert not GRANTS[Role.DPO] & content


def test_nobody_without_a_role_sees_anything(make_staff, records, signed_in):
    client = signed_in(make_staff("newcomer"))

    for name in sorted(set(PAGES) | set(RECORDS)):
        assert open_page(client, path_of(name)) == {404}, name
    assert client.get(OWN_PAGE).status_code == 200


def test_alias_is_all_that_a_transcript_says_of_staff_s1_11(cast, records, signed_in):
    path = reverse("contact", args=[records["contact"]["own"].pk])

    page = signed_in(cast["s"]).get(path).content.decode()

    assert cast["w"].alias in page
    assert cast["w"].email not in page
    assert str(cast["w"].pk) not in page
