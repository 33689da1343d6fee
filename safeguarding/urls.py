"""Pages about safeguarding, under /staff/."""

from django.urls import path

from safeguarding import views

urlpatterns = [
    path("contacts/<uuid:pk>/", views.contact, name="contact"),
    path("contacts/<uuid:pk>/hold/", views.hold_place, name="hold_place"),
    path("holds/", views.holds, name="holds"),
    path("holds/<uuid:pk>/approve/", views.hold_approve, name="hold_approve"),
    path("holds/<uuid:pk>/review/", views.hold_review, name="hold_review"),
    path("holds/<uuid:pk>/release/", views.hold_release, name="hold_release"),
]
