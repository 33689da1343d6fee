"""Pages about alerts, under /staff/."""

from django.urls import path

from safeguarding.alerts import public, views

urlpatterns = [
    path("alerts/", views.waiting, name="alerts"),
    path("alerts/sign/", views.sign, name="alerts_sign"),
    path("account/sign-out/", public.sign_out, name="account_logout"),
]
