"""Which conversations were imported before, remembered without remembering their ids."""

from django.db import models

from helpline.foundation.staff.roles import Service


class ImportedId(models.Model):
    """A keyed hash of an external id; it outlives the purge, so that what is gone stays gone."""

    hash = models.CharField(max_length=64, primary_key=True)
    service = models.CharField(max_length=20, choices=Service)

    def __str__(self) -> str:
        return "An imported conversation"
