"""The register of suppliers, under /staff/suppliers/."""

from django.urls import path

from contacts.suppliers import views

urlpatterns = [
    path("", views.suppliers, name="suppliers"),
    path("new/", views.new, name="supplier_new"),
    path("<uuid:pk>/", views.supplier, name="supplier"),
    path("<uuid:pk>/review/", views.review, name="supplier_review"),
    path("<uuid:pk>/standing/", views.move, name="supplier_move"),
]
