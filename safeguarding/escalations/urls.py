"""Pages about worries, under /staff/."""

from django.urls import path

from safeguarding.escalations import consulting, ending, views

urlpatterns = [
    path("contacts/<uuid:pk>/escalate/", views.contact_escalate, name="contact_escalate"),
    path("escalations/", views.escalations, name="escalations"),
    path("escalations/ending/", ending.escalations_ending, name="escalations_ending"),
    path(
        "escalations/<uuid:pk>/looked-at/", ending.escalation_looked_at, name="escalation_looked_at"
    ),
    path("escalations/new/", views.escalation_new, name="escalation_new"),
    path("escalations/<uuid:pk>/", views.escalation, name="escalation"),
    path("escalations/<uuid:pk>/next/", views.escalation_move, name="escalation_move"),
    path("escalations/<uuid:pk>/talk/", views.escalation_debrief, name="escalation_debrief"),
    path(
        "escalations/<uuid:pk>/asked-outside/",
        consulting.escalation_consult,
        name="escalation_consult",
    ),
]
