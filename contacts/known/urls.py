"""Pages about people who chose to be known, under /staff/people-known/."""

from django.urls import path

from contacts.known import contact_views, handing_over, views

urlpatterns = [
    path("", views.known_find, name="known_find"),
    path("ending/", views.known_ending, name="known_ending"),
    path("<uuid:pk>/", views.known, name="known"),
    path("<uuid:pk>/looked-at/", views.known_looked_at, name="known_looked_at"),
    path("<uuid:pk>/identity/", views.known_identity, name="known_identity"),
    path("<uuid:pk>/change/", views.known_change, name="known_change"),
    path("<uuid:pk>/entry/", views.known_entry, name="known_entry"),
    path("<uuid:pk>/plan/", views.known_plan, name="known_plan"),
    path("<uuid:pk>/consent-back/", views.known_consent_back, name="known_consent_back"),
    path("promise/<uuid:pk>/", views.known_promise, name="known_promise"),
    path("contact/<uuid:pk>/", contact_views.known_contact, name="known_contact"),
    path("contact/<uuid:pk>/keep/", contact_views.known_keep, name="known_keep"),
    path("contact/<uuid:pk>/link/", contact_views.known_link, name="known_link"),
    path("contact/<uuid:pk>/unlink/", contact_views.known_unlink, name="known_unlink"),
    path("contact/<uuid:pk>/hand-over/", handing_over.hand_over, name="known_hand_over"),
    path("handed-over/", handing_over.handed_over_list, name="handed_over_list"),
    path("handed-over/<uuid:pk>/", handing_over.handed_over, name="handed_over"),
    path("handed-over/<uuid:pk>/take/", handing_over.handed_over_take, name="handed_over_take"),
]
