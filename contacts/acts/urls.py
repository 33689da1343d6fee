"""Pages about what people agree to and ask us to do, under /staff/."""

from django.urls import path

from contacts.acts import views

urlpatterns = [
    path("contacts/<uuid:pk>/agreed/", views.contact_consents, name="contact_consents"),
    path("contacts/<uuid:pk>/taken-back/", views.contact_withdraw, name="contact_withdraw"),
    path("contacts/<uuid:pk>/ask/", views.contact_ask, name="contact_ask"),
    path("wordings/", views.wordings, name="wordings"),
    path("taken-back/", views.lost_bases, name="lost_bases"),
    path("taken-back/<uuid:pk>/", views.lost_basis_settle, name="lost_basis_settle"),
    path("asked/", views.actions, name="actions"),
    path("asked/call-backs/", views.callbacks, name="callbacks"),
    path("asked/reply/", views.action_reply, name="action_reply"),
    path("asked/<uuid:pk>/", views.action, name="action"),
    path("asked/<uuid:pk>/details/", views.action_details, name="action_details"),
    path("asked/<uuid:pk>/show/", views.action_show, name="action_show"),
    path("asked/<uuid:pk>/next/", views.action_move, name="action_move"),
    path("asked/<uuid:pk>/approve/", views.action_approve, name="action_approve"),
]
