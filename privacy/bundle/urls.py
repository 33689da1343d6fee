"""Pages of a bundle, under /staff/rights/."""

from django.urls import path

from privacy.bundle import views

urlpatterns = [
    path("<uuid:pk>/bundle/", views.bundle, name="rights_bundle"),
    path("<uuid:pk>/bundle/progress/", views.progress, name="rights_bundle_progress"),
    path("<uuid:pk>/bundle/begin/", views.begin, name="rights_bundle_begin"),
    path("<uuid:pk>/bundle/link/", views.link, name="rights_bundle_link"),
]
