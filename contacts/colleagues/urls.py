"""Pages on which colleagues ask each other, under /staff/."""

from django.urls import path

from contacts.colleagues import views

urlpatterns = [
    path("contacts/<uuid:pk>/colleague/", views.contact_colleague, name="contact_colleague"),
    path("colleagues/", views.colleagues, name="colleagues"),
    path("colleagues/<uuid:pk>/", views.colleague_question, name="colleague_question"),
]
