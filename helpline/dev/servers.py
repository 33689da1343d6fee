"""The private servers of one home: PostgreSQL and Redis, each unless the environment names one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpline.dev import account, environment, postgres, processes, redis
from helpline.dev.account import Account
from helpline.dev.home import Home
from helpline.dev.processes import Service


class Servers:
    """What is prepared before anything starts: places, keys and binaries."""

    def __init__(self, home: Home, hasty: bool = False) -> None:
        self.home = home
        self.account: Account = account.of_servers()
        self.place: Path = account.place(home.link, self.account)
        self.account.folder(home.data)
        self.sockets: Path = account.sockets(home.data / "sockets", self.account)
        self.made = environment.keys(home, postgres.folder(home))
        self.services: list[Service] = []
        self._hasty = hasty

    def start(self, database: bool, broker: bool) -> None:
        """Start those of the two that are wanted."""
        if database:
            passwords = postgres.Passwords(
                superuser=self.made["DATABASE_SUPERUSER_PASSWORD"],
                owner=self.made["DATABASE_OWNER_PASSWORD"],
                application=self.made["DATABASE_PASSWORD"],
            )
            bin_ = postgres.ready(self.home, self.account, passwords)
            server = postgres.service(self.home, self.account, bin_, self.sockets, self._hasty)
            self.services.append(server)
            postgres.start(server, self.home)
        if broker:
            server = redis.service(self.home, self.account, self.sockets)
            self.services.append(server)
            redis.start(server, self.home, self.sockets)

    def stop(self, patience: float) -> None:
        """End them, insisting after `patience` seconds, and forget their sockets."""
        processes.end(self.services, self.home, patience)
        account.forget(self.home.data / "sockets")
        self.home.write_processes({})


@contextmanager
def private(home: Home, *, hasty: bool = False, patience: float = 30) -> Iterator[Servers]:
    """The servers of `home`, for as long as they are needed; those of a killed `run` end first.

    At the end they have `patience` seconds to write everything down; cut short, they recover.
    """
    processes.end_leftovers(home)
    servers = Servers(home, hasty)
    try:
        yield servers
    finally:
        servers.stop(patience)
