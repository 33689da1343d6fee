"""The same work without any framework: `python -m tests.bench.bare`, told on its standard input
where the database is.

A line comes in, is sealed, stored and rung for in one transaction, answered, read again when the
bell is heard, opened and written to the page that shows it. Nobody is asked who they are, no form
is checked, and there is no page: it is the least that can be done.
"""

import asyncio
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg2
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

INSERT = (
    "INSERT INTO contacts_line (contact_id, number, speaker, said_at, text)"
    " VALUES (%s, %s, 'person', now(), %s); SELECT pg_notify('bare', %s)"
)
CIPHER = AESGCM(AESGCM.generate_key(256))
SAID, SHOWN = b"POST /chat/say/ ", b"GET /live/chat/"
STORED = b"HTTP/1.1 204 No Content\r\n\r\n"
OPEN = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: state\n\n"


class Server:
    """Everything that the connections share."""

    def __init__(self, dsn: dict, contacts: dict[str, str]) -> None:
        self.loop = asyncio.get_running_loop()
        self.contacts = contacts  # by cookie
        self.pages: dict[str, asyncio.Transport] = {}  # by contact
        self.numbers = dict.fromkeys(contacts.values(), 0)
        self.writer, self.reader = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self.storing, self.reading, self.bell = (psycopg2.connect(**dsn) for _ in range(3))
        self.reading.autocommit = self.bell.autocommit = True
        self.bell.cursor().execute("LISTEN bare")
        self.loop.add_reader(self.bell.fileno(), self.hear)

    def store(self, contact: str, words: bytes) -> None:
        """In the writer's thread: one line, one commit."""
        number = self.numbers[contact] = self.numbers[contact] + 1
        nonce = os.urandom(12)
        sealed = nonce + CIPHER.encrypt(nonce, words, b"%d" % number)
        cursor = self.storing.cursor()
        cursor.execute(INSERT, (contact, number, sealed, f"{contact}:{number}"))
        self.storing.commit()

    def fetch(self, contact: str, number: str) -> bytes:
        """In the reader's thread: one line, opened."""
        cursor = self.reading.cursor()
        cursor.execute(
            "SELECT text FROM contacts_line WHERE contact_id = %s AND number = %s",
            (contact, number),
        )
        sealed = bytes(cursor.fetchone()[0])
        return CIPHER.decrypt(sealed[:12], sealed[12:], number.encode())

    def hear(self) -> None:
        self.bell.poll()
        while self.bell.notifies:
            contact, _colon, number = self.bell.notifies.pop(0).payload.partition(":")
            asked = self.loop.run_in_executor(self.reader, self.fetch, contact, number)
            asked.add_done_callback(lambda line, page=self.pages[contact]: show(page, line))


def show(page: asyncio.Transport, line: asyncio.Future) -> None:
    page.write(b"data: %b\n\n" % line.result())


class Connection(asyncio.Protocol):
    """A browser: it says lines, or shows them."""

    server: Server

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or (head.startswith(SAID) and b"text=" not in body):
            return
        self.buffer = b""
        cookie = head.partition(b"Cookie: ")[2].partition(b"\r\n")[0].decode()
        contact = self.server.contacts[cookie]
        if head.startswith(SHOWN):
            self.server.pages[contact] = self.transport
            self.transport.write(OPEN)
            return
        words = body.partition(b"text=")[2].replace(b"%23", b"#")
        loop = self.server.loop
        stored = loop.run_in_executor(self.server.writer, self.server.store, contact, words)
        stored.add_done_callback(lambda _done: self.transport.write(STORED))


async def main() -> None:
    order = json.loads(sys.stdin.readline())
    Connection.server = Server(order["dsn"], order["contacts"])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=2048)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.readline)


if __name__ == "__main__":
    try:
        import uvloop
    except ImportError:
        asyncio.run(main())
    else:
        uvloop.run(main())
