"""Pages about what is shared, whom we may tell, what is still owed, and 999; under /staff/."""

from django.urls import path

from safeguarding.sharing import emergency, listing, views

urlpatterns = [
    path("escalations/<uuid:pk>/share/", views.escalation_share, name="escalation_share"),
    path("escalations/share/<uuid:pk>/", views.share, name="share"),
    path("escalations/share/<uuid:pk>/why/", views.share_why, name="share_why"),
    path("escalations/share/<uuid:pk>/talk/", views.share_talk, name="share_talk"),
    path("escalations/share/<uuid:pk>/items/", views.share_items, name="share_items"),
    path("escalations/share/<uuid:pk>/to/", views.share_to, name="share_to"),
    path("escalations/share/<uuid:pk>/next/", views.share_move, name="share_move"),
    path("escalations/share/<uuid:pk>/approve/", views.share_approve, name="share_approve"),
    path("escalations/share/<uuid:pk>/read/", views.share_read, name="share_read"),
    path("escalations/<uuid:pk>/named/", listing.escalation_named, name="escalation_named"),
    path("recipients/", listing.recipients, name="recipients"),
    path("recipients/<uuid:pk>/approve/", listing.recipient_approve, name="recipient_approve"),
    path("recipients/<uuid:pk>/drop/", listing.recipient_drop, name="recipient_drop"),
    path("owed/", listing.tasks, name="tasks"),
    path("owed/<uuid:pk>/", listing.task_settle, name="task_settle"),
    path("emergency/", emergency.emergency_paper, name="emergency_paper"),
    path("contacts/<uuid:pk>/999/", emergency.contact_emergency, name="contact_emergency"),
    path("escalations/<uuid:pk>/999/", emergency.escalation_emergency, name="escalation_emergency"),
]
