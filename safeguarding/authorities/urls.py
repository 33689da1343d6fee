"""The desk for authorities, under /staff/authorities/."""

from django.urls import path

from safeguarding.authorities import views

urlpatterns = [
    path("", views.authorities, name="authorities"),
    path("new/", views.authority_log, name="authority_log"),
    path("duties/", views.authority_duties, name="authority_duties"),
    path("counts/", views.authority_counts, name="authority_counts"),
    path("<uuid:pk>/", views.authority, name="authority"),
    path("<uuid:pk>/step/", views.authority_move, name="authority_move"),
    path(
        "<uuid:pk>/acknowledgement/",
        views.authority_acknowledgement,
        name="authority_acknowledgement",
    ),
    path("<uuid:pk>/reply/", views.authority_reply, name="authority_reply"),
]
