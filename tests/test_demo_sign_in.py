"""The demonstration's one click: a real sign-in's last step, on this machine only."""

import pytest
from django.urls import get_resolver, path

from helpline.demo import people, public
from helpline.foundation.staff.models import Session
from helpline.foundation.staff.roles import Role
from helpline.urls import urlpatterns as real_pages
from tests.signing_in import OWN_PAGE

urlpatterns = [*real_pages, path("demo/sign-in/", public.sign_in, name="demo_sign_in")]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
CLICK = "/demo/sign-in/"


@pytest.mark.parametrize("role", Role.values)
def test_one_click_signs_in_as_each_role(client, role):
    people.arrive()

    answer = client.post(CLICK, {"role": role}, headers={"Host": "127.0.0.1:8000"})

    assert answer.status_code == 302
    assert client.get(OWN_PAGE).status_code == 200
    session = Session.objects.get(staff=people.member(Role(role)))
    assert session.second_factor


@pytest.mark.parametrize("role", ["", "boss", "worker\x00"])
def test_only_the_cast_can_be_signed_in(client, role):
    people.arrive()
    assert client.post(CLICK, {"role": role}, headers={"Host": "localhost"}).status_code == 404


@pytest.mark.parametrize("host", ["helpline.example", "127.0.0.1.helpline.example", "10.0.0.1"])
def test_click_from_elsewhere_finds_nothing(client, settings, host):
    settings.ALLOWED_HOSTS = ["*"]
    people.arrive()
    assert client.post(CLICK, {"role": "worker"}, headers={"Host": host}).status_code == 404


def test_click_that_another_site_makes_finds_nothing(client):
    people.arrive()
    headers = {"Host": "localhost", "Origin": "https://elsewhere.example"}
    assert client.post(CLICK, {"role": "worker"}, headers=headers).status_code == 404


def test_click_needs_a_press(client):
    assert client.get(CLICK, headers={"Host": "localhost"}).status_code == 405


@pytest.mark.urls("helpline.urls")
def test_without_the_demonstration_there_is_no_such_page(client):
    assert not any(
        page.name == "demo_sign_in" for page in get_resolver().url_patterns if hasattr(page, "name")
    )
    assert client.post(CLICK, {"role": "worker"}).status_code == 404
