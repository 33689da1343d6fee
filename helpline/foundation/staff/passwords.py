"""What a password must be: long, not known, not one's own name. No rules about symbols or age."""

import re

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

LONGEST = 1000  # characters; far above any pass phrase, far below a denial of service


class Argon2id(Argon2PasswordHasher):
    """64 MB and three passes for each guess."""

    time_cost = 3
    memory_cost = 64 * 1024
    parallelism = 1


class NotKnown(CommonPasswordValidator):
    """Refuse the 20,000 commonest passwords, also dressed up: `Password2026!` is `password`."""

    def validate(self, password, user=None):
        """Raise `ValidationError` for a known password."""
        word = password.lower().strip()
        bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", word)
        half = word[: len(word) // 2]
        if {word, bare, half if half * 2 == word else word} & self.passwords or len(set(word)) < 5:
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def get_error_message(self):
        """The sentence people read."""
        return "This password is one that attackers try first. Three or four random words do well."


class NotTooLong:
    """Refuse what is too long to hash in reasonable time."""

    def validate(self, password, user=None):
        """Raise `ValidationError` above 1,000 characters."""
        if len(password) > LONGEST:
            raise ValidationError(f"At most {LONGEST} characters, please.")

    def get_help_text(self):
        """Nobody needs telling."""
        return ""
