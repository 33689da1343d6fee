"""Pages about contacts, under /staff/contacts/."""

from django.urls import path, re_path

from contacts import desk, notes, views

urlpatterns = [
    path("start/", views.contact_start, name="contact_start"),
    re_path(r"^(?P<which>waiting|mine|team|ended)/$", views.contact_list, name="contact_list"),
    path("find/", views.contact_find, name="contact_find"),
    path("<uuid:pk>/take/", views.contact_take, name="contact_take"),
    path("<uuid:pk>/note/", desk.contact_note, name="contact_note"),
    path("<uuid:pk>/draft/", desk.contact_draft, name="contact_draft"),
    path("<uuid:pk>/step/", desk.contact_step, name="contact_step"),
    path("<uuid:pk>/topics/", desk.contact_topics, name="contact_topics"),
    path("<uuid:pk>/signpost/", desk.contact_signpost, name="contact_signpost"),
    path("<uuid:pk>/basis/", desk.contact_basis, name="contact_basis"),
    path("<uuid:pk>/end/", desk.contact_end, name="contact_end"),
    path("notes/", notes.notes_review, name="notes_review"),
    path("notes/back/", notes.notes_back, name="notes_back"),
    path("notes/<uuid:pk>/review/", notes.note_review, name="note_review"),
    path("notes/back/<uuid:pk>/answer/", desk.note_answer, name="note_answer"),
    path("signposts/", notes.signposts, name="signposts"),
    path("signposts/<uuid:pk>/drop/", notes.signpost_drop, name="signpost_drop"),
    path("pause/", desk.pause, name="pause"),
]
