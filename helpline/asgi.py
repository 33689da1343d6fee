"""The one server entry: the door, behind it Django's pages (WSGI) and the live streams (ASGI).

`manage serve` runs it with the server settings that go with it.
"""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")
pages = get_wsgi_application()

# Only now are there apps that can be imported.
from contacts.chat.saying import Saying  # noqa: E402
from contacts.models import Visit, empty  # noqa: E402
from contacts.models.watching import visits_of  # noqa: E402
from helpline import ready  # noqa: E402
from helpline.foundation import visits  # noqa: E402
from helpline.foundation.door import Door  # noqa: E402
from helpline.foundation.live import Audience, Bell, Streams, with_connection  # noqa: E402
from helpline.foundation.outbox.tasks import send_left_behind  # noqa: E402
from helpline.foundation.staff.access import record_refusal  # noqa: E402
from helpline.foundation.staff.sessions import staff_of  # noqa: E402
from helpline.foundation.stream import number_in  # noqa: E402
from helpline.foundation.turns import Turns  # noqa: E402
from helpline.urls import STREAMS  # noqa: E402
from privacy.models import Clock  # noqa: E402
from safeguarding import sweeping  # noqa: E402

logger = logging.getLogger(__name__)

HAND_OVER = 0.001  # seconds a thread may compute while streams wait; Python's own 5 ms add up
TICKS: list[tuple[int, Callable[[], object]]] = [  # what every web process does, every n seconds
    (60, lambda: Clock.objects.report("web")),
    (15, lambda: Visit.objects.take_back()),
    (15, lambda: empty.order(timezone.now())),
    (sweeping.EVERY, sweeping.sweep),
]
POST_EVERY = 15  # seconds until somebody looks whether the outbox has been left behind

AUDIENCES = {
    "staff": Audience(
        settings.SESSION_COOKIE_NAME, staff_of, lambda staff, it: staff.may(it), record_refusal
    ),
    "visitor": Audience(
        settings.VISIT_COOKIE_NAME,
        Visit.objects.of,
        lambda _visit, _it: True,  # their own chat is all that a visit opens
        None,
        key=visits.token_of,
        all_of=lambda asked: visits_of(
            [(token, None if seen is None else number_in(seen)) for token, seen in asked]
        ),
    ),
}
bell = Bell()
streams = Streams(STREAMS, audiences=AUDIENCES, bell=bell)
saying = Saying()
post = ThreadPoolExecutor(1, thread_name_prefix="post")
door = Door(
    pages=WSGIMiddleware(Turns(pages), workers=settings.WEB_THREADS),
    streams=streams,
    quick={reverse("chat_say"): saying},
)


async def application(scope: dict, receive: Callable, send: Callable) -> None:
    """Serve one request, or the life of the process. There are no WebSockets."""
    if scope["type"] == "http":
        await door(scope, receive, send)
    elif scope["type"] == "lifespan":
        await lifespan(receive, send)


async def lifespan(receive: Callable, send: Callable) -> None:
    """Listen for the bell and tick for as long as the process lives."""
    await receive()
    logging.getLogger("uvicorn.access").disabled = True  # whoever starts uvicorn, and however
    try:
        await streams.in_reader(ready.check)
    except ready.NotReady as reason:
        await send({"type": "lifespan.startup.failed", "message": str(reason)})
        return
    tasks = [asyncio.create_task(bell.listen())]
    tasks += [asyncio.create_task(ticking(*each, streams.in_reader)) for each in TICKS]
    tasks.append(asyncio.create_task(ticking(POST_EVERY, send_left_behind, in_post)))
    gc.collect()
    sys.setswitchinterval(HAND_OVER)
    gc.freeze()  # what start-up made stays; the collector need not look at it in every round
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await asyncio.to_thread(saying.close)
    await send({"type": "lifespan.shutdown.complete"})


async def in_post(work: Callable[[], object]) -> None:
    """In a thread of its own: a mail server that does not answer keeps no page waiting."""
    await asyncio.get_running_loop().run_in_executor(post, with_connection, work, ())


async def ticking(seconds: int, tick: Callable[[], object], run: Callable) -> None:
    """Do one tick again and again in another thread; one that fails is logged and tried again."""
    while True:
        try:
            await run(tick)
        except Exception:
            logger.exception("A tick failed.")
        await asyncio.sleep(seconds)
