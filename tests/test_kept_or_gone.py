"""C21: chats, holds, requests, purges, deletions and restores in any order. What is due and held by
nobody is never readable, what a hold keeps is never destroyed, and what has gone stays gone."""

import copy
import os
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contacts.models import Contact, Line, Visit
from helpline.foundation.audit import lives
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from privacy import ledger, retention
from privacy.by_code import acting
from privacy.erasure import erasing
from privacy.models import Erasure, RightsRequest
from privacy.rights.kinds import Kind, Status
from safeguarding.models import Hold
from tests import rights
from tests.telling import Chat, Known

pytestmark = pytest.mark.django_db
ORDERS = 2_000 if os.environ.get("HELPLINE_THOROUGH") else 15
ACTS = 30  # in each of them
WHY = rights.WHY
WHICH = st.integers(0, 3)
DAYS = st.sampled_from([1, 6, 7, 30])


class Days(RuleBasedStateMachine):
    """The people on the stage, a database that can be set back, and the ledger, which cannot."""

    stage: SimpleNamespace
    came_about: Counter

    def __init__(self):
        super().__init__()
        self.outside = transaction.savepoint()
        ledger.path().unlink(missing_ok=True)
        lives.current.cache_clear()
        self.known, self.gone = Known(), set()

    def teardown(self):
        transaction.savepoint_rollback(self.outside)
        lives.current.cache_clear()

    # What the acts have in common ---------------------------------------------------------------

    def attempt(self, act) -> bool:
        """Try an act as one transaction; False when it is refused."""
        try:
            with transaction.atomic():
                act()
        except (Refused, WrongState):
            return False
        ledger.settle()  # as the end of the transaction would
        return True

    def alive(self) -> list[Chat]:
        there = set(Contact.objects.filter(purged_on=None).values_list("pk", flat=True))
        return [chat for chat in self.known.chats if chat.pk in there]

    def destroying(self, act, allowed) -> set:
        """Let something be destroyed; each of what went must have been `allowed` to go."""
        before = self.alive()
        may = {chat.pk for chat in before if allowed(chat)}
        assert self.attempt(act)
        went = {chat.pk for chat in before} - {chat.pk for chat in self.alive()}
        assert went <= may, "Something was destroyed that had to stay."
        self.gone |= went
        for pk in went:
            self.known.holds = {hold: of for hold, of in self.known.holds.items() if of != pk}
        return may - went

    def one(self, which: int) -> Chat:
        """One of the chats, gone or not: people press buttons on pages that are old."""
        return self.known.chats[which % len(self.known.chats)]

    def contact(self, chat: Chat) -> Contact:
        return Contact.objects.filter(pk=chat.pk).first() or Contact(pk=chat.pk)

    # The acts -----------------------------------------------------------------------------------

    @initialize(left=st.lists(st.integers(1, 20), min_size=2, max_size=3))
    def chats(self, left):
        for days in left:
            self.chat(days)
        self.back_up()

    @precondition(lambda self: len(self.known.chats) < 5)
    @rule(left=st.integers(-1, 20))
    def chat(self, left):
        """A chat whose 18 months are over in `left` days."""
        contact = self.stage.make_contact("my dad shouts", "that is hard", ended=True)
        contact.purge_on = london_today() + timedelta(days=left)
        contact.save(update_fields=["purge_on"])
        Visit.objects.create(contact=contact, confidentiality=1, privacy=1)
        code, last_day = rights.with_code(contact), self.known.day + left
        self.known.chats.append(Chat(contact.pk, contact.key_id, code, last_day))

    @rule(days=DAYS)
    def days_pass(self, days):
        """The database grows older; the clock of the machine stays, or the purge would stop."""
        span = timedelta(days=days)
        living = Contact.objects.filter(purged_on=None)
        living.update(purge_on=F("purge_on") - span, spared_until=F("spared_until") - span)
        Hold.objects.update(released_at=F("released_at") - span)
        Erasure.objects.update(not_before=F("not_before") - span)
        self.known.day += days

    @rule(which=WHICH, kind=st.sampled_from([Hold.Kind.SAFEGUARDING, Hold.Kind.LEGAL]))
    def hold(self, which, kind):
        chat = self.one(which)
        safety = kind == Hold.Kind.SAFEGUARDING
        ground = Hold.Ground.HARMED_NOW if safety else Hold.Ground.CLAIM
        said = {"kind": kind, "ground": ground, "reason": WHY}
        said["review_on"] = add_months(london_today(), 1)
        contact, by = self.contact(chat), self.stage.supervisor
        placed = self.attempt(lambda: Hold.objects.place(contact, by=by, **said))
        assert placed == (chat in self.alive())
        if placed:
            newest = Hold.objects.exclude(kind=Hold.Kind.RIGHTS).in_force().latest("placed_at")
            self.known.holds[newest.pk] = chat.pk
            self.came_about["held"] += 1

    @rule(which=WHICH)
    def release(self, which):
        theirs = {each[1] for each in self.known.requests.values()}
        mine = [hold for hold in self.known.holds if hold not in theirs]
        if mine:
            pk = mine[which % len(mine)]
            hold = Hold.objects.get(pk=pk)
            assert self.attempt(lambda: hold.release(by=self.stage.supervisor, reason=WHY))
            self.known.released[self.known.holds.pop(pk)] = self.known.day

    @rule(which=WHICH, kind=st.sampled_from([Kind.ACCESS, Kind.ERASE]), on=st.integers(0, 3))
    def ask(self, which, kind, on):
        """A request about one chat; `on` says how far it comes before anything else happens."""
        chat = self.one(which)
        readable = chat in self.alive() and self.known.is_readable(chat)
        with transaction.atomic():
            request = rights.take_in(kind, by=self.stage.dpo)
            rights.known(request, self.stage.dpo)
            request.locate(by=self.stage.dpo)
            found = request.find_by_code(chat.code, by=self.stage.dpo)
        assert found == readable, "Words open what may be read, and nothing else."
        if found:
            own = request.concerns.get().hold_id
            self.known.holds[own] = chat.pk
            self.known.requests[request.pk] = (chat.pk, own, kind == Kind.ERASE)
            for go_on in (self.answered, self.destroyed, self.closed)[:on]:
                go_on(self.open_request(-1))

    @rule(which=WHICH)
    def answer(self, which):
        """Approve the answer to a request: what is to be deleted goes with the next run."""
        if request := self.open_request(which):
            self.answered(request)

    def answered(self, request):
        def act():
            if request.status == Status.RECEIVED:  # by their own words
                request.acknowledge(by=self.stage.dpo)
                request.locate(by=self.stage.dpo)
            request.collect(by=self.stage.dpo)
            rights.reviewed(request, self.stage.dpo)
            request.propose(Status.RELEASED, by=self.stage.dpo, reasons=WHY)
            request.approve(by=self.stage.lead)

        pk, own, deletes = self.known.requests[request.pk]
        if self.attempt(act) and deletes:
            self.known.plans[request.erasure.pk] = (pk, own, self.known.day)

    @rule(which=WHICH, withdrawn=st.booleans())
    def close(self, which, withdrawn):
        if request := self.open_request(which):
            self.closed(request, withdrawn)

    def closed(self, request, withdrawn=False):
        def act():
            if withdrawn:
                request.withdraw(by=self.stage.dpo, why=WHY)
                request.close(by=self.stage.dpo)
            elif request.is_answered():
                rights.told_and_closed(request, self.stage.dpo)
            else:
                request.close(by=self.stage.dpo)

        if self.attempt(act):
            _, own, _ = self.known.requests.pop(request.pk)
            self.known.holds.pop(own, None)
            self.came_about["closed"] += 1

    def open_request(self, which: int) -> RightsRequest | None:
        ids = list(self.known.requests)
        if not ids:
            return None
        return RightsRequest.objects.with_key().get(pk=ids[which % len(ids)])

    @rule()
    def purge(self):
        had = len(self.gone)
        left = self.destroying(
            lambda: retention.purge_all(london_today()), self.known.may_be_purged
        )
        assert not left, "Something is due and nothing keeps it, and it is still there."
        self.came_about["purged"] += len(self.gone) - had

    @rule()
    def erase(self):
        self.destroyed()

    def destroyed(self, _request=None):
        had = len(self.gone)
        left = self.destroying(lambda: erasing.run_due(timezone.now()), self.known.may_be_erased)
        assert not left, "A deletion that nothing stops has not been done."
        self.came_about["erased"] += len(self.gone) - had
        self.stopped()

    def stopped(self):
        """What a hold kept from a deletion by the person is a request now, and no deletion."""
        now = self.known
        due = {
            plan: pk for plan, (pk, own, when) in now.plans.items() if not own and when <= now.day
        }
        now.plans = {plan: said for plan, said in now.plans.items() if plan not in due}
        self.keep_what_was_asked()

    @rule(which=WHICH, later=st.booleans())
    def delete(self, which, later):
        """The person, with their own words, from a page that they have open."""
        chat = self.one(which)
        visit = Visit.objects.select_related("contact").filter(pk=chat.pk).first()
        if visit is None:
            return
        free = self.known.is_readable(chat) and not self.known.keepers(chat)
        stopped = self.known.is_readable(chat) and not free

        def may(each):
            at_once = each.pk == chat.pk and free and not later
            return at_once or self.known.may_be_erased(each)

        before = set(Erasure.objects.values_list("pk", flat=True))
        self.destroying(lambda: acting.delete(visit, later=later), may)
        if self.known.is_readable(chat):
            plans = self.known.plans.items()
            self.known.plans = {pk: of for pk, of in plans if of[:2] != (chat.pk, None)}
        for plan in Erasure.objects.exclude(pk__in=before):
            self.known.plans[plan.pk] = (chat.pk, None, self.known.day + later)
            self.came_about["deleted"] += 1
        if stopped:
            self.keep_what_was_asked()

    def keep_what_was_asked(self):
        """What is stopped becomes a request of its own, with a hold of nobody."""
        asked = RightsRequest.objects.open().exclude(pk__in=self.known.requests)
        for request in asked.filter(concerns__isnull=False):
            concern = request.concerns.get()
            self.known.holds[concern.hold_id] = concern.contact_id
            self.known.requests[request.pk] = (concern.contact_id, concern.hold_id, True)

    @rule()
    def back_up(self):
        """A point to which the database can be set back; what lies outside it stays as it is."""
        self.backup = transaction.savepoint(), copy.deepcopy(self.known)

    @rule()
    def restore(self):
        now, gone_since = self.known.day, bool(self.gone)
        point, self.known = self.backup[0], copy.deepcopy(self.backup[1])
        transaction.savepoint_rollback(point)
        behind = ledger.ahead()
        if behind:
            for work in (ledger.be_level, lambda: retention.purge_all(london_today())):
                with pytest.raises(ledger.DatabaseBehind):
                    work()
        assert gone_since or not behind
        there = {chat.pk for chat in self.alive()}
        call_command("replay_ledger", stdout=self.stage.quiet)
        assert {chat.pk for chat in self.alive()} == there - self.gone
        holds = self.known.holds.items()
        self.known.holds = {hold: pk for hold, pk in holds if pk not in self.gone}
        if now > self.known.day:
            self.days_pass(now - self.known.day)
        self.came_about["restored"] += bool(there & self.gone)

    # What is always so --------------------------------------------------------------------------

    @invariant()
    def read_is_what_may_be_read(self):
        """Through every door: the lead's, the team's, the person's own words and the verbs."""
        readable = {chat.pk for chat in self.alive() if self.known.is_readable(chat)}
        assert set(Contact.objects.unexpired().values_list("pk", flat=True)) == readable
        for staff in (self.stage.lead, self.stage.supervisor):
            theirs = Contact.objects.visible_to(staff).values_list("pk", flat=True)
            assert set(theirs) <= readable
        for chat in self.known.chats:
            visit = Visit.objects.select_related("contact").filter(pk=chat.pk).first()
            own = {each.pk for each in acting.own(visit)} if visit else set()
            assert own == {chat.pk} & readable

    @invariant()
    def what_is_kept_opens(self):
        for contact in Contact.objects.with_key().filter(purged_on=None):
            words = [line.words for line in Line.objects.opened(contact)]
            assert words == ["my dad shouts", "that is hard"]

    @invariant()
    def what_has_gone_stays_gone(self):
        gone = [chat for chat in self.known.chats if chat.pk in self.gone]
        assert not Contact.objects.filter(pk__in=self.gone, purged_on=None).exists()
        assert not Line.objects.filter(contact__in=self.gone).exists()
        assert not DataKey.objects.filter(pk__in=[chat.key for chat in gone]).exists()


@pytest.fixture
def stage(make_contact, supervisor, dpo, lead):
    """Who acts, and nothing that has come about yet."""
    with open(os.devnull, "w") as quiet:
        people = {"supervisor": supervisor, "dpo": dpo, "lead": lead}
        Days.stage = SimpleNamespace(make_contact=make_contact, quiet=quiet, **people)
        Days.came_about = Counter()
        yield


def test_c21_whatever_happens_in_whatever_order(stage):
    """C21, s.173, S2-36, S2-37: some orders, or 2,000 when thorough; each of 30 acts."""
    run_state_machine_as_test(
        Days,
        settings=settings(
            max_examples=ORDERS,
            stateful_step_count=ACTS,
            deadline=None,
            derandomize=True,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_c21_each_of_these_acts_comes_about(stage):
    """C21: one order by hand, or chance might leave something out unseen."""
    days = Days()
    days.chats([1, 1, 1, 30])
    days.hold(0, Hold.Kind.LEGAL)
    days.days_pass(1)
    days.purge()
    assert len(days.gone) == 2, "what is held stays, and what is not due"
    days.ask(3, Kind.ERASE, 3)
    days.release(0)
    days.delete(0, later=False)
    days.days_pass(7)
    days.purge()
    days.chat(20)
    days.delete(4, later=False)
    days.restore()
    for holds in (days.read_is_what_may_be_read, days.what_is_kept_opens):
        holds()
    days.what_has_gone_stays_gone()
    days.teardown()
    done = dict(days.came_about)
    assert done == {
        "held": 1,
        "purged": 3,
        "erased": 1,
        "closed": 1,
        "deleted": 1,
        "restored": 1,
    }
