"""What `check --deploy` refuses: settings that make sense on a machine of one's own only."""

from django.conf import settings
from django.core.checks import Error, Tags, register


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
