"""Pages about who is on call, under /staff/."""

from django.urls import path

from safeguarding.on_call import views

urlpatterns = [
    path("on-call/", views.on_call, name="on_call"),
    path("on-call/add/", views.add, name="on_call_add"),
    path("on-call/<uuid:pk>/", views.change, name="on_call_change"),
    path("on-call/<uuid:pk>/remove/", views.remove, name="on_call_remove"),
]
