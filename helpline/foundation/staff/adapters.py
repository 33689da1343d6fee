"""Where allauth asks us: closed sign-up, sealed secrets, mail by the outbox, slow guessing."""

import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff import mails, sign_in, slow_down
from helpline.foundation.staff.models import Staff
from helpline.foundation.vault import box

RECENT = 5 * 60  # seconds for which a password or code just given is not asked for again

# What allauth tells people about their account: the trail's word for it, and ours.
NOTICES = {
    "account/email/password_changed": (
        Action.PASSWORD_CHANGED,
        "Your password was changed.",
    ),
    "account/email/password_reset": (
        Action.PASSWORD_CHANGED,
        "Your password was reset.",
    ),
    "mfa/email/totp_activated": (
        Action.FACTOR_ADDED,
        "An authenticator app was added.",
    ),
    "mfa/email/totp_deactivated": (
        Action.FACTOR_REMOVED,
        "An authenticator app was removed.",
    ),
    "mfa/email/webauthn_added": (Action.FACTOR_ADDED, "A passkey was added."),
    "mfa/email/webauthn_removed": (Action.FACTOR_REMOVED, "A passkey was removed."),
    "mfa/email/recovery_codes_generated": (
        Action.FACTOR_ADDED,
        "New recovery codes were made; the old ones no longer work.",
    ),
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in and passwords."""

    def is_open_for_signup(self, request):
        """People come by invitation only."""
        return False

    def pre_authenticate(self, request, **credentials):
        """Make guessing slow; allauth's own limit would lock the owner out and key by address."""
        slow_down.check(request, credentials["email"])

    def authenticate(self, request, **credentials):
        """The member of staff whose password this is; the inactive are answered like strangers."""
        with slow_down.two_at_once():
            staff = super().authenticate(request, **credentials)
        if staff and not staff.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return staff

    def authentication_failed(self, request, **credentials):
        """Count it; where guessing begins, write one event, whether or not there is an account."""
        email = credentials["email"].strip().lower()
        if slow_down.failed(email):
            owner = Staff.objects.filter(email=email).first()
            AuditEvent.objects.record(Action.SIGN_IN_FAILED, on=owner, by=None)

    def login(self, request, user):
        """Open the session; it counts only once a second factor has been used."""
        super().login(request, user)
        if any(record["method"] == "mfa" for record in get_authentication_records(request, user)):
            sign_in.complete(request)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Whether to ask again before factors change; not within minutes of having answered."""
        records = get_authentication_records(self.request, self.request.user)
        return not any(time.time() - record["at"] < RECENT for record in records)

    def get_reauthentication_methods(self, user):
        """The password alone is not enough to change the second factor of someone who has one."""
        methods = super().get_reauthentication_methods(user)
        stronger = [method for method in methods if method["id"] != "reauthenticate"]
        return stronger or methods

    def set_password(self, user, password):
        """Store it and sign every browser out; allauth lets the one that changed it in again."""
        super().set_password(user, password)
        user.end_sessions()

    def get_reset_password_from_key_url(self, key):
        """A link on our own address, whatever host the request named."""
        uid, _, token = key.partition("-")
        return mails.reset_link(uid, token)

    def send_password_reset_mail(self, user, email, context):
        """Through the outbox, like everything that leaves."""
        mails.reset(user.email, context["password_reset_url"])

    def send_mail(self, template_prefix, email, context):
        """Every mail we send is named here; anything else allauth wants to say is a mistake."""
        raise NotImplementedError(template_prefix)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Tell the owner and the trail that an account's keys have changed; never from where."""
        action, what = NOTICES[template_prefix]
        AuditEvent.objects.record(action, on=user, by=user)
        mails.account_changed(user.email, what)


class FactorAdapter(DefaultMFAAdapter):
    """Second factors."""

    def encrypt(self, text):
        """Seeds are sealed by the vault; a copy of the database makes no codes."""
        return box.seal("second factor", text)

    def decrypt(self, encrypted_text):
        """Open a seed; raises `CannotOpen`."""
        return box.open("second factor", encrypted_text)

    def can_delete_authenticator(self, authenticator):
        """The last factor stays: add another before you remove it."""
        if authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        return sign_in.factors(authenticator.user_id).exclude(pk=authenticator.pk).exists()

    def _get_site_name(self):
        return settings.HELPLINE_NAME
