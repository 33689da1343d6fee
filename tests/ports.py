"""Ports for servers of our own."""

import random
import socket

OURS = range(20_000, 32_000)  # below those that connections going out are given


def free_port() -> int:
    """A loopback port that nobody listens on, and that nobody is handed by chance meanwhile."""
    chance = random.SystemRandom()
    while True:
        port = chance.choice(OURS)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
