"""The way to another system: one signed POST over the Standard Webhooks headers.

The receiver proves who sent it and sees a repeat by its `webhook-id`:
`webhook-signature: v1,` base64 of HMAC-SHA256 over `id.timestamp.body`.
"""

import hashlib
import hmac
import http.client
import time
from base64 import b64decode, b64encode
from urllib.parse import urlsplit

from django.conf import settings

PATIENCE = 10  # seconds for one answer
WAYS = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}


class NotTaken(OSError):
    """The other system did not say that it has it."""


def signature(number: str, at: str, body: str) -> str:
    """What proves that this came from us and was not changed."""
    key = b64decode(settings.ALERT_WEBHOOK_SECRET)
    signed = hmac.new(key, f"{number}.{at}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{b64encode(signed).decode()}"


def call(url: str, body: str, *, number: str) -> None:
    """Hand `body` over; raises `OSError` unless the answer is 2xx within `PATIENCE`.

    A redirect is not followed: what is signed goes where the setting says and nowhere else.
    """
    where, at = urlsplit(url), str(int(time.time()))
    headers = {
        "content-type": "application/json",
        "webhook-id": number,
        "webhook-timestamp": at,
        "webhook-signature": signature(number, at, body),
    }
    way = WAYS[where.scheme](where.netloc, timeout=PATIENCE)
    path = f"{where.path or '/'}?{where.query}" if where.query else where.path or "/"
    try:
        way.request("POST", path, body.encode(), headers)
        status = way.getresponse().status
    except http.client.HTTPException as problem:
        raise NotTaken(type(problem).__name__) from None
    finally:
        way.close()
    if not 200 <= status < 300:
        raise NotTaken(status)
