"""Pages of a deletion, under /staff/rights/."""

from django.urls import path

from privacy.erasure import views

urlpatterns = [
    path("<uuid:pk>/deletion/", views.erasure, name="rights_erasure"),
    path("deletion/<uuid:pk>/", views.item, name="rights_erasure_item"),
]
