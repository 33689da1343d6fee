"""E-mails of many programs come in as words: no header, HTML, pixel, signature or attachment."""

import base64
import io
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.management.commands import receive_email
from contacts.models import Contact, Dispatch
from contacts.written import mail
from contacts.written.arriving import take_in, take_report
from contacts.written.message import Message, Report, Sign, Unreadable
from tests.test_texts_in import everything
from tests.texting import MAILBOX, a_mail, mailed, transcript

MAILS = Path(__file__).parent / "mails"
MACHINES = {"out-of-office", "newsletter", "bounce", "read-receipt", "vacation-by-header-alone"}
SIGNED = Sign.SIGNATURE
SAID = {
    "gmail-web": (
        "I need someone to talk to\n\nMy dad’s been shouting again and I don’t want to go home"
        " tonight.\n\nCan you help?"
    ),
    "outlook-reply": "Yes please. I’m at my nan’s until Friday.",
    "outlook-html-only": "help 😔\n\nI can’t go home.\n\nPlease answer.",
    "iphone": "ok i will call tomorrow",
    "android-gmail-reply": ("- he took my phone\n- he says he knows where i am\nthanks for asking"),
    "apple-mail-vcard": "hello\n\nI would like to send a message to my mum.",
    "yahoo-mobile": "missing my sister\n\nshe left 3 weeks ago 😢 what can i do",
    "wrong-charset": "broken\n\nCafé on the corner, I’m there at 5",
    "unknown-charset": "hello é there",
    "no-content-type": "plain old mail\nwith two lines",
    "utf-16": "hello",
    "no-sender": "who am I",
    "arabic-windows-1256": "أحتاج إلى المساعدة\nلا أستطيع العودة",
    "bom-and-no-date": "Hello, can you hear me?",
    "broken-quoted-printable": "it’s me again =ZZ and \ufffd\nhalf a letter",
    "flowed": (
        "I write this on the bus and my lines are broken by the program, not by me.\n\n"
        "Second thought."
    ),
    "forwarded-as-attachments": "I put his mails with this. Please tell me what I can do.",
    "gb2312-that-is-gb18030": "我想找人谈谈，镕",
    "html-hidden-preheader": (
        "I am outside the station.\n\nIt is cold & I don’t know who to ask.\n\nx"
    ),
    "invitation": "Can somebody ring my aunt on Friday? She is free then.",
    "iso-2022-jp": "助けて\n\n家に帰れません。\n話を聞いてください。",
    "koi8-r": "Мне нужна помощь.\nЯ не могу вернуться домой.",
    "mms-by-email": "cant talk. he took my card. what do i do",
    "only-a-subject": "please ring nobody, just tell me if you are there",
    "outlook-app-empty-plain": (
        "Can I talk to someone about my cousin?\n\nShe stopped answering on Sunday."
    ),
    "pgp-encrypted": "...",
    "proton": "I don’t want anybody to know that I wrote.\n\nIs that all right?",
    "raw-utf-8-headers": (
        "Grüße – ich brauche Hilfe\n\nIch möchte mit jemandem sprechen. Schön wäre heute."
    ),
    "related-in-mixed-inline-picture": "This is where I wait.",
    "samsung": "i left home yesterday and im at the bus station 😟",
    "smime-signed": "My employer signs all our mail. Please answer here anyway.",
    "winmail-dat": "My son’s phone is off. He is 16.",
    "no-boundary": "=?utf-8?Q?broken=ZZ?= =?foo?B?????= no boundary here",
}
ENCLOSING = ["forwarded-as-attachments", "invitation", "mms-by-email", "pgp-encrypted"]
ENCLOSING += ["related-in-mixed-inline-picture", "smime-signed", "winmail-dat"]
LEFT_OUT = {
    "gmail-web": {SIGNED},
    "iphone": {SIGNED},
    "thunderbird-inline": {SIGNED},
    "apple-mail-vcard": {Sign.ATTACHMENT},
    "yahoo-mobile": {SIGNED},
    "proton": {SIGNED},
    "outlook-reply": {Sign.ANSWERED},
    "samsung": {SIGNED},
    **{name: {Sign.ATTACHMENT} for name in ENCLOSING},
}


def raw(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


@pytest.fixture(autouse=True)
def mailboxes(settings):
    settings.ANSWERS_FROM = "Harbour Line <talk@helpline.example>"


@pytest.mark.parametrize("name", sorted(SAID))
def test_a07_only_what_somebody_wrote_is_left(name):
    found = mail.read(raw(name))
    assert " ".join(found.words.split()) == " ".join(SAID[name].split())


@pytest.mark.parametrize("name", sorted(path.stem for path in MAILS.glob("*.eml")))
def test_a07_no_header_pixel_signature_or_card_is_left_of_any(name):
    found = mail.read(raw(name))
    if name in MACHINES:
        assert found.automatic
        return
    for trace in ["canary", "Canary", "203.0.113", "track.example", "07700", "VCARD", "<img"]:
        assert trace not in found.words, (name, trace)
    assert set(found.left_out) == LEFT_OUT.get(name, set())
    assert found.dropped > 0


def test_what_is_written_between_quoted_lines_is_not_lost():
    words = mail.read(raw("thunderbird-inline")).words
    assert "yes, at a friend’s" in words
    assert "not yet" in words


@pytest.mark.parametrize("name", ["out-of-office", "newsletter"])
def test_what_a_machine_sent_is_known_as_such(name):
    assert mail.read(raw(name)).automatic


def test_a_person_is_not_taken_for_a_machine():
    people = [path.stem for path in MAILS.glob("*.eml")]
    assert [
        name for name in people if name not in MACHINES and mail.read(raw(name)).automatic
    ] == []


def test_a_list_of_what_happened_and_a_thank_you_are_no_signature():
    words = "Please help.\n- he hits me\n- he locks the door\n\nThank you,\nbest wishes"
    assert mail.read(a_mail(words)).words == words


@pytest.mark.parametrize(
    "words",
    [
        "Sent from my iPhone\n\nPlease help, he is going to hurt me tonight",
        "Hello\n\nSent using a library computer\nHe reads my phone. Do not text me.",
        "please answer here\n\nSent from my mum’s phone",
        "I need help\n--\nHe comes home at five and he has a knife",
        "I need help\n__\nHe comes home at five",
        "-- \nI do not know how to begin",
        "I need help\n-- \n" + "He comes home at five and he has a knife. " * 15,
        "I need help\n-- \n" + "not tonight\n" * 14,
        "look\n\nOn Friday he wrote:\nI am coming for you",
        "look\n\nOn Friday he wrote:\nI am coming\n\nhelp\n\n> On Monday we wrote:\n> hello",
    ],
)
def test_what_only_looks_like_a_signature_or_a_quotation_is_kept(words):
    assert mail.read(a_mail(words)).words == words.strip()
    assert mail.read(a_mail(words)).left_out == ()


def test_below_the_line_of_a_mail_program_only_what_is_quoted_goes():
    words = "ok\n\nSent from my iPhone\n\n"
    assert mail.read(a_mail(f"{words}> Are you safe?\n>\n\n")).words == "ok"
    assert mail.read(a_mail("Sent from my iPhone", Subject="STOP")).words == "STOP"
    assert mail.read(a_mail(f"{words}do not text me")).words == "ok\n\ndo not text me"


@pytest.mark.parametrize(
    "above",
    [
        "From: Harbour Line <talk@helpline.example>\nSent: Monday\nTo: me\nSubject: Your message\n",
        "On 3 Nov 2026, at 19:58, Harbour Line <talk@helpline.example> wrote:",
    ],
)
def test_who_writes_into_our_own_mail_is_told_of_to_the_worker(above):
    """No mark tells their words from ours there, so the worker can ask for them again."""
    found = mail.read(a_mail(f"See below\n\n{above}\nAre you safe?\nNO I AM NOT"))
    assert (found.words, found.left_out) == ("See below", (Sign.ANSWERED,))


def test_what_somebody_passes_on_to_us_is_theirs_to_show():
    words = "look what he wrote\n\nFrom: him <he@bad.example>\nSent: Monday\nTo: me\n\nI find you"
    assert "I find you" in mail.read(a_mail(words)).words


def test_their_own_mailbox_is_taken_out_of_their_words():
    assert MAILBOX not in mail.read(a_mail(f"write to {MAILBOX.upper()}")).words.lower()


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?Q?M=C3=BCller=2C_J=C3=BCrgen?= <{}>",
        "=?utf-8?Q?=22other=40b.example=22?= <{}>",
        "=?utf-8?Q?other=40b.example?= <{}>",
        "=?utf-8?B?TcO8bGxlciwg?=\r\n =?utf-8?Q?J?= <{}>",
        "Müller, Jürgen <{}>",
        "{} <{}>",
        '"{}, again" <{}>',
    ],
)
def test_whatever_their_program_makes_of_their_name_they_can_be_answered(name):
    assert mail.read(a_mail(From=name.replace("{}", MAILBOX))).sender == MAILBOX


def test_h05_two_senders_or_a_line_break_in_one_are_no_sender():
    assert mail.read(a_mail(From="a@b.example, c@d.example")).sender == ""
    assert mail.read(a_mail(From="a@b.example\r\nBcc: c@d.example")).sender == "a@b.example"
    assert mail.read(a_mail(From='"a\r\n Bcc: x"@b.example')).sender == ""


# What is made to hurt -----------------------------------------------------------------------------


def attached(kind: str, name: str, held: bytes) -> bytes:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nlook\r\n"
        f'--b\r\nContent-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment;'
        f' filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{base64.encodebytes(held).decode()}\r\n--b--"
    )
    return a_mail(body, Content_Type='multipart/mixed; boundary="b"')


def bomb() -> bytes:
    """A ZIP file that unpacks to a thousand times its size."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("0", b"\0" * 5_000_000)
    return held.getvalue()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/zip", "a.zip"),
        ("application/pdf", "a.pdf"),
        ("image/jpeg", "where-i-am.jpg"),
        ("text/html", "a.html"),
        ("text/calendar", "a.ics"),
    ],
)
def test_h11_an_attachment_is_dropped_unopened_and_counted(kind, name):
    found = mail.read(attached(kind, name, bomb()))
    assert found.words == "look"
    assert found.left_out == (Sign.ATTACHMENT,)
    assert name not in found.words


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_h13_the_end_of_a_very_long_message_is_said_to_be_missing(kind):
    """Its worker can ask for the rest; a message that is not so long says nothing of the kind."""
    words = "One line, and then another.\n" * (9_000 if kind == "text/plain" else 40_000)
    found = mail.read(a_mail(words, Content_Type=f"{kind}; charset=utf-8"))
    assert found.words.startswith("One line, and then another.")
    assert found.left_out == (Sign.LONG,)
    assert mail.read(a_mail("A line.\n" * 100)).left_out == ()


def nested(depth: int) -> bytes:
    head = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth)
    )
    return (f"From: {MAILBOX}\r\n{head}Content-Type: text/plain\r\n\r\nhi\r\n").encode()


HURTING = {
    "a header of a megabyte": lambda: a_mail("hi", X_Long="x" * 1_000_000),
    "ten thousand headers": lambda: a_mail("hi", **{f"X_{n}": "y" for n in range(10_000)}),
    "nested twenty times": lambda: nested(20),
    "nested two thousand times": lambda: nested(2000),
    "ten thousand parts": lambda: a_mail(
        "--b\r\n\r\nx\r\n" * 10_000, Content_Type='multipart/mixed; boundary="b"'
    ),
    "HTML that never closes": lambda: a_mail("<div>" * 100_000 + "hi", Content_Type="text/html"),
    "tables in tables": lambda: a_mail("<table><tr><td>" * 5000, Content_Type="text/html"),
    "one line of a megabyte": lambda: a_mail("a" * 1_000_000),
    "a hundred thousand quotes": lambda: a_mail("> x\r\n" * 100_000),
    "many dates and authors": lambda: a_mail("On Mon, a wrote:\r\n" * 20_000),
    "more than we read": lambda: a_mail("word " * 3_000_000),
    "null bytes": lambda: a_mail("a\0b"),
    "an e-mail in an e-mail": lambda: a_mail(
        "From: x@y.example\r\n\r\ninner", Content_Type="message/rfc822"
    ),
}


@pytest.mark.parametrize("what", sorted(HURTING))
def test_h11_what_is_made_to_hurt_goes_through_quickly_and_without_an_error(what):
    began = time.monotonic()
    found = mail.read(HURTING[what]())
    assert isinstance(found, Message)
    assert found.sender == MAILBOX
    assert "\0" not in found.words
    assert time.monotonic() - began < 10


@given(st.binary(min_size=1, max_size=2000))
def test_any_bytes_are_read_or_refused(held):
    try:
        assert mail.read(held)
    except Unreadable:
        assert not held.strip()


@given(st.sampled_from(sorted(MAILS.glob("*.eml"))), st.integers(0, 3000), st.binary(max_size=20))
def test_an_e_mail_damaged_anywhere_is_read_all_the_same(path, at, damage):
    whole = path.read_bytes()
    assert mail.read(whole[:at] + damage + whole[at + len(damage) :] + b"x")


# Stored -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a07_nothing_of_it_is_in_any_table():
    for path in MAILS.glob("*.eml"):
        found = mail.read(path.read_bytes())
        take_report(found) if isinstance(found, Report) else take_in(found)
    stored = everything()
    for trace in ["canary", "Canary", "203.0.113", "track.example", "whence", "Zephyr", "nan’s"]:
        assert trace not in stored, trace


@pytest.mark.django_db
def test_a_signature_and_an_attachment_are_told_to_the_worker_and_not_kept():
    take_in(mail.read(raw("apple-mail-vcard")))
    said = transcript(Contact.objects.get())
    assert ("system", "Not kept: an attachment or picture.") in said


@pytest.mark.django_db
def test_delivered_twice_it_is_stored_once():
    letter = a_mail("once")
    assert [take_in(mail.read(letter)) for _ in range(3)] == ["stored", "repeated", "repeated"]
    assert Contact.objects.count() == 1


@pytest.mark.django_db
def test_a_long_e_mail_is_stored_whole_in_several_lines():
    words = "\n".join(f"{number} " + "word " * 100 for number in range(60))
    contact = mailed(words)
    lines = [said for who, said in transcript(contact) if who == "person"]
    assert len(lines) > 5
    assert all(len(line) <= 4000 for line in lines)
    assert "".join("".join(lines).split()) == "".join(words.split())


@pytest.mark.django_db
def test_a_bounce_is_shown_on_the_message_that_came_back(worker):
    contact = mailed("hello")
    contact.take(by=worker)
    dispatch = Dispatch.objects.get()
    dispatch.sent(str(dispatch.pk))
    found = mail.read(raw("bounce").replace(b"REFERENCE", str(dispatch.pk).encode()))
    assert found == Report(str(dispatch.pk), "failed", found.dropped, key=str(dispatch.pk))
    take_report(found)
    dispatch.refresh_from_db()
    assert (dispatch.status, dispatch.why) == ("failed", "bounced")


@pytest.mark.django_db
def test_a_delay_is_no_failure():
    held = raw("bounce").replace(b"Status: 5.1.1", b"Status: 4.4.1")
    assert not isinstance(mail.read(held), Report)


# The pipe of a mail server ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_mail_servers_pipe_hands_one_over(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw("gmail-web"))))
    receive_email.Command().handle()
    assert Contact.objects.get().channel == "email"
    assert "canary" not in capsys.readouterr().out.lower()


@pytest.mark.django_db
def test_what_is_no_e_mail_is_refused_for_good(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b" \n")))
    with pytest.raises(SystemExit) as end:
        receive_email.Command().handle()
    assert end.value.code == receive_email.NO_MAIL
