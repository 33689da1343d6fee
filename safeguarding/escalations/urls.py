"""Pages about worries, under /staff/."""

from django.urls import path

from safeguarding.escalations import views

urlpatterns = [
    path("contacts/<uuid:pk>/escalate/", views.contact_escalate, name="contact_escalate"),
    path("escalations/", views.escalations, name="escalations"),
    path("escalations/new/", views.escalation_new, name="escalation_new"),
    path("escalations/<uuid:pk>/", views.escalation, name="escalation"),
    path("escalations/<uuid:pk>/next/", views.escalation_move, name="escalation_move"),
    path("escalations/<uuid:pk>/talk/", views.escalation_debrief, name="escalation_debrief"),
]
