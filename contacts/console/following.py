"""The bells that a console follows: other ones from minute to minute, as chats come and go."""

from collections.abc import Iterable
from contextlib import ExitStack

from helpline.foundation.stream import Stream, Writing


class Following:
    """Hangs a stream on the bells it asks for, and on no other; all come down at its end."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._hung: dict[str, ExitStack] = {}
        self._writers: dict[str, Writing] = {}

    def __enter__(self) -> "Following":
        return self

    def __exit__(self, *problem: object) -> None:
        self.only((), ())

    def only(self, bells: Iterable[str], signs: Iterable[str]) -> bool:
        """Be woken by these bells and signs of writing from now on, and by no others.

        True when any is new: whoever follows a new bell reads again before waiting for it, so that
        what was stored between the first read and its hanging shows.
        """
        signs = set(signs)
        wanted = {*bells, *signs}
        for name in self._hung.keys() - wanted:
            self._hung.pop(name).close()
            self._writers.pop(name, None)
        fresh = wanted - self._hung.keys()
        for name in fresh:
            self._hang(name, writing=name in signs)
        return bool(fresh)

    def _hang(self, name: str, *, writing: bool) -> None:
        sign = self._writers[name] = self._stream.sign() if writing else None
        self._hung[name] = ExitStack()
        self._hung[name].enter_context(self._stream.tower.hung(sign or self._stream, name))

    def writing(self) -> list[str]:
        """The names of the signs that rang since this was last asked."""
        return [name for name, sign in self._writers.items() if sign and sign.taken()]
