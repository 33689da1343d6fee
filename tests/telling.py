"""What should be so of chats that are kept, purged and deleted: a second telling of the rules,
which no code of the product reads."""

from typing import NamedTuple

SPARED_DAYS = 7  # after a hold that is no request's


class Chat(NamedTuple):
    """A chat as the machine knows it."""

    pk: object
    key: object
    code: str
    last_day: int  # the first on which nobody reads it any more


class Known:
    """The days as they should be."""

    def __init__(self):
        self.day = 0
        self.chats: list[Chat] = []
        self.holds: dict = {}  # in force: which chat each keeps
        self.released: dict = {}  # the day on which a chat last lost a hold that is no request's
        self.requests: dict = {}  # open: which chat, its own hold, and whether it is a deletion
        self.plans: dict = {}  # deletions to come: which chat, the request's own hold, from when

    def keepers(self, chat: Chat) -> set:
        return {hold for hold, pk in self.holds.items() if pk == chat.pk}

    def is_readable(self, chat: Chat) -> bool:
        return chat.last_day > self.day or bool(self.keepers(chat))

    def may_be_purged(self, chat: Chat) -> bool:
        spared = self.day - self.released.get(chat.pk, -99) < SPARED_DAYS
        return not self.is_readable(chat) and not spared

    def may_be_erased(self, chat: Chat) -> bool:
        """By one of the plans, with nothing in the way but that request's own hold."""
        return any(
            pk == chat.pk and when <= self.day and self.keepers(chat) <= {own}
            for pk, own, when in self.plans.values()
        )
