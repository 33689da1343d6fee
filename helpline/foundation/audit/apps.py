from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "helpline.foundation.audit"
    label = "audit"
