"""People who ask us to do something for them, as the tests bring them about."""

from datetime import timedelta

from django.utils import timezone

from contacts.models import ActionRequest, Answer, Consent, How

LOST = "I am safe. Please do not worry."


def ask(contact, by, kind="pass-message", **said) -> ActionRequest:
    """The person agrees and asks, in their words."""
    purpose = {"call-back": "call-back"}.get(kind, "message")
    purpose = "share" if kind in {"safe-and-well", "referral"} else purpose
    Consent.objects.answered(
        contact, Answer.GIVEN, wording=1, purpose=purpose, by=by, how=How.VOICE
    )
    said = {"words": "Could you tell my mum that I am safe?"} | said
    action = ActionRequest.objects.ask(contact, kind, by=by, **said)
    return ActionRequest.objects.with_key().get(pk=action.pk)


DETAILS = {
    "name": "Quillon Fairweather",
    "born": "3 May 2004",
    "reach": "07700 900123",
    "recipient": "Marguerite Fairweather",
    "relation": "mother",
    "route_to": "marguerite@home.example",
    "route": "email",
    "words": LOST,
    "announce": "Robin, a friend of hers",
}


def given(action, by, **changes) -> ActionRequest:
    """The details are written down."""
    begins = timezone.now() - timedelta(hours=1)
    window = {"window_from": begins, "window_to": begins + timedelta(hours=5)}
    window = window if action.kind == "call-back" else {}
    details = DETAILS | {"route": "phone"} if action.kind == "call-back" else DETAILS
    action.give(by=by, **details | window | changes)
    return action


def agreed(action, by, **changes) -> ActionRequest:
    """Read to the person, word for word, and agreed."""
    given(action, by, **changes)
    action.agree(by=by, mark=action.mark())
    return action


def approved(action, by, second, **changes) -> ActionRequest:
    """Checked, and approved by somebody else."""
    agreed(action, by, **changes)
    action.check_recipient("published", by=by, mark=action.recipient_mark())
    action.approve(by=second, mark=action.mark())
    return action
