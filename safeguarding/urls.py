"""Pages about safeguarding, under /staff/."""

from django.urls import include, path

from safeguarding import holding, views, wall

urlpatterns = [
    path("authorities/", include("safeguarding.authorities.urls")),
    path("", include("safeguarding.location.urls")),
    path("asked/both-sides/", wall.both_sides, name="both_sides"),
    path("contacts/<uuid:pk>/", views.contact, name="contact"),
    path("contacts/<uuid:pk>/hold/", holding.hold_place, name="hold_place"),
    path("holds/", holding.holds, name="holds"),
    path("holds/<uuid:pk>/approve/", holding.hold_approve, name="hold_approve"),
    path("holds/<uuid:pk>/review/", holding.hold_review, name="hold_review"),
    path("holds/<uuid:pk>/release/", holding.hold_release, name="hold_release"),
    path("holds/<uuid:pk>/not-needed/", holding.hold_not_needed, name="hold_not_needed"),
]
