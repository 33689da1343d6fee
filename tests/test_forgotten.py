"""What was removed of something that stays does not come back with a restored database (C17)."""

import json

import pytest
from django.core.management import call_command

from contacts.models import (
    Consent,
    Contact,
    Entry,
    Forgotten,
    Link,
    LostBasis,
    Purpose,
    ServiceUser,
)
from helpline import ready
from helpline.foundation.calendar import london_today
from privacy import ledger, retention
from tests.clusters import cluster, dump, living_in
from tests.known import make_link, make_record
from tests.test_taken_back import taken_back

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chat(make_contact, worker, team) -> Contact:
    """A chat with a nickname and answers, put together with a record."""
    chat = make_contact("it is me", worker=worker, team=team, nickname="Otter")
    chat = Contact.objects.with_key().get(pk=chat.pk)
    chat.survey.create(contact=chat, number=1, question="How was it?", answer="fine")
    record = make_record(chat, worker)
    make_link(chat, record, worker)
    Entry.objects.write(record, "We found a bed.", by=worker, contact=chat)
    return chat


def forget(chat, worker, dpo) -> None:
    """They ask to be anonymous again, and their nickname and answers are removed."""
    Link.objects.get().unlink(by=worker)
    taken_back(chat)
    for what in ("nickname", "survey"):
        LostBasis.objects.get(what=what).remove(by=dpo)


def purge() -> None:
    retention.purge_all(london_today())


def parts() -> list[dict]:
    return [json.loads(line) for line in ledger.path().read_text().splitlines()]


def test_c17_the_next_purge_tells_the_ledger_and_only_by_random_ids(chat, worker, dpo):
    link = Link.objects.get().pk
    forget(chat, worker, dpo)
    assert Forgotten.objects.count() == 3
    purge()
    told = {"unlinked": [link.hex], "nickname": [chat.pk.hex], "survey": [chat.pk.hex]}
    assert parts() == [{"number": 1, "gone": []} | told, {"done": 1}]
    assert not Forgotten.objects.exists()
    purge()
    assert len(parts()) == 2


def test_c17_whoever_was_made_anonymous_again_stays_so_after_a_restore(
    chat, worker, dpo, tmp_path, capsys
):
    ready.check()
    backup = dump(tmp_path / "backup")
    forget(chat, worker, dpo)
    purge()
    with cluster() as made:
        made.restore(backup)
        with living_in(made):
            assert Link.objects.exists()
            with pytest.raises(ready.NotReady, match="1 entries of the erasure ledger"):
                ready.check()
            call_command("replay_ledger")
            assert capsys.readouterr().out == "replayed=1 entry=1 contacts destroyed again=0\n"
            ready.check()
            restored = Contact.objects.with_key().get(pk=chat.pk)
            assert not Link.objects.exists()
            assert not Entry.objects.exists()
            assert ServiceUser.objects.kept().exists()
            assert Consent.objects.standing(restored)[Purpose.RECORD].answer == "withdrawn"
            assert restored.nickname is None
            assert not restored.survey.exists()
            assert restored.lines.count() == 1


def test_c17_a_link_that_was_made_anew_is_another_and_stays(chat, worker, dpo):
    forget(chat, worker, dpo)
    make_link(chat, make_record(chat, worker), worker)
    purge()
    (entry,) = ledger.entries()
    ServiceUser.objects.filter(links=None).update(status="leaving")
    retention.replay(entry, london_today(), retention.PurgeRun.objects.create())
    assert Link.objects.count() == 1


def test_c17_links_of_a_record_that_lost_its_basis_are_told_too(chat, worker):
    link = Link.objects.get().pk
    Consent.objects.withdraw(chat, Purpose.RECORD, by=worker, how="voice")
    assert Forgotten.objects.get().which == link
