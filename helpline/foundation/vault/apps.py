from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "helpline.foundation.vault"
    label = "vault"
