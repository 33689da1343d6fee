"""The pages of requests about data: two clicks to write one down, a desk by days, one page each."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Contact
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from privacy.models import RightsRequest
from privacy.rights.kinds import Kind, Status
from tests.rights import WHY, decided, letter, stands, take_in, with_code

pytestmark = pytest.mark.django_db
S = Status


@pytest.fixture
def desk(dpo, signed_in):
    return signed_in(dpo)


def log_form(**said) -> dict:
    plain = {"kind": "access", "words": "What have you got about me?", "route": "phone"}
    plain |= {"received_on": london_today().isoformat(), "asker": "self", "age": "not-said"}
    return plain | {"nation": "ENG"} | said


def page(client, request) -> str:
    answer = client.get(request.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def move(client, request, do, **said):
    return client.post(reverse("rights_move", args=[request.pk]), {"do": do, **said})


def test_what_is_closed_is_found_again_the_last_first(desk, dpo, second, make_contact):
    """By links from the desk on; a page holds forty and knows where the next begins."""
    where = reverse("rights_closed")
    assert f'href="{where}"' in desk.get(reverse("rights")).content.decode()
    assert "Nothing is closed yet" in desk.get(where).content.decode()
    over = [stands(S.CLOSED, dpo, second, make_contact("hello")) for _ in range(2)]
    for days, request in enumerate(over):
        closed_on = london_today() - timedelta(days=days)
        RightsRequest.objects.filter(pk=request.pk).update(closed_on=closed_on)
    still = take_in(by=dpo)
    with CaptureQueriesContext(connection) as asked:
        shown = desk.get(where).content.decode()
    first, last = (shown.index(each.get_absolute_url()) for each in over)
    assert first < last
    assert still.get_absolute_url() not in shown
    after = f"{london_today().isoformat()}_{over[0].pk}"
    rest = desk.get(where, {"after": after}).content.decode()
    assert over[0].get_absolute_url() not in rest
    assert over[1].get_absolute_url() in rest
    assert len(asked) <= 10


def test_s1_19_every_worker_writes_one_down_in_two_clicks(worker, signed_in, contact):
    """S1-19: from the contact's own page; the form needs nothing but what they said."""
    client = signed_in(worker)
    where = reverse("contact_rights", args=[contact.pk])
    assert where in client.get(contact.get_absolute_url()).content.decode()
    shown = client.get(where).content.decode()
    assert 'value="chat" selected' in shown

    answer = client.post(where, log_form(route="chat"))

    made = RightsRequest.objects.get()
    assert answer.url == contact.get_absolute_url()
    assert (made.said_in, made.logged_by, made.route) == (contact, worker, "chat")
    assert client.get(reverse("rights_request", args=[made.pk])).status_code == 404


def test_b17_an_old_day_asks_why_and_loses_no_word(worker, signed_in):
    """B17."""
    client, day = signed_in(worker), london_today() - timedelta(days=70)

    answer = client.post(reverse("rights_new"), log_form(received_on=day.isoformat()))

    assert answer.status_code == 409
    assert "What have you got about me?" in answer.content.decode()
    assert "more than 60 days ago" in answer.content.decode()
    assert not RightsRequest.objects.exists()


def test_the_desk_shows_requests_by_the_days_that_are_left(desk, worker):
    today = london_today()
    late = take_in(by=worker, received_on=today - timedelta(days=50))
    soon = take_in(Kind.ERASE, by=worker, received_on=today - timedelta(days=28))
    take_in(Kind.COMPLAINT, by=worker)

    shown = desk.get(reverse("rights")).content.decode()

    assert late.words not in shown
    order = [shown.index(text) for text in ("Overdue", "3 days or fewer", "10 days or", "Later")]
    assert order == sorted(order)
    assert order[0] < shown.index(str(late.pk)) < order[1] < shown.index(str(soon.pk)) < order[2]
    assert "days late" in shown


def test_the_desk_asks_the_same_however_many_requests_there_are(desk, worker):
    take_in(by=worker)
    desk.get(reverse("rights"))
    with CaptureQueriesContext(connection) as few:
        desk.get(reverse("rights"))
    for _ in range(60):
        take_in(by=worker)
    with CaptureQueriesContext(connection) as many:
        first = desk.get(reverse("rights"))

    assert len(many) == len(few) <= 12
    more = first.context["more"]
    rest = desk.get(reverse("rights") + more).content.decode()
    shown = first.content.decode()
    every = [str(pk) for pk in RightsRequest.objects.values_list("pk", flat=True)]
    assert sum(pk in shown for pk in every) == 40
    assert all((pk in shown) != (pk in rest) for pk in every)


def test_a_lane_beside_the_board_says_that_there_are_more(desk, worker):
    """Twenty stand in it; those that follow are not left out without a word."""
    for _ in range(20):
        take_in(by=worker)
    RightsRequest.objects.update(status=S.WITHDRAWN)
    assert "There are more." not in desk.get(reverse("rights")).content.decode()
    take_in(by=worker)
    RightsRequest.objects.update(status=S.WITHDRAWN)
    shown = desk.get(reverse("rights"))
    assert [lane.more for lane in shown.context["beside"]] == [False, False, True]
    assert shown.content.decode().count("There are more.") == 1
    assert "20 shown" in shown.content.decode()


@pytest.mark.parametrize("position", ["?after=x", "?after=2026-01-01_x", "?after=_", "?after=2026"])
def test_a_position_that_is_none_is_the_first_page(desk, worker, position):
    take_in(by=worker)
    assert desk.get(reverse("rights") + position).context["columns"][3].cards


def test_the_page_says_why_it_is_due_and_its_reading_is_recorded(desk, dpo, second, contact):
    request = stands(S.LOCATING, dpo, second, contact)
    request.stop_clock(WHY, by=dpo)

    shown = page(desk, request)

    for words in ("Our promise: 30 days", "The law: one month", "The clock stops", "Today", "Due"):
        assert words in shown
    assert "<svg" in shown
    assert "style=" not in shown
    assert AuditEvent.objects.readings().filter(subject_id=str(request.pk)).exists()


@pytest.mark.parametrize("status", list(S))
def test_the_page_of_every_state_opens_and_offers_only_what_works(
    desk, dpo, second, contact, status
):
    request = stands(status, dpo, second, contact)

    shown = page(desk, request)

    if status == S.CLOSED:
        assert "It is closed." in shown
    assert WHY not in desk.get(reverse("rights")).content.decode()


def test_a_request_is_answered_on_its_page_from_receipt_to_closing(
    desk, dpo, second, contact, signed_in
):
    """By its buttons alone, with the seven words that the person reads out."""
    request, code = take_in(by=dpo), with_code(contact)
    find = reverse("rights_find", args=[request.pk])
    wrong = desk.post(find, {"do": "code", "words": "one two three four five six seven"})
    assert "These words open nothing." in wrong.content.decode()
    steps = [
        ("acknowledge", {}, S.ACKNOWLEDGED),
        ("known", {"proof": "code", "why": ""}, S.ID_CONFIRMED),
        ("locate", {}, S.LOCATING),
        ("collect", {}, S.COLLECTING),
        ("review", {}, S.REVIEW),
        ("propose", {"outcome": "released", "reasons": WHY, "refusal": ""}, S.APPROVAL),
    ]
    assert desk.post(find, {"do": "code", "words": code.upper()}).status_code == 302
    for do, said, status in steps:
        if do == "propose":
            decided(request, dpo)
        assert move(desk, request, do, **said).status_code == 302, do
        request.refresh_from_db()
        assert request.status == status
    assert move(desk, request, "approve").status_code == 409
    assert move(signed_in(second), request, "approve").status_code == 302
    request = RightsRequest.objects.with_key().get(pk=request.pk)
    where = reverse("rights_letter", args=[request.pk])

    short = desk.post(where, {"kind": "released", "text": "Here it is."})
    assert short.status_code == 409
    assert "Here it is." in short.content.decode()
    assert desk.post(where, {"kind": "released", "text": letter(request)}).status_code == 302
    assert move(desk, request, "close").status_code == 302

    request.refresh_from_db()
    assert request.status == S.CLOSED
    assert not Contact.objects.get(pk=contact.pk).held


def test_a_refused_verb_keeps_what_was_typed(desk, dpo):
    request = take_in(by=dpo)

    answer = move(
        desk, request, "ask-identity", doubts="hm, odd", on=london_today(), late_because=""
    )

    assert answer.status_code == 409
    assert "hm, odd" in answer.content.decode()
    assert "reasonable doubts" in answer.content.decode()


def test_the_dpo_reads_a_transcript_only_inside_an_open_request(desk, dpo, second, contact):
    """Rules 2.14: and that it was read is in the trail before it is shown."""
    assert desk.get(contact.get_absolute_url()).status_code == 404
    request = stands(S.LOCATING, dpo, second, contact)
    where = reverse("rights_read", args=[request.pk]) + f"?contact={contact.pk}"

    assert "my dad shouts" in desk.get(where).content.decode()
    assert AuditEvent.objects.readings().filter(subject_id=str(contact.pk), actor=str(dpo.pk))

    request.withdraw(by=dpo, why=WHY)
    assert desk.get(where).status_code == 404
    assert desk.get(reverse("rights_read", args=[request.pk]) + "?contact=x").status_code == 404


def test_what_they_recall_finds_candidates_and_a_second_person_accepts(
    desk, dpo, lead, second, contact, signed_in
):
    """S2-46, Art 11: two facts, two people; until then nothing is in the scope."""
    request = take_in(by=dpo, recalled="It was on Monday, about my dad.")
    find = reverse("rights_find", args=[request.pk])
    shown = desk.get(find, {"channel": "chat", "since": london_today()}).content.decode()
    assert contact.handle_words in shown
    assert "Nothing fits" in desk.get(find, {"channel": "email"}).content.decode()

    answer = desk.post(find, {"do": "recall", "contact": contact.pk, "because": WHY})

    assert answer.status_code == 302
    assert Contact.objects.get(pk=contact.pk).held
    assert not request.scope().exists()
    part = request.concerns.get()
    scope = reverse("rights_scope", args=[request.pk])
    assert desk.post(scope, {"do": "accept", "part": part.pk}).status_code == 409
    assert signed_in(second).post(scope, {"do": "accept", "part": part.pk}).status_code == 302
    assert list(request.scope()) == [contact]
    assert desk.post(scope, {"do": "take-out", "part": part.pk, "why": WHY}).status_code == 302
    assert not Contact.objects.get(pk=contact.pk).held


# Anybody ------------------------------------------------------------------------------------------


def asked(client, **said):
    plain = {"kind": "access", "asker": "self", "words": "", "recalled": "", "reach": ""}
    client.get("/your-data/")
    return client.post("/your-data/", plain | said)


def words_of(answer) -> str:
    return answer.context["words"]


def test_s2_40_anybody_asks_without_an_address_and_reads_the_answer_with_seven_words(client, dpo):
    """S2-40, S2-67: nothing is required, no ground, no name."""
    answer = asked(client, kind="erase", words="Please delete my chat.")
    made = RightsRequest.objects.with_key().get()
    code = words_of(answer)
    assert (made.kind, made.words, made.logged_by) == ("erase", "Please delete my chat.", None)
    assert code in answer.content.decode()
    assert len(code.split()) == 7
    made.send_letter("acknowledged", letter(made, "acknowledged"), by=dpo)

    read = client.post("/your-data/answer/", {"words": code.upper().replace(" ", ", ")})

    assert "free of charge" in read.content.decode()
    assert "We answer by" in read.content.decode()


@pytest.mark.parametrize("typed", ["", "one two three four five six seven", "x" * 500, "\x00"])
def test_d02_wrong_follow_up_words_are_all_told_the_same(client, typed):
    client.get("/your-data/answer/")
    with CaptureQueriesContext(connection) as queries:
        answer = client.post("/your-data/answer/", {"words": typed})

    assert answer.status_code == 422
    assert "open nothing" in answer.content.decode()
    assert len(queries) == 1
    assert typed not in answer.content.decode() or not typed


def test_d01_the_form_answers_the_same_whether_or_not_there_is_such_a_chat(make_contact):
    """D01: same words, same path, same number of queries."""
    said = {"recalled": "I am Otter, it was on 3 March 2026 in the evening."}
    asked(Client())  # what a process reads once, it has read
    seen = []
    for there in (False, True):
        if there:
            make_contact("my dad shouts", nickname="Otter", ended=True)
        client = Client()
        client.get("/your-data/")
        plain = {"kind": "access", "asker": "self", "words": "", "reach": ""}
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/your-data/", plain | said)
        text = answer.content.decode().replace(words_of(answer), "…")
        seen.append((answer.status_code, text, [q["sql"].split(" ")[0] for q in queries]))

    assert seen[0] == seen[1]


def test_the_public_pages_name_nobody_in_title_or_address(client):
    for path in ("/your-data/", "/your-data/answer/"):
        shown = client.get(path).content.decode()
        assert "<title>Support</title>" in shown
        assert "Exit this page" in shown
