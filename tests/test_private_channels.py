"""We don't write to people privately and don't ask to meet them: what a line may not hold."""

import time

import pytest

from contacts import private_channels
from contacts.models import Signpost
from contacts.private_channels import found_in, known, known_from

LISTED = known_from(
    [
        "020 7946 0000, help@shelter.example, @shelter_uk on Instagram",
        "WhatsApp 07700 900111",
        "+44 20 7946 0958",
        "116 000",
        "talk@helpline.example",
        "0800 1111",
        "116 123",
    ]
)

PHONES = [
    "ring me on 07700 900123",
    "my number is 0 7 7 0 0 9 0 0 1 2 3",
    "oh seven seven double oh nine double oh one two three",
    "zero seven seven zero zero nine zero zero one two three",
    "+44 7700 900123",
    "+447700900123",
    "00353 1 234 5678",
    "(0)7700-900-123",
    "text 07700.900.123",
    "07700 9 0 0 1 2 3",
    "call 946 0123 after six",
    "phone 7946 0123",
    "０７７００ ９００１２３",
    "07\u200b700900123",
    "0​7​7​0​0​9​0​0​1​2​3",
    "7700900123",
]
MAILS = [
    "write to robin@gmail.com",
    "ROBIN@GMAIL.COM",
    "robin at gmail dot com",
    "robin (at) gmail (dot) com",
    "robin[at]mail.example",
    "robin @ gmail . com",
    "robin at gmail",
    "robin AT yahoo.co.uk",
    "my gmail is robin.hood",
    "my personal email is better",
    "ｒｏｂｉｎ＠ｇｍａｉｌ．ｃｏｍ",
]
HANDLES = [
    "I am @robin_22",
    "insta: robin22",
    "my snap is robin",
    "my Instagram",
    "robin#1234 on discord",
    "t.me/robin",
    "https://www.instagram.com/robin",
    "wa.me/447700900123",
    "discord.gg/abcdef",
    "i'm robin22 on telegram",
    "I’m robin22 on Snapchat",
    "my username is robin",
    "telegram @robin",
    "tiktok handle robin",
    "ig = robin22",
]
INVITATIONS = [
    "dm me",
    "DM me instead",
    "pm me",
    "text me later",
    "whatsapp me",
    "snap me",
    "add me",
    "let's talk on whatsapp",
    "shall we move to signal",
    "call me on my mobile",
    "call me back tonight",
    "you can reach me at home",
    "my dms are open",
    "give me your number",
    "tell me your snapchat",
    "we could talk privately",
    "can I add you on snap",
]
MEETINGS = [
    "meet me at the station",
    "Let’s meet",
    "let us meet tomorrow",
    "can we meet tomorrow",
    "we could meet up",
    "shall we get together",
    "why don't we meet",
    "I'll meet you there",
    "I can pick you up",
    "I will visit you",
    "I could come to you",
    "would you like to meet me",
    "come to mine",
    "come over to my flat",
    "come and stay with me",
    "see you in person",
    "fancy a coffee?",
    "I'll wait for you at the bus stop",
]
STOPPED = [
    (kind, words)
    for kind, many in {
        "phone-number": PHONES,
        "e-mail": MAILS,
        "handle": HANDLES,
        "invitation": INVITATIONS,
        "meeting": MEETINGS,
    }.items()
    for words in many
]
FINE = [
    "Call 999 or 116 000, at any hour",
    "112 works too, and 111 for advice",
    "116 123 is free",
    "you can ring Childline on 0800 1111",
    "ring 020 7946 0000, or 02079460000",
    "+44 20 7946 0958 is on our list",
    "WhatsApp them on 07700 900111",
    "help@shelter.example",
    "@shelter_uk",
    "email us at talk@helpline.example",
    "text 116 000",
    "at 10:30 or 11.45 pm",
    "I'm here until 9 pm",
    "you are 15 and she is 17",
    "ages 12 13 14 15 16",
    "£2 000 000",
    "£1,200.50 in all",
    "60% of people",
    "bus 25 or the 205",
    "buses 12 205 and 86",
    "room 101 on the 3rd floor",
    "page 3 of 12",
    "on 01/02/2026",
    "on 25 11 2026",
    "on 2026-11-25 at 19:30",
    "between 2019-2023",
    "one or two people",
    "two, three or four times",
    "your code has seven words",
    "meet your mum",
    "meet their needs",
    "did you meet him online?",
    "did he ask you to meet him?",
    "how did you two meet?",
    "you met at school",
    "nice to meet you",
    "we won't ask to meet you face to face",
    "I can't meet you",
    "I never meet people",
    "I can come to that in a moment",
    "did he message you on Snapchat?",
    "is he on Instagram a lot?",
    "Snapchat is not always private",
    "do you have his number?",
    "did they text you?",
    "you can call me Robin",
    "they call me Wren",
    "message me here whenever you like",
    "tell me more",
    "talk to me",
    "get back to me whenever you can",
    "find out more",
    "add more if you like",
    "look at bbc.co.uk",
    "who was at home",
    "was she at the station at 5",
]


@pytest.mark.parametrize(("kind", "words"), STOPPED)
def test_h14_ways_out_of_our_channels_are_found(kind, words):
    """H14, S1-12, S1-13."""
    assert kind in found_in(words, LISTED)


@pytest.mark.parametrize("words", FINE)
def test_h14_ordinary_words_and_listed_ways_pass(words):
    """H14: what staff may say every day is never stopped."""
    assert found_in(words, LISTED) == []


@pytest.mark.parametrize("kind", sorted(private_channels.SAID))
def test_every_kind_has_a_reason_in_words(kind):
    assert private_channels.reason([kind]).startswith("a")


def test_several_reasons_are_one_plain_sentence():
    told = private_channels.reason(["e-mail", "handle", "meeting"])
    assert told == (
        "an e-mail address that is not on our list, an account of a messenger or social network"
        " and an invitation to meet"
    )


@pytest.mark.django_db
def test_h14_what_staff_may_say_is_the_signposting_list_and_the_charitys_own(settings):
    settings.HELPLINE_EMAIL = "talk@harbour.example"
    place = Signpost.objects.create(name="Shelter", offers="a bed", reached_by="020 7946 0000")
    said = ["ring 020 7946 0000", "write to talk@harbour.example", "Samaritans: 116 123"]
    assert [found_in(words, known()) for words in said] == [[], [], []]

    Signpost.objects.filter(pk=place.pk).update(dropped_at=place.added_at)
    assert found_in("ring 020 7946 0000", known()) == ["phone-number"]


SLOW = [
    "1 ",
    "a.",
    "meet ",
    "0",
    "@",
    "at dot ",
    "0-",
    "w",
    "one ",
    "double ",
    "call 12 ",
    "don't ",
]


@pytest.mark.parametrize("piece", SLOW)
def test_no_line_of_full_length_is_slow_to_look_through(piece):
    words = (piece * 4000)[:4000]
    begun = time.process_time()
    found_in(words, LISTED)
    assert time.process_time() - begun < 1
