"""Pages about what people ask about their data, under /staff/."""

from django.urls import path

from privacy.rights import closed, correcting, find_views, restricted, views

urlpatterns = [
    path("contacts/<uuid:pk>/their-data/", views.contact_rights, name="contact_rights"),
    path("rights/", views.rights, name="rights"),
    path("rights/closed/", closed.rights_closed, name="rights_closed"),
    path("rights/restricted/", restricted.rights_restricted, name="rights_restricted"),
    path("rights/<uuid:pk>/use/", restricted.rights_restricted_use, name="rights_restricted_use"),
    path("rights/<uuid:pk>/corrections/", correcting.rights_corrections, name="rights_corrections"),
    path(
        "rights/<uuid:pk>/corrections/out/",
        correcting.rights_correction_out,
        name="rights_correction_out",
    ),
    path(
        "rights/<uuid:pk>/corrections/old/",
        correcting.rights_correction_old,
        name="rights_correction_old",
    ),
    path("rights/new/", views.rights_new, name="rights_new"),
    path("rights/<uuid:pk>/", views.rights_request, name="rights_request"),
    path("rights/<uuid:pk>/next/", views.rights_move, name="rights_move"),
    path("rights/<uuid:pk>/scope/", views.rights_scope, name="rights_scope"),
    path("rights/<uuid:pk>/find/", find_views.rights_find, name="rights_find"),
    path("rights/<uuid:pk>/read/", views.rights_read, name="rights_read"),
    path("rights/<uuid:pk>/letter/", views.rights_letter, name="rights_letter"),
]
