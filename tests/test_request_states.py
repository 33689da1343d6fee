"""Whatever is tried on a request, in whatever order: nothing leaves that was not agreed and
approved, and nobody is told twice of nothing."""

from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from contacts.models import ActionRequest
from helpline.foundation.outbox.models import Message
from helpline.foundation.states import Refused, WrongState
from tests.asking import agreed, ask, given

pytestmark = pytest.mark.django_db

AFTER = {
    "asked": {"agreed", "stopped"},
    "agreed": {"asked", "approved", "stopped"},
    "approved": {"asked", "under-way", "stopped"},
    "under-way": {"done", "stopped"},
    "done": {"told"},
    "told": {"done"},
    "stopped": set(),
}
WORDS = st.sampled_from(["I am safe.", "Please do not look for me.", "Happy birthday, Mum."])
ROUTES = st.sampled_from(["phone", "email"])


class Acts(RuleBasedStateMachine):
    """The verbs of a request, by the people on the stage that the test sets."""

    stage: SimpleNamespace
    reached: set[str]

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()
        Message.objects.all().delete()
        self.action = ask(self.stage.contact, self.stage.worker)
        self.before, self.heard, self.read, self.route = "asked", "", "", "phone"

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)

    def attempt(self, verb, *args, **said) -> bool:
        """Try one verb; False when it is refused, and then nothing has changed."""
        was = snapshot(self.action)
        try:
            with transaction.atomic():
                verb(*args, **said)
        except (Refused, WrongState):
            assert snapshot(self.action) == was
            self.action = ActionRequest.objects.with_key().get(pk=self.action.pk)
            return False
        return True

    @rule()
    def go_on(self):
        """What comes next, done right: otherwise chance would seldom get far."""
        next_ = {
            "asked": lambda: agreed(self.action, self.stage.worker, route=self.route),
            "agreed": self.approve_rightly,
            "approved": self.begin,
            "under-way": lambda: self.action.finish("passed", by=self.stage.worker),
            "done": lambda: self.tell_rightly(),
        }
        if step := next_.get(self.before):
            step()
            if self.before == "asked":
                self.heard = self.action.agreed_mark

    def approve_rightly(self):
        self.check_rightly()
        self.read = self.action.mark()
        self.action.approve(by=self.stage.supervisor, mark=self.read)

    def check_rightly(self):
        mark = self.action.recipient_mark()
        self.action.check_recipient("published", by=self.stage.worker, mark=mark)

    def tell_rightly(self, how="in-contact"):
        self.action.tell(how, by=self.stage.worker, read=self.action.last_step())

    def begin(self):
        by = {"by": self.stage.worker}
        if self.route == "email":
            self.action.send(**by)
        else:
            self.action.tried("reached", **by)

    @rule(words=WORDS, route=ROUTES)
    def write_down(self, words, route):
        details = {"words": words, "route": route}
        if self.attempt(lambda: given(self.action, self.stage.worker, **details)):
            self.route = route

    @rule()
    def check(self):
        self.attempt(self.check_rightly)

    @rule(fresh=st.booleans())
    def agree(self, fresh):
        mark = self.action.mark() if fresh else "what was never read"
        if self.attempt(self.action.agree, by=self.stage.worker, mark=mark):
            assert fresh
            self.heard = mark

    @rule(by_another=st.booleans())
    def approve(self, by_another):
        by, mark = self.stage.supervisor if by_another else self.stage.worker, self.action.mark()
        if self.attempt(self.action.approve, by=by, mark=mark):
            assert by_another
            assert self.action.checked
            self.read = mark

    @rule()
    def reopen(self):
        if self.attempt(self.action.reopen, by=self.stage.worker):
            self.heard = self.read = ""

    @rule()
    def send(self):
        self.attempt(self.action.send, by=self.stage.worker)

    @rule(came=st.sampled_from(["reached", "no-answer", "voicemail", "approved"]))
    def ring(self, came):
        self.attempt(self.action.tried, came, by=self.stage.worker)

    @rule(result=st.sampled_from(["passed", "not-reached"]))
    def finish(self, result):
        self.attempt(self.action.finish, result, by=self.stage.worker)

    @rule()
    def reply(self):
        self.attempt(self.action.answered, "Thank you.", by=self.stage.worker)

    @rule(how=st.sampled_from(["in-contact", "called"]))
    def tell(self, how):
        self.attempt(self.tell_rightly, how)

    @rule()
    def keep(self):
        self.attempt(self.action.keep, by=self.stage.worker)

    @rule()
    def stop(self):
        self.attempt(self.action.stop, by=self.stage.worker)

    @invariant()
    def it_moves_only_as_it_may(self):
        now = ActionRequest.objects.get(pk=self.action.pk).status
        assert now == self.before or now in AFTER[self.before], (self.before, now)
        self.before = now
        self.reached.add(now)

    @invariant()
    def nothing_goes_that_was_not_heard_and_read(self):
        row = ActionRequest.objects.with_key().get(pk=self.action.pk)
        if row.status in {"approved", "under-way", "done", "told"}:
            assert row.mark() == self.heard == self.read

    @invariant()
    def a_letter_waits_only_for_what_is_on_its_way(self):
        now = ActionRequest.objects.get(pk=self.action.pk).status  # whichever invariant is first
        letters = Message.objects.filter(sent_at=None).count()
        assert letters <= (now in {"under-way", "done", "told"})

    @invariant()
    def it_was_tried_three_times_at_most(self):
        assert self.action.steps.exclude(attempt=None).count() <= 3


def snapshot(action: ActionRequest) -> tuple:
    """Everything the database holds of it."""
    row = ActionRequest.objects.filter(pk=action.pk).values_list()[0]
    plain = tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
    return plain, action.steps.count(), Message.objects.count()


def test_no_order_of_acts_lets_anything_go_that_was_not_agreed(contact, worker, supervisor):
    """E15 as a machine: verbs in any order, by anybody, with the right words or wrong ones."""
    Acts.stage = SimpleNamespace(contact=contact, worker=worker, supervisor=supervisor)
    Acts.reached = set()
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Acts,
        settings=settings(
            max_examples=100,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=quiet,
        ),
    )
    assert Acts.reached == set(AFTER)
