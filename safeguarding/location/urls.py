"""Requests for a location, under /staff/."""

from django.urls import path

from safeguarding.location import views

urlpatterns = [
    path("locations/", views.locations, name="locations"),
    path("locations/<uuid:pk>/", views.location, name="location"),
    path("locations/<uuid:pk>/step/", views.location_move, name="location_move"),
    path("locations/<uuid:pk>/show/", views.location_show, name="location_show"),
    path("escalations/<uuid:pk>/location/", views.location_ask, name="location_ask"),
]
