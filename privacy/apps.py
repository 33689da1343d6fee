import importlib

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self):
        importlib.import_module("privacy.checks")
