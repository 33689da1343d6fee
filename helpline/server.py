"""uvicorn as we run it: nothing is switched on that remembers who came.

Every process imports this before Django is set up.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from helpline.foundation.door import HEADERS_TOGETHER, LIVE, unreadable

GRACE = 5  # seconds for pages under way when the server is asked to stop; the slowest takes one
KEEP_ALIVE = 75  # seconds; longer than the proxies in front, which must be the ones to hang up


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP, but it forgets addresses, bounds headers, and lets streams go at once."""

    def connection_made(self, transport):
        super().connection_made(transport)
        self.client = None
        self.undecided = 0  # bytes that have arrived since the last whole head or piece of body

    def data_received(self, data):
        self.undecided += len(data)
        super().data_received(data)
        if self.undecided > HEADERS_TOGETHER and not self.transport.is_closing():
            self.send_400_response("")

    def on_headers_complete(self):
        self.undecided = 0
        super().on_headers_complete()

    def on_body(self, body):
        self.undecided = 0
        super().on_body(body)

    def send_400_response(self, msg):
        """Refuse what is not HTTP with a page and headers of ours."""
        self.transport.write(unreadable())
        self.transport.close()

    def shutdown(self):
        """The server stops: pages finish, streams need not; their pages come back by themselves."""
        super().shutdown()
        if self.cycle and not self.cycle.response_complete and self.scope["path"].startswith(LIVE):
            self.transport.close()


SERVER = {
    "http": Protocol,
    "ws": "none",
    "lifespan": "on",
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "proxy_headers": False,
    "timeout_keep_alive": KEEP_ALIVE,
    "timeout_graceful_shutdown": GRACE,
}
