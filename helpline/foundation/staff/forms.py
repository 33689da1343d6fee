"""Forms about staff, and allauth's forms made stricter."""

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff import mails
from helpline.foundation.staff.models import PartnerKey, Staff, Team
from helpline.foundation.staff.models.partners import LONGEST_MONTHS
from helpline.foundation.staff.roles import Role, Scope, Service
from helpline.foundation.vault import blind

USED_FOR = 120  # seconds: longer than the 90 for which a code ±1 step may be right


class OneUse:
    """A code is taken once, in whatever step it would still be right (G04)."""

    def clean_code(self):
        """Refuse a code that this person has already sent us, then let allauth judge it."""
        code = "".join(self.cleaned_data["code"].split())
        mark = blind.index("second-factor code", f"{self.user.pk} {code}")
        if not cache.add(f"code:{mark}", 1, USED_FOR):
            raise ValidationError("This code has been used. Wait for the next one.")
        return super().clean_code()


class SignInForm(LoginForm):
    """E-mail and password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ResetForm(ResetPasswordForm):
    """Ask for a new password."""

    def save(self, request, **kwargs):
        """Mail the link; for a stranger's address do the same work for nothing, as slowly (G05)."""
        if not self.users:
            mails.rehearse_reset(self.cleaned_data["email"])
        return super().save(request, **kwargs)


class CodeForm(OneUse, mfa_forms.AuthenticateForm):
    """The second step of signing in."""

    def clean_code(self):
        """A wrong code goes into the trail: somebody may know the password."""
        try:
            return super().clean_code()
        except ValidationError:
            AuditEvent.objects.record(Action.SIGN_IN_FAILED, on=self.user, by=None, code=True)
            raise


class AgainCodeForm(OneUse, mfa_forms.ReauthenticateForm):
    """A code asked for again before something important."""


class EnrolAppForm(OneUse, ActivateTOTPForm):
    """The first code of a new authenticator app."""


class JoinForm(forms.Form):
    """What someone invited says about themselves."""

    name = forms.CharField(max_length=120, label="Your name", help_text="Colleagues see it.")
    alias = forms.CharField(
        max_length=40,
        label="Your alias",
        help_text="What people who get in touch will know you by. Nothing else about you is shown.",
    )
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Three or four random words do well.",
    )

    def __init__(self, *args, staff, **kwargs):
        self.staff = staff
        kwargs.setdefault("initial", {"name": staff.name, "alias": staff.alias})
        super().__init__(*args, **kwargs)

    def clean_alias(self):
        """An alias means one person only."""
        alias = " ".join(self.cleaned_data["alias"].split())
        if Staff.objects.filter(alias__iexact=alias).exclude(pk=self.staff.pk).exists():
            raise ValidationError("A colleague uses this alias already.")
        return alias

    def clean(self):
        """The password against the rules and against what has just been typed above it."""
        cleaned = super().clean()
        if "password" in cleaned:
            typed = {"name": cleaned.get("name", ""), "alias": cleaned.get("alias", "")}
            person = Staff(email=self.staff.email, **typed)
            try:
                validate_password(cleaned["password"], person)
            except ValidationError as problem:
                self.add_error("password", problem)
        return cleaned


class PlaceForm(forms.Form):
    """Where someone works, which decides which contacts they see."""

    services = forms.MultipleChoiceField(
        choices=Service.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), widget=forms.CheckboxSelectMultiple, required=False
    )


class InviteForm(PlaceForm):
    """Someone new."""

    email = forms.EmailField(label="E-mail address")
    role = forms.ChoiceField(choices=Role.choices)
    same_person_as = forms.ModelChoiceField(
        Staff.objects.all(),
        required=False,
        empty_label="No",
        label="Has another account",
        help_text="Two accounts of one person count as one wherever two people must agree.",
    )
    field_order = ("email", "role", "services", "teams", "same_person_as")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["same_person_as"].label_from_instance = lambda staff: staff.email

    def clean_email(self):
        """One account for each address."""
        email = self.cleaned_data["email"].lower()
        if Staff.objects.filter(email=email).exists():
            raise ValidationError("This address has an account already.")
        return email


class RoleForm(forms.Form):
    """A role to ask for."""

    role = forms.ChoiceField(choices=Role.choices)


class PartnerKeyForm(forms.Form):
    """A key for another system."""

    name = forms.CharField(max_length=80, label="System", help_text="Whose it is and what it does.")
    service = forms.ChoiceField(
        choices=Service.choices, help_text="The service that its transcripts belong to."
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, label="It may", widget=forms.CheckboxSelectMultiple
    )
    until = forms.DateField(
        label="Last day",
        help_text=f"{LONGEST_MONTHS} months from now at most.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def clean_name(self):
        """A name means one key, so that nobody ends the wrong one."""
        name = " ".join(self.cleaned_data["name"].split())
        if PartnerKey.objects.filter(name=name, ended_at=None).exists():
            raise ValidationError("A key of this name has not been ended yet.")
        return name

    def clean_until(self):
        """A key that nobody renews runs out."""
        until, today = self.cleaned_data["until"], london_today()
        if not today <= until <= add_months(today, LONGEST_MONTHS):
            raise ValidationError(
                f"Choose a day between today and {LONGEST_MONTHS} months from now."
            )
        return until


class TeamForm(forms.ModelForm):
    """A new team."""

    class Meta:
        model = Team
        fields = ("name",)
