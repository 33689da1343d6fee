import importlib

from django.apps import AppConfig


class HelplineConfig(AppConfig):
    name = "helpline"

    def ready(self):
        importlib.import_module("helpline.checks")
