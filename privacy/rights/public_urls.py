"""Asking about one's own data, under /your-data/."""

from django.urls import path

from privacy.rights import public

urlpatterns = [
    path("", public.ask, name="your_data"),
    path("answer/", public.follow, name="your_data_answer"),
]
