"""Where suppliers bring texts and e-mail, under /in/."""

from django.urls import path

from contacts.written import public

urlpatterns = [
    path("texts/<slug:provider>/", public.texts_in, name="texts_in"),
    path("email/<slug:provider>/", public.mail_in, name="mail_in"),
]
