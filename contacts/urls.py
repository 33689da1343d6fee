"""Pages about contacts, under /staff/contacts/."""

from django.urls import path, re_path

from contacts import views

urlpatterns = [
    path("start/", views.contact_start, name="contact_start"),
    re_path(r"^(?P<which>waiting|mine|team|ended)/$", views.contact_list, name="contact_list"),
    path("<uuid:pk>/take/", views.contact_take, name="contact_take"),
    path("<uuid:pk>/note/", views.contact_note, name="contact_note"),
    path("<uuid:pk>/draft/", views.contact_draft, name="contact_draft"),
    path("<uuid:pk>/end/", views.contact_end, name="contact_end"),
]
