from django.apps import AppConfig


class HelplineConfig(AppConfig):
    name = "helpline"
