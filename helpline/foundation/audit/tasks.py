"""What beat asks of the trail."""

from celery import shared_task

from helpline.foundation.audit import seals


@shared_task
def seal_trail() -> None:
    """Seal every finished event."""
    seals.seal()


@shared_task
def anchor_trail() -> None:
    """Write the newest seal to the anchor file, to be carried off the machine."""
    seals.anchor()
