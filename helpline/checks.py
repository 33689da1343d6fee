"""What `check --deploy` refuses: settings for a machine of one's own, and facts left blank."""

from django.conf import settings
from django.core.checks import Error, Tags, register

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
LINKS = {"PRIVACY_STATEMENT_URL", "ICO_URL", "ICO_REGISTER_URL", "EXIT_TO"}


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
def the_public_is_told_who_answers(app_configs, **kwargs):
    for number, name in TOLD_TO_THE_PUBLIC.items():
        value = getattr(settings, name)
        hint = f"Set {name}: see “Settings” in README.md."
        if not value:
            yield Error(f"{name} is blank, so the public pages lack it.", hint=hint, id=number)
        elif name in LINKS and not value.startswith("https://"):
            yield Error(f"{name} is not a link with https.", hint=hint, id=number)
