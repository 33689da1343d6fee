"""Pages of a review, under /staff/rights/."""

from django.urls import path

from privacy.review import views

urlpatterns = [
    path("<uuid:pk>/review/", views.review, name="rights_review"),
    path("<uuid:pk>/review/gather/", views.gather, name="rights_gather"),
    path("<uuid:pk>/review/release/", views.release, name="rights_release_own"),
    path("<uuid:pk>/review/names/", views.names, name="rights_names"),
    path("items/<uuid:pk>/decide/", views.decide, name="rights_item"),
    path("items/<uuid:pk>/undo/", views.undo, name="rights_item_undo"),
]
