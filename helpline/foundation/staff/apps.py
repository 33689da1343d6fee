from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "helpline.foundation.staff"
    label = "staff"
