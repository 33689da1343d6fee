"""Rows that are filled into a pattern are escaped as if a template had drawn them (N07)."""

import pytest
from django.template import Context, Template

from contacts.patterns import BETWEEN, all_filled, filled, pattern

pytestmark = pytest.mark.django_db

HOSTILE = [
    "<script>alert(1)</script>",
    "' onmouseover='alert(1)",
    '"><img src=x onerror=alert(1)>',
    "{number} {0.__class__} {{7*7}} {% debug %}",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_n07_hostile_words_stay_words_in_a_line(signed_in, worker, make_contact, words):
    contact = make_contact(words, worker=worker)
    text = signed_in(worker).get(contact.get_absolute_url()).content.decode()
    assert words not in text or "<" not in words
    names = ("number", "side", "speaker_label", "time", "text")
    line = pattern("contacts/_line.html", names, ("cannot_open", False))
    values = {"number": 1, "side": "person", "speaker_label": "Person", "time": "9:40"}
    drawn = filled(line, text=words, **values)
    assert drawn.count("<") == filled(line, text="", **values).count("<")
    assert drawn.count('"') == filled(line, text="", **values).count('"')


def test_a_value_with_the_name_of_another_is_not_filled_in_again():
    assert filled("<i>{a}</i>{b}", a="{b}", b="secret") == "<i>{b}</i>secret"


def test_rows_reach_a_template_as_they_are():
    rows = [("<i>{a}</i> 1%", {"a": "<"}), ("<b>{b}{a}</b>", {"a": "%s", "b": "&"})]
    said = all_filled(rows)
    assert Template("{{ said }}").render(Context({"said": said})) == (
        "<i>&lt;</i> 1%\n<b>&amp;%s</b>"
    )


def test_no_value_can_end_where_the_next_begins():
    """All values are escaped together, with a mark between them: a value may hold that mark."""
    rows = [("<i>{a}</i>{b}", {"a": f"<{BETWEEN}>", "b": BETWEEN})]
    assert all_filled(rows) == f"<i>&lt;{BETWEEN}&gt;</i>{BETWEEN}"
