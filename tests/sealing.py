"""Sealing the trail while other tests write in the same cluster."""

from helpline.foundation.audit import seals
from tests.racing import until


def seal_everything() -> None:
    """Seal the whole trail; any transaction in this cluster, another test's too, delays it."""

    def sealed() -> bool:
        seals.seal()
        return not seals.tail().exists()

    until(sealed, patience=60)
