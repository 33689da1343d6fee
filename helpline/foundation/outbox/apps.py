from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "helpline.foundation.outbox"
    label = "outbox"
