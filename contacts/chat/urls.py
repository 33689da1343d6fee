"""The person's chat, under /chat/."""

from django.urls import path

from contacts.chat import public
from contacts.chat.bot import public as bot

urlpatterns = [
    path("", public.chat, name="chat"),
    path("screen/", public.screen, name="chat_screen"),
    path("say/", public.say, name="chat_say"),
    path("here/", public.here, name="chat_here"),
    path("writing/", public.writing, name="chat_writing"),
    path("person/", public.person, name="chat_person"),
    path("answer/", bot.answer, name="chat_answer"),
    path("look/", public.look, name="chat_look"),
    path("consent/", public.consent, name="chat_consent"),
    path("code/", public.code, name="chat_code"),
    path("stop/", public.stop, name="chat_stop"),
    path("survey/", public.survey, name="chat_survey"),
    path("thanks/", public.thanks, name="chat_thanks"),
]
