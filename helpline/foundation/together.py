"""Work that many ask for in the same moment, done in one go."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

COMPANY = 0.001  # seconds that who came together last time is waited for


class Together:
    """What is asked for while such work is under way is done next, all of it at once.

    Whoever was alone last time waits for nobody, and a busy moment costs hardly more than a quiet
    one: who came together is likely to come together again, and is given a moment to. `work`
    gets a list of what was asked and gives a list of answers; an exception in it is raised to the
    one who asked.
    """

    def __init__(self, work: Callable[[list], Awaitable[list]], *, at_most: int) -> None:
        self._work = work
        self._at_most = at_most
        self._waiting: list[tuple[Any, asyncio.Future]] = []
        self._at_work: asyncio.Task | None = None
        self._company = 1  # how many were answered together last time

    async def ask(self, asked: Any) -> Any:
        """The answer to `asked`, once its turn has come."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._at_work is None:
            self._at_work = asyncio.create_task(self._work_off())
        return await answer

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                if len(self._waiting) < self._company:
                    await asyncio.sleep(COMPANY)
                some, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
                self._company = len(some)
                # Who has gone meanwhile asks no more.
                await self._do([(asked, answer) for asked, answer in some if not answer.done()])
        finally:
            self._at_work = None

    async def _do(self, some: list[tuple[Any, asyncio.Future]]) -> None:
        try:
            found = await self._work([asked for asked, _answer in some]) if some else []
        except Exception as problem:  # whatever it is, it is theirs who asked
            found = [problem] * len(some)
        for (_asked, answer), said in zip(some, found, strict=True):
            if answer.done():
                continue
            if isinstance(said, Exception):
                answer.set_exception(said)
            else:
                answer.set_result(said)
