"""How people come in, in which roles, and how they leave: never by one person's word alone."""

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from helpline.demo import people
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Invitation, RoleGrant, Staff
from helpline.foundation.staff.roles import SEES_CONTENT, Role
from helpline.foundation.states import Refused, WrongState
from tests.signing_in import ENROL, code, shown_secret, with_password

pytestmark = pytest.mark.django_db
JOIN = {"name": "Ada", "alias": "Wren", "password": "correct horse battery"}


def path_of(link: str) -> str:
    return "/staff/" + link.partition("/staff/")[2]


def invited(role=Role.WORKER, *, by, email="ada@helpline.example", **known) -> Staff:
    Invitation.objects.invite(email, role, by=by, **known)
    return Staff.objects.get(email=email)


def test_first_administrator_comes_by_command_and_signs_in(capsys, client):
    call_command("invite", "Boss@Helpline.example", role="administrator")
    link = capsys.readouterr().out.split()[-1]

    client.post(path_of(link), JOIN)
    boss = Staff.objects.get(email="boss@helpline.example")
    with_password(boss, client, JOIN["password"])
    secret = shown_secret(client.get(ENROL))
    client.post(ENROL, {"code": code(secret)})

    assert client.get("/staff/people/").status_code == 200


@pytest.mark.parametrize("role", ["worker", "supervisor", "lead", "dpo"])
def test_command_makes_administrators_only(role):
    with pytest.raises(CommandError, match="second person"):
        call_command("invite", "boss@helpline.example", role=role)
    assert not Staff.objects.exists()


def test_command_refuses_where_an_administrator_exists(admin):
    with pytest.raises(CommandError, match="administrator already"):
        call_command("invite", "boss@helpline.example", role="administrator")


def test_command_refuses_what_is_no_address():
    with pytest.raises(CommandError, match="valid email"):
        call_command("invite", "boss", role="administrator")


def test_command_again_replaces_the_link(capsys, client):
    for _ in range(2):
        call_command("invite", "boss@helpline.example", role="administrator", name="Ada")
    first, second = [line for line in capsys.readouterr().out.split() if line.startswith("http")]

    assert client.get(path_of(first)).status_code == 404
    assert client.get(path_of(second)).status_code == 200


def test_link_works_once(admin, client):
    link = path_of(Invitation.objects.invite("ada@helpline.example", Role.WORKER, by=admin))

    assert client.post(link, JOIN).status_code == 302
    assert client.post(link, JOIN).status_code == 404


def test_link_lasts_72_hours(admin, client):
    with time_machine.travel("2026-11-17 09:00:00Z", tick=False) as clock:
        link = path_of(Invitation.objects.invite("ada@helpline.example", Role.WORKER, by=admin))
        clock.shift(72 * 3600 - 1)
        assert client.get(link).status_code == 200
        clock.shift(1)
        assert client.get(link).status_code == 404


def test_link_is_mailed_and_stored_only_as_a_hash(admin):
    link = Invitation.objects.invite("ada@helpline.example", Role.WORKER, by=admin)
    token = link.rstrip("/").rpartition("/")[2]

    assert link in str(Message.objects.select_related("key").get().body)
    assert Invitation.objects.get().token_hash != token


def test_invented_link_is_not_found(client):
    assert client.get("/staff/invitation/invented/").status_code == 404


def test_joining_asks_for_a_good_password_and_a_free_alias(admin, worker, client):
    link = path_of(Invitation.objects.invite("ada@helpline.example", Role.WORKER, by=admin))

    page = client.post(link, {"name": "Ada", "alias": worker.alias.upper(), "password": "short"})

    assert "uses this alias already" in page.content.decode()
    assert "at least 12 characters" in page.content.decode()
    assert not Staff.objects.get(email="ada@helpline.example").is_active


@pytest.mark.parametrize("role", sorted(SEES_CONTENT))
def test_role_that_sees_content_needs_a_second_person(admin, lead, role):
    ada = invited(role, by=admin)
    grant = ada.grants.get()
    assert grant.status == RoleGrant.Status.ASKED

    grant.approve(by=lead)

    assert list(ada.grants.in_force()) == [grant]
    assert AuditEvent.objects.about(ada).filter(action=Action.ROLE_APPROVED).count() == 1


def test_second_administrator_needs_nobody_else_while_there_is_nobody_else(admin):
    assert invited(Role.ADMINISTRATOR, by=admin).grants.in_force().exists()


def test_third_administrator_needs_a_second_person(admin, lead):
    assert invited(Role.ADMINISTRATOR, by=admin).grants.waiting().exists()


def test_one_who_asked_does_not_approve_f13(admin):
    grant = invited(by=admin).grants.get()
    with pytest.raises(Refused, match="second person"):
        grant.approve(by=admin)
    assert grant.status == RoleGrant.Status.ASKED


def test_other_account_of_the_one_who_asked_does_not_approve_f13(admin, make_staff):
    same_human = make_staff("double", Role.DPO, person=admin)
    grant = invited(by=admin).grants.get()
    with pytest.raises(Refused, match="second person"):
        grant.approve(by=same_human)


def test_nobody_approves_their_own_role_on_any_account_f13(admin, lead, make_staff):
    same_human = make_staff("double", person=lead)
    grant = RoleGrant.objects.ask(same_human, Role.SUPERVISOR, by=admin)
    with pytest.raises(Refused, match="own"):
        grant.approve(by=lead)


def test_invitation_may_say_whose_other_account_it_is_f13(admin, worker):
    assert invited(Role.DPO, by=admin, same_person_as=worker).person == worker.person


def test_nobody_changes_their_own_role_or_place(admin):
    for act in (
        lambda: RoleGrant.objects.ask(admin, Role.LEAD, by=admin),
        lambda: admin.grants.get().end(by=admin),
        lambda: admin.assign([], [], by=admin),
        lambda: admin.deactivate(by=admin),
    ):
        with pytest.raises(Refused, match="own"):
            act()


def test_role_is_approved_only_once(admin, lead, dpo):
    grant = invited(by=admin).grants.get()
    stale = RoleGrant.objects.get(pk=grant.pk)
    grant.approve(by=lead)
    with pytest.raises(WrongState):
        stale.approve(by=dpo)
    assert RoleGrant.objects.get(pk=grant.pk).approved_by == lead


def test_role_turned_down_stays_down(admin, lead):
    grant = invited(by=admin).grants.get()
    grant.turn_down(by=lead)
    with pytest.raises(WrongState):
        grant.approve(by=lead)


def test_role_is_not_asked_for_twice(admin, worker):
    with pytest.raises(Refused, match="already"):
        RoleGrant.objects.ask(worker, Role.WORKER, by=admin)


def test_database_refuses_a_worker_appointed_by_one(worker):
    grant = RoleGrant(staff=worker, role=Role.LEAD, status=RoleGrant.Status.IN_FORCE)
    with pytest.raises(IntegrityError, match="role_that_sees_content_has_two_people"):
        grant.save()


def test_several_roles_add_up(make_staff):
    both = make_staff("both", Role.DPO, Role.WORKER)
    assert both.may("see_retention")
    assert both.may("take_contacts")
    assert not both.may("manage_staff")


def test_role_that_waits_allows_nothing(admin):
    ada = invited(by=admin)
    Staff.objects.filter(pk=ada.pk).update(
        is_active=True, name="A", alias="B", joined_at=ada.invitations.get().invited_at
    )
    assert not Staff.objects.get(pk=ada.pk).permissions


def test_one_who_left_returns_with_nothing_but_an_invitation(worker, admin, client):
    worker.deactivate(by=admin)
    assert not worker.grants.live().exists()

    link = Invitation.objects.invite_back(worker, by=admin)
    assert not Staff.objects.get(pk=worker.pk).is_active
    client.post(path_of(link), JOIN | {"alias": worker.alias})

    back = Staff.objects.get(pk=worker.pk)
    assert back.is_active
    assert not back.permissions
    assert not back.authenticator_set.exists()


def test_one_deactivated_twice_is_refused(worker, admin):
    worker.deactivate(by=admin)
    with pytest.raises(Refused, match="already"):
        worker.deactivate(by=admin)


def test_one_invited_and_never_joined_can_be_shut_out(admin, client):
    link = Invitation.objects.invite("ada@helpline.example", Role.WORKER, by=admin)

    Staff.objects.get(email="ada@helpline.example").deactivate(by=admin)

    assert client.get(path_of(link)).status_code == 404


def test_administrator_invites_in_the_browser_and_a_lead_approves(admin, lead, signed_in, team):
    browser = signed_in(admin)
    form = {
        "email": "ada@helpline.example",
        "role": "worker",
        "services": ["helpline"],
        "teams": [team.pk],
    }
    page = browser.post("/staff/people/invite/", form, follow=True).content.decode()
    assert "The invitation is on its way" in page
    assert "/staff/invitation/" not in page  # the link would let the administrator join as them
    grant = RoleGrant.objects.waiting().get()

    signed_in(lead).post(f"/staff/approvals/{grant.pk}/approve/")

    ada = Staff.objects.get(email="ada@helpline.example")
    assert ada.grants.in_force().get().approved_by == lead
    assert (ada.services, list(ada.teams.all())) == (["helpline"], [team])


def test_own_approval_in_the_browser_is_a_plain_refusal(admin, signed_in):
    grant = invited(by=admin).grants.get()

    answer = signed_in(admin).post(f"/staff/approvals/{grant.pk}/approve/")

    assert answer.status_code == 409
    assert "second person" in answer.content.decode()


def test_people_are_placed_deactivated_and_invited_back_in_the_browser(admin, worker, signed_in):
    browser = signed_in(admin)
    page = f"/staff/people/{worker.pk}/"

    browser.post("/staff/people/teams/", {"name": "Night team"})
    browser.post(f"{page}place/", {"services": ["is-this-ok"]})
    browser.post(f"{page}roles/", {"role": "supervisor"})
    browser.post(f"/staff/roles/{worker.grants.in_force().get().pk}/end/")
    worker.refresh_from_db()
    assert worker.services == ["is-this-ok"]
    assert worker.grants.live().get().role == "supervisor"

    assert b"signed out everywhere" in browser.get(f"{page}deactivate/").content
    browser.post(f"{page}deactivate/")
    browser.post(f"{page}invite/")
    assert worker.invitations.open().count() == 1


def test_demonstration_is_told_by_the_real_verbs():
    cast = people.arrive()

    assert set(cast) == set(Role)
    assert all(staff.roles == {role} for role, staff in cast.items())
    assert people.arrive() == cast
    grants = RoleGrant.objects.in_force().filter(role__in=SEES_CONTENT)
    assert all(grant.asked_by != grant.approved_by for grant in grants)
