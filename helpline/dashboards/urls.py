"""Pages of figures, under /staff/figures/."""

from django.urls import path

from helpline.dashboards import views

urlpatterns = [
    path("", views.page, name="figures"),
    path("file/", views.export, name="figures_file"),
]
