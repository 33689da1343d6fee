"""Rows that are filled into a pattern are escaped as if a template had drawn them (N07)."""

import pytest

from contacts.patterns import filled, joined, pattern

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


def test_joined_rows_reach_a_template_as_they_are():
    assert str(joined([filled("<i>{a}</i>", a="<")] * 2)) == "<i>&lt;</i>\n<i>&lt;</i>"
