"""Coming back to a chat, under /back/."""

from django.urls import path

from contacts.chat.returning import public

urlpatterns = [
    path("", public.back, name="back"),
    path("carry-on/", public.carry_on, name="back_carry_on"),
    path("read/", public.read, name="back_read"),
]
