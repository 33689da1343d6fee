"""Pages under /staff/ that are about staff themselves."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path, re_path

from helpline.foundation.staff import account as ours
from helpline.foundation.staff import partner_pages, public, views

# Of allauth only these pages exist: there is no sign-up, no change of address, no sign-in by mail.
second_factor = [
    path("", mfa.index, name="mfa_index"),
    path("authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("app/", ours.EnrolApp.as_view(), name="mfa_activate_totp"),
    path("app/picture/", ours.totp_picture, name="staff_totp_picture"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/new/",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/file/",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/add/", ours.EnrolPasskey.as_view(), name="mfa_add_webauthn"),
    path(
        "passkeys/again/",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("passkeys/<int:pk>/name/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path(
        "passkeys/<int:pk>/remove/",
        ours.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
]

own_account = [
    path("sign-in/", account.login, name="account_login"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path(
        "password/reset/sent/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("second-factor/", include(second_factor)),
]

urlpatterns = [
    path("still-here/", views.still_here, name="staff_still_here"),
    path("account/", include(own_account)),
    path("invitation/<str:token>/", public.invitation, name="staff_invitation"),
    path("people/", views.people, name="staff_people"),
    path("people/invite/", views.invite, name="staff_invite"),
    path("people/teams/", views.new_team, name="staff_new_team"),
    path("people/<uuid:pk>/", views.person, name="staff_person"),
    path("people/<uuid:pk>/place/", views.place, name="staff_place"),
    path("people/<uuid:pk>/roles/", views.ask_for_role, name="staff_ask_for_role"),
    path("people/<uuid:pk>/deactivate/", views.deactivate, name="staff_deactivate"),
    path("people/<uuid:pk>/invite/", views.invite_again, name="staff_invite_again"),
    path("roles/<uuid:pk>/end/", views.end_role, name="staff_end_role"),
    path("partners/", partner_pages.keys, name="staff_partners"),
    path("partners/new/", partner_pages.new_key, name="staff_new_partner_key"),
    path("partners/<uuid:pk>/end/", partner_pages.end_key, name="staff_end_partner_key"),
    path("approvals/", views.approvals, name="staff_approvals"),
    path("approvals/<uuid:pk>/approve/", views.approve_role, name="staff_approve_role"),
    path(
        "approvals/<uuid:pk>/turn-down/",
        views.turn_down_role,
        name="staff_turn_down_role",
    ),
]
