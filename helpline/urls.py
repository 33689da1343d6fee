"""Where the apps are mounted."""

from django.urls import include, path

urlpatterns: list = [
    path("staff/", include("helpline.foundation.staff.urls")),
]

# Live streams, which leave by native ASGI and so are not among Django's own.
STREAMS: list = []
