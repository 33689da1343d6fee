"""The ways in and out, one for each supplier that carries texts or e-mail.

The register of suppliers may refuse one: then what comes by it waits, nothing goes out to who began
by it, and what had begun before is finished (S2-60, L07).
"""

from django.conf import settings

from contacts.written.adapters import signed, smtp, twilio
from contacts.written.adapters.ways import NotNow, TextWay, Way

TEXTS: dict[str, type[TextWay]] = {"signed": signed.Signed, "twilio": twilio.Twilio}


def texts() -> TextWay:
    """The way of texts; raises `NotNow` where there is none."""
    return way_of_texts(settings.TEXTS_BY)


def way_of_texts(name: str) -> TextWay:
    """A way of texts by its name, for what it still holds as well; raises `NotNow`."""
    if name not in TEXTS:
        raise NotNow
    return TEXTS[name]()


def way_for(channel: str) -> Way:
    """The way out for a channel."""
    return texts() if channel == "text" else smtp.Smtp()
