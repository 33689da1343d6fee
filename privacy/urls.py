"""Pages about privacy, under /staff/."""

from django.urls import include, path

from privacy import schedule_page, views

urlpatterns = [
    path("rights/", include("privacy.review.urls")),
    path("rights/", include("privacy.bundle.urls")),
    path("rights/", include("privacy.erasure.urls")),
    path("retention/", views.board, name="retention"),
    path("retention/schedule/", schedule_page.retention_schedule, name="retention_schedule"),
    path("retention/trustees/", views.trustees, name="trustees"),
    path("retention/stop/", views.brake_page, name="brake"),
    path("retention/stop/lift/", views.brake_lift, name="brake_lift"),
]
