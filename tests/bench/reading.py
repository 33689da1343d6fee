"""Row 6: a transcript of 200 lines opened, against nothing but its cipher; and its page."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contacts.models import Contact, Line
from contacts.models.words import open_all
from helpline.foundation.vault.models import DataKey
from tests.bench.filling import a_conversation, settled
from tests.bench.pages import Browser, quickest
from tests.bench.table import RUNS, Row, median, ms, several, times

LINES = 200
ROUNDS = 200


def measure(browser: Browser) -> list[Row]:
    """Opening is all but the SQL: unwrapping the key and unsealing every line."""
    contact = a_conversation(LINES)
    settled()
    lines = list(Line.objects.filter(contact=contact).order_by("number"))
    cipher_alone, opening, with_sql, pages = [], [], [], []
    for _ in range(RUNS):
        cipher_alone.append(quickest(only_the_cipher(lines), ROUNDS))
        opening.append(quickest(lambda: open_all(fresh(contact), lines), ROUNDS))
        with_sql.append(quickest(lambda: from_the_database(contact), ROUNDS))
        pages.append(quickest(lambda: browser.get(contact.get_absolute_url()), ROUNDS // 4))
    return [
        Row(
            f"6 open a transcript of {LINES} lines",
            ms(median(opening)),
            f"{LINES} × AES-GCM + 1 unwrap {ms(median(cipher_alone))}",
            f"≤ 0.4 ms (is {times(median(opening) / median(cipher_alone))})",
            median(opening) <= 0.0004,
            several(opening, ms),
        ),
        Row("6 … with its SQL", ms(median(with_sql)), "–", "–", True, several(with_sql, ms)),
        Row(
            "6 its page",
            ms(median(pages)),
            f"opening {ms(median(opening))}",
            "≤ 25 ms",
            median(pages) <= 0.025,
            several(pages, ms),
        ),
    ]


def fresh(contact: Contact) -> Contact:
    """The contact with its key as it comes from the database: still wrapped."""
    key = contact.key
    contact.key = DataKey(id=key.id, epoch=key.epoch, wrapped=key.wrapped)
    return contact


def from_the_database(contact: Contact) -> list[Line]:
    return Line.objects.opened(Contact.objects.with_key().get(pk=contact.pk))


def only_the_cipher(lines: list[Line]):
    """The same sizes decrypted in a bare loop, and one key unwrapped."""
    root, raw, nonce = AESGCM(AESGCM.generate_key(256)), AESGCM.generate_key(256), os.urandom(12)
    wrapped, cipher, place = root.encrypt(nonce, raw, b"epoch"), AESGCM(raw), b"x" * 40
    sizes = [len(line.__dict__["text"]) - 29 for line in lines]
    sealed = [cipher.encrypt(nonce, b"\0" * size, place) for size in sizes]

    def work():
        opener = AESGCM(root.decrypt(nonce, wrapped, b"epoch"))
        for words in sealed:
            opener.decrypt(nonce, words, place)

    return work
