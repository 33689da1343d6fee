"""What `check --deploy` refuses: settings for a machine of one's own, and facts left blank."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from contacts.written import adapters
from contacts.written.adapters import webhooks
from helpline.foundation.calendar import bank_holidays

# What the public pages must say about the charity (S0-28, S2-11, S2-12, S2-14, S2-39, S2-51).
TOLD_TO_THE_PUBLIC = {
    "helpline.E101": "HELPLINE_EMAIL",
    "helpline.E102": "DPO_EMAIL",
    "helpline.E103": "PRIVACY_STATEMENT_URL",
    "helpline.E104": "ICO_NUMBER",
    "helpline.E105": "ICO_URL",
    "helpline.E106": "ICO_REGISTER_URL",
    "helpline.E107": "DPO_NAME",
    "helpline.E108": "DPO_ADDRESS",
    "helpline.E109": "HELPLINE_NUMBER",
    "helpline.E110": "REGISTRATION",
    "helpline.E111": "HELP_ELSEWHERE",
    "helpline.E112": "ORGANISATION",
    "helpline.E113": "DATA_KEPT_IN",
    "helpline.E114": "EXIT_TO",
}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
NEEDED_BY = {"twilio": ["TEXTS_ACCOUNT"]}
LINKS = {"PRIVACY_STATEMENT_URL", "ICO_URL", "ICO_REGISTER_URL", "EXIT_TO"}


@register()
def holidays_can_be_read(app_configs, **kwargs):
    """Refuse a proclaimed holiday that is no date, or of a part of the country we do not know."""
    try:
        bank_holidays("ENG")
    except ValueError as reason:
        hint = "Write 2027-06-04, or SCT:2027-06-04 for one of ENG, SCT and NIR."
        yield Error(f"PROCLAIMED_HOLIDAYS cannot be read: {reason}", hint=hint, id="helpline.E020")


@register(Tags.security, deploy=True)
def demo_is_off(app_configs, **kwargs):
    if settings.DEMO:
        yield Error("DEMO lets anyone sign in.", hint="Unset DEMO.", id="helpline.E001")


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs, **kwargs):
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS must name the site's own hosts.",
            hint="Set it to the host of SITE_URL.",
            id="helpline.E002",
        )


@register(Tags.security, deploy=True)
def site_is_encrypted(app_configs, **kwargs):
    if not settings.SECURE:
        yield Error(
            "SITE_URL is not https, so words would travel in clear.",
            hint="Serve the site behind TLS and say so in SITE_URL.",
            id="helpline.E003",
        )


@register(Tags.security, deploy=True)
def mail_goes_to_a_server(app_configs, **kwargs):
    if not settings.EMAIL_BACKEND.endswith(".NeutralPost"):
        yield Error(
            "EMAIL_URL names no mail server, so links that let people in would be printed.",
            hint="Set EMAIL_URL: see “Settings” in README.md.",
            id="helpline.E004",
        )


@register(Tags.security, deploy=True)
def texts_go_by_a_supplier(app_configs, **kwargs):
    """None at all is in order; one that is half set up, or on this machine, is not."""
    if not settings.TEXTS_BY:
        return
    if settings.TEXTS_BY not in adapters.TEXTS:
        names = " or ".join(adapters.TEXTS)
        yield Error("TEXTS_BY names no supplier.", hint=f"Set {names}.", id="helpline.E005")
        return
    at = urlsplit(settings.TEXTS_URL)
    if at.scheme != "https" or at.hostname in LOOPBACK:
        yield Error(
            "TEXTS_URL is not https at a supplier, so texts would stay here or travel in clear.",
            hint="Set it to the supplier’s interface; `manage sms_phone` is for trying only.",
            id="helpline.E006",
        )
    needed = ["TEXTS_SECRET", "TEXTS_FROM", *NEEDED_BY.get(settings.TEXTS_BY, [])]
    for name in needed:
        if not getattr(settings, name):
            said = f"{name} is blank, so texts can be neither sent nor verified."
            hint = f"Set {name}: see “Settings” in README.md."
            yield Error(said, hint=hint, id="helpline.E007")


@register(Tags.security, deploy=True)
def mail_comes_by_a_provider(app_configs, **kwargs):
    """A webhook that is Anymail’s and keeps a secret, or none: then mail is piped in."""
    if settings.MAIL_BY:
        try:
            webhooks.view_of(settings.MAIL_BY)
        except ImproperlyConfigured as problem:
            hint = "Set the provider’s name as Anymail has it, and its secrets in ANYMAIL."
            yield Error(str(problem), hint=hint, id="helpline.E008")
        if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
            yield Error(
                "ANYMAIL has no WEBHOOK_SECRET, so every e-mail would be refused.",
                hint="Set one, and give it to the provider with the address of the webhook.",
                id="helpline.E009",
            )
    if "." not in parseaddr(settings.ANSWERS_FROM)[1].partition("@")[2]:
        yield Error(
            "ANSWERS_FROM is no mailbox that people could answer to.",
            hint="Set ANSWERS_FROM to the neutral mailbox that this helpline reads.",
            id="helpline.E021",
        )


@register(Tags.security, deploy=True)
def the_public_is_told_who_answers(app_configs, **kwargs):
    for number, name in TOLD_TO_THE_PUBLIC.items():
        value = getattr(settings, name)
        hint = f"Set {name}: see “Settings” in README.md."
        if not value:
            yield Error(f"{name} is blank, so the public pages lack it.", hint=hint, id=number)
        elif name in LINKS and not value.startswith("https://"):
            yield Error(f"{name} is not a link with https.", hint=hint, id=number)
