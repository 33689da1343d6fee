"""Where the way out leads, without the internet."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PAGE = b"<!doctype html><link rel=icon href=data:,><title>Weather</title><h1>Rain later</h1>"


class Weather(BaseHTTPRequestHandler):
    """A page of somebody else's that any browser may keep."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *words):
        pass


@contextmanager
def weather() -> Iterator[str]:
    """Serve it for a while: its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/weather"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
