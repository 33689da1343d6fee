"""The desk for authorities: who sees it, what it says, and what it never looks for (E08, E22)."""

import re

import pytest
import time_machine
from django.db import connection
from django.template.loader import get_template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.states import Refused
from safeguarding.authorities import counts, letters
from safeguarding.authorities.duties import DUTIES
from safeguarding.authorities.kinds import Decision, Kind
from safeguarding.models import AuthorityRequest, Escalation
from safeguarding.paging import PAGE
from tests.asking import ask, given
from tests.authorities import SAID, WHY, asked, brought_to, call, logged, prepared, worry

pytestmark = pytest.mark.django_db
FORM = SAID | {"kind": "voluntary", "came": "written", "service": "helpline"}
ENQUIRY = FORM | {"kind": "missing-person"}
TOKENS = re.compile(r"[A-Za-z0-9]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def steady(page: bytes, request: AuthorityRequest | None = None) -> str:
    """A page without its tokens and ids, which are drawn anew each time."""
    text = TOKENS.sub("", page.decode())
    return text.replace(request.name_words, "") if request else text


@pytest.fixture
def known(make_contact, worker, team):
    """Makes somebody known to us in every way in which a missing person can be."""

    def make(name=SAID["subject"]):
        contact = make_contact("I ran away", worker=worker, team=team)
        action = given(ask(contact, worker, side="away"), worker, name=name, side="away")
        return contact, action, worry(contact, worker)

    return make


def enquired(client, other) -> tuple[list, list]:
    """From the enquiry to the letter: what every page showed, and every statement it took."""
    shown, asked_of = [], []
    with CaptureQueriesContext(connection) as captured:
        client.post(reverse("authority_log"), ENQUIRY)
    asked_of.append(captured.captured_queries)
    request = AuthorityRequest.objects.get()
    move = reverse("authority_move", args=[request.pk])
    for by, said in [
        (client, {"do": "acknowledge"}),
        (client, {"do": "tick", "met": ["unsaid", "message"]}),
        (other, {"do": "decide", "decision": "neither", "why": WHY}),
        (client, {"do": "sign"}),
        (client, {"do": "answer", "how": "post"}),
    ]:
        with CaptureQueriesContext(connection) as captured:
            answer = by.post(move, said | {"read": request.last_step()})
        assert answer.status_code == 302
        asked_of.append(captured.captured_queries)
    for name in ("authority", "authority_acknowledgement", "authority_reply", "authorities"):
        path = reverse(name, args=[] if name == "authorities" else [request.pk])
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        shown.append(steady(answer.content, request))
        asked_of.append(captured.captured_queries)
    return shown, asked_of


def shape(queries) -> list[str]:
    """Statements without what differs by chance: ids, hashes, times and sealed words."""
    return [re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in queries]


@time_machine.travel(timezone.now(), tick=False)
def test_e08_the_answer_about_a_missing_person_is_the_same_whether_or_not_we_know_them(
    known, supervisor, lead, signed_in, rng
):
    """The same bytes, the same statements in the same order, and none of them looks for anybody."""
    told = []
    for is_known in (True, False):
        clients = signed_in(supervisor), signed_in(lead)
        if is_known:
            known()[2].acknowledge(by=lead)  # or every page says that an escalation waits
        told.append(enquired(*clients))
        AuthorityRequest.objects.all().delete()
        if is_known:
            forget_everybody()
    (shown, asked_of), (other_shown, other_asked) = told
    assert [len(each) for each in asked_of] == [len(each) for each in other_asked]
    assert [shape(each) for each in asked_of] == [shape(each) for each in other_asked]
    assert body(shown) == body(other_shown)


def body(shown: list[str]) -> list[str]:
    """The part of each page that is about the enquiry; the navigation counts other things."""
    return [page[page.index("<main") : page.index("</main>")] for page in shown]


def forget_everybody():
    for table in ("safeguarding_assessment", "safeguarding_escalationstep"):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    Escalation.objects.all().delete()


def test_e08_no_statement_about_an_enquiry_reads_anything_of_a_contact(
    known, supervisor, lead, signed_in
):
    known()
    client = signed_in(supervisor)
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("staff_counts"))
    navigation = set(shape(captured.captured_queries))
    _, asked_of = enquired(client, signed_in(lead))
    people = ("contact", "actionrequest", "serviceuser", "link", "line", "entry", "consent")
    searched = [f'"contacts_{each}"' for each in people] + ['"safeguarding_escalation"']
    for queries in asked_of:
        own = [sql for sql in shape(queries) if sql not in navigation]
        assert own
        assert not [sql for sql in own if any(table in sql for table in searched)]


def test_e08_the_letters_about_a_missing_person_say_nothing_of_anybody(supervisor, lead):
    """Whoever asks about whomever, nothing of the person stands in them."""
    for which in (letters.ACKNOWLEDGEMENT, letters.REPLIES[Decision.NEITHER]):
        source = get_template(which).template.source
        assert "{{" not in source
        assert "{%" not in source


@pytest.mark.parametrize("decision", set(Decision) - {Decision.NEITHER})
def test_e08_an_enquiry_about_a_missing_person_knows_one_answer(supervisor, lead, decision):
    request = logged(supervisor, Kind.MISSING)
    with pytest.raises(Refused, match="neither confirm nor deny"):
        request.decide(decision, by=lead, why=WHY)
    assert request.answers() == [Decision.NEITHER]


def test_e08_nothing_can_be_named_or_rung_because_of_an_enquiry(supervisor, contact):
    request = logged(supervisor, Kind.MISSING)
    with pytest.raises(Refused, match="Nobody is looked for"):
        request.name_contact(contact.handle, by=supervisor)
    with pytest.raises(Refused, match="nobody is rung"):
        request.verify(
            by=supervisor, published="101", published_in="here", rang_at=request.received_at
        )


def test_e22_a_worker_who_searches_for_a_missing_person_finds_nothing(
    known, supervisor, worker, colleague, signed_in
):
    """The colleague works with the family; the missing person chatted with the worker."""
    contact, action, escalation = known()
    request = logged(supervisor, Kind.MISSING)
    client = signed_in(colleague)
    surname = SAID["subject"].split()[1]
    found = client.post(reverse("contact_find"), {"handle": SAID["subject"]})
    assert found.status_code == 404
    family = ask(contact_of(colleague), colleague, side="family")
    paths = [reverse(name) for name in ("actions", "callbacks")]
    paths += [reverse("contact_list", args=[which]) for which in ("mine", "ended", "waiting")]
    paths += [family.get_absolute_url(), reverse("known_contact", args=[family.contact_id])]
    for path in paths:
        shown = client.get(path).content.decode()
        traces = (escalation.name_words, request.name_words, contact.handle_words, surname)
        assert not [trace for trace in traces if trace in shown], path
    search = reverse("known_contact", args=[family.contact_id])
    shown = client.post(search, {"name": SAID["subject"], "names": SAID["subject"]})
    assert escalation.name_words not in shown.content.decode()
    for path in (
        reverse("both_sides"),
        reverse("authorities"),
        request.get_absolute_url(),
        action.get_absolute_url(),
    ):
        if path != action.get_absolute_url():
            assert client.get(path).status_code == 404


def contact_of(staff):
    """The family's own contact, with the worker who helps them."""
    return Contact.objects.start(service="helpline", channel="phone", by=staff)


def test_e22_the_lead_sees_both_sides_with_a_reason_and_it_is_in_the_trail(
    known, supervisor, lead, dpo, signed_in
):
    _, _, escalation = known()
    request = logged(supervisor, Kind.MISSING, subject="fairweather, QUILLON")
    client, path = signed_in(lead), reverse("both_sides")
    name = {"name": SAID["subject"]}
    without = client.post(path, name).content.decode()
    assert request.get_absolute_url() not in without
    assert not AuditEvent.objects.filter(action=Action.BOTH_SIDES_LOOKED_UP).exists()
    shown = client.post(path, name | {"why": "safety"}).content.decode()
    for there in (
        "They are the one who is away",
        escalation.name_words,
        request.get_absolute_url(),
    ):
        assert there in shown
    assert AuditEvent.objects.get(action=Action.BOTH_SIDES_LOOKED_UP).detail == {"why": "safety"}
    assert "Nothing is held" in client.post(path, {"name": "Ada", "why": "safety"}).content.decode()
    for by in (supervisor, dpo):
        assert signed_in(by).get(path).status_code == 404


def test_the_contact_says_nothing_of_a_request_that_names_it(
    supervisor, contact, signed_in, worker
):
    request = logged(supervisor)
    request.name_contact(contact.handle, by=supervisor)
    for by in (worker, supervisor):
        assert (
            request.name_words not in signed_in(by).get(contact.get_absolute_url()).content.decode()
        )
    assert (
        contact.handle_words
        in signed_in(supervisor).get(request.get_absolute_url()).content.decode()
    )


def test_the_dpo_reads_the_desk_without_any_contact(supervisor, lead, dpo, contact, signed_in):
    request = prepared(logged(supervisor), by=supervisor, lead=lead, dpo=dpo, contact=contact)
    shown = signed_in(dpo).get(request.get_absolute_url()).content.decode()
    assert SAID["body"] in shown
    assert "Write your advice down" in shown
    assert contact.handle_words not in shown
    assert "Decide it" not in shown


def test_from_the_page_it_is_logged_and_what_was_typed_is_kept_on_a_refusal(
    supervisor, lead, signed_in
):
    client, log = signed_in(supervisor), reverse("authority_log")
    again = client.post(log, FORM | {"body": ""}).content.decode()
    assert SAID["wanted"] in again
    client.post(log, FORM | {"life_at_risk": "on"})
    request = AuthorityRequest.objects.get()
    shown = client.get(request.get_absolute_url()).content.decode()
    assert "I cannot say anything on this call" in shown
    assert "The lead was called" in shown
    move = reverse("authority_move", args=[request.pk])
    gave = {"do": "verify", "published": SAID["given"], "published_in": "his card"}
    refused = client.post(move, gave | {"rang_at": "2026-01-01T10:00"})
    assert refused.status_code == 409
    assert "his card" in refused.content.decode()
    assert "This is the number they gave" in refused.content.decode()
    decided = signed_in(lead).post(move, {"do": "decide", "decision": "agree", "why": WHY})
    assert (decided.status_code, WHY in decided.content.decode()) == (409, True)
    assert client.post(move, {"do": "nothing"}).status_code == 409


@pytest.mark.parametrize("decision", Decision)
def test_every_answer_has_a_letter_to_print_once_it_is_signed(
    supervisor, lead, dpo, contact, signed_in, decision
):
    request = prepared(logged(supervisor), by=supervisor, lead=lead, dpo=dpo, contact=contact)
    path, client = reverse("authority_reply", args=[request.pk]), signed_in(supervisor)
    assert client.get(path).status_code == 409
    request.decide(decision, by=lead, why=WHY)
    assert client.get(path).status_code == 409
    request.sign(by=supervisor, read=request.last_step())
    letter = client.get(path).content.decode()
    for said in (SAID["body"], SAID["person"], SAID["their_reference"]):
        assert said in letter
    for unsaid in (SAID["subject"], contact.handle_words, WHY):
        assert unsaid not in letter


def test_a_request_is_read_only_once_that_is_written_down(supervisor, signed_in):
    request = logged(supervisor)
    signed_in(supervisor).get(request.get_absolute_url())
    assert AuditEvent.objects.about(request).filter(action=Action.TRANSCRIPT_READ).exists()


def test_the_list_is_paged_and_takes_the_same_few_queries_however_long_it_is(
    supervisor, lead, signed_in, django_assert_max_num_queries
):
    client, counted = signed_in(supervisor), []
    client.get(reverse("authorities"))  # the navigation is counted
    for number in (3, PAGE):
        for _ in range(number):
            logged(supervisor)
        with django_assert_max_num_queries(4) as captured:
            shown = client.get(reverse("authorities")).content.decode()
        counted.append(len(captured))
    assert counted[0] == counted[1]
    assert shown.count("data-row") == PAGE
    following = re.search(r'href="([^"]*after=[^"]*)"', shown)[1].replace("&amp;", "&")
    assert client.get(following).content.decode().count("data-row") == 3
    assert client.get(reverse("authorities") + "?after=x").status_code == 404


def test_what_is_over_is_in_a_list_of_its_own(supervisor, lead, signed_in):
    client = signed_in(supervisor)
    assert "Nothing is open" in client.get(reverse("authorities")).content.decode()
    over = reverse("authorities") + "?which=over"
    assert "Nothing is over yet" in client.get(over).content.decode()
    request = brought_to(logged(supervisor), "answered", by=supervisor, lead=lead)
    assert request.get_absolute_url() in client.get(over).content.decode()
    assert request.get_absolute_url() not in client.get(reverse("authorities")).content.decode()


def test_counts_are_counts_and_nothing_else(
    supervisor, lead, dpo, make_contact, worker, signed_in, django_assert_max_num_queries
):
    brought_to(logged(supervisor), "answered", by=supervisor, lead=lead)
    logged(supervisor, Kind.MISSING)
    asked(worry(call(make_contact, worker), worker), supervisor)
    client = signed_in(dpo)
    with django_assert_max_num_queries(20):
        shown = client.get(reverse("authority_counts")).content.decode()
    months = re.findall(r'<th scope="row">[^<]*</th>(.*?)</tr>', shown, re.DOTALL)
    newest = [months[0], months[counts.MONTHS_SHOWN]]
    kinds, answers = ([int(n) for n in re.findall(r"<td>(\d+)</td>", each)] for each in newest)
    assert kinds == [2, 1, 0, 0, 0, 1, 0]
    assert answers == [0, 0, 1, 0, 0, 1, 0]
    assert SAID["body"] not in shown


def test_the_duties_name_where_and_since_when(supervisor, signed_in):
    shown = signed_in(supervisor).get(reverse("authority_duties")).content.decode()
    for duty in DUTIES:
        assert duty.name in shown
        assert duty.where in shown
    in_force = {duty.code: duty.in_force(london_today()) for duty in DUTIES}
    assert in_force == {"terrorism": True, "fgm": True, "csa-england": False}


def test_words_that_came_after_a_decision_are_shown_to_be_taken(supervisor, lead, signed_in):
    request = logged(supervisor)
    brought_to(request, "decided", by=supervisor, lead=lead)
    typed = {"do": "consider", "words": "They have no order, and the burglary is over."}
    answer = signed_in(supervisor).post(reverse("authority_move", args=[request.pk]), typed)
    assert answer.status_code == 409
    assert typed["words"] in answer.content.decode()
    assert "It has been decided" in answer.content.decode()
