"""Which conversations were imported before, remembered without remembering their ids."""

from django.db import connection, models

from helpline.foundation.staff.roles import Service
from helpline.foundation.vault import blind

PURPOSE = "imported conversation"


class ImportedIdQuerySet(models.QuerySet):
    def knows(self, service: str, external_id: str) -> bool:
        """Whether this conversation was imported before, under whichever version of the key."""
        hashes = blind.indexes(PURPOSE, f"{service}:{external_id}")
        return self.filter(hash__in=hashes).exists()

    def remember(self, service: str, external_id: str) -> bool:
        """Note an id within the importing transaction; False when it was known before.

        One hash for every version of the key that is set, so that two imports with different newest
        versions still meet. The second waits here until the first has committed.
        """
        hashes = blind.indexes(PURPOSE, f"{service}:{external_id}")
        values = ", ".join(["(%s, %s)"] * len(hashes))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO contacts_importedid (hash, service) VALUES {values}"  # noqa: S608
                " ON CONFLICT (hash) DO NOTHING",
                [part for hash_ in sorted(hashes) for part in (hash_, service)],
            )
            return cursor.rowcount == len(hashes)


class ImportedId(models.Model):
    """A keyed hash of an external id; it outlives the purge, so that what is gone stays gone."""

    hash = models.CharField(max_length=64, primary_key=True)
    service = models.CharField(max_length=20, choices=Service)

    objects = ImportedIdQuerySet.as_manager()

    def __str__(self) -> str:
        return "An imported conversation"
