"""Transcripts from other systems: the import's own verb behind an endpoint."""

import re

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from contacts import importing
from contacts.importing import BadRecord, Outcome
from helpline.foundation.calendar import london_today
from helpline.foundation.interface import only_known, refusals
from helpline.foundation.staff.models import PartnerAnswer
from helpline.foundation.staff.partner_access import Requires
from helpline.foundation.staff.roles import Scope

IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")
EXAMPLE = {
    "external_id": "chat-2026-000123",
    "started_at": "2026-01-31T16:05:00+00:00",
    "nickname": "Otter",
    "lines": [
        {"speaker": "person", "at": "2026-01-31T16:05:00+00:00", "text": "Hello"},
        {"speaker": "worker", "at": "2026-01-31T16:06:00+00:00", "text": "Hello, Otter."},
    ],
    "survey": [{"question": "Did it help?", "answer": "A bit"}],
}


class LineSerializer(serializers.Serializer):
    """One line; lines are put in the order of their times."""

    speaker = serializers.ChoiceField(importing.SPEAKERS)
    at = serializers.DateTimeField(help_text="Not before started_at, not in the future.")
    text = serializers.CharField(max_length=importing.TEXT_LENGTH, allow_blank=True)


class AnswerSerializer(serializers.Serializer):
    """One answer of the survey."""

    question = serializers.CharField(max_length=importing.TEXT_LENGTH, allow_blank=True)
    answer = serializers.CharField(max_length=importing.TEXT_LENGTH, allow_blank=True)


class TranscriptSerializer(serializers.Serializer):
    """One conversation. Any other field is left out and counted in the answer."""

    external_id = serializers.CharField(
        min_length=1,
        max_length=importing.ID_LENGTH,
        help_text="Yours; a conversation is stored once under it.",
    )
    started_at = serializers.DateTimeField(help_text="With its offset; within the last 18 months.")
    nickname = serializers.CharField(
        max_length=importing.NICKNAME_LENGTH,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="What the person called themselves, if anything.",
    )
    lines = serializers.ListField(
        child=LineSerializer(),
        min_length=1,
        help_text="Each with speaker (person, worker or bot), at (a time) and text.",
    )
    survey = serializers.ListField(
        child=AnswerSerializer(),
        required=False,
        allow_null=True,
        max_length=importing.ANSWERS,
        help_text="Each with question and answer.",
    )


class TakenSerializer(serializers.Serializer):
    """What became of a transcript."""

    outcome = serializers.ChoiceField([Outcome.STORED.value, Outcome.SKIPPED.value])
    dropped = serializers.IntegerField(help_text="How many fields were left out.", min_value=0)


class StrictJSON(BaseParser):
    """JSON as the import reads it: UTF-8, no name twice, no endless nesting."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        """The value; raises `ParseError`, which says nothing of what was sent."""
        try:
            return importing.decoded(stream.read())
        except BadRecord as reason:
            refusal = str(reason)
        raise ParseError(refusal)


class Transcripts(viewsets.ViewSet):
    """Conversations that another system held."""

    permission_classes = [Requires(Scope.ADD_TRANSCRIPTS)]
    parser_classes = [StrictJSON]
    http_method_names = ["post"]

    @extend_schema(
        summary="Add one transcript",
        request=TranscriptSerializer,
        responses={201: TakenSerializer, 200: TakenSerializer} | refusals(409, 415, 422),
        examples=[OpenApiExample("One conversation", EXAMPLE, request_only=True)],
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
                OpenApiParameter.HEADER,
                description="Ask again with the same key for a day: nothing is stored twice.",
            )
        ],
    )
    def create(self, request):
        """Stored (201), known before (200), or refused with the reason (422), never half."""
        only_known(request, ())
        found = importing.conversation(request.data, timezone.now())

        def store() -> str:
            service, by = request.auth.service, request.auth
            return importing.store(found, service=service, today=london_today(), by=by)

        token = idempotency_key(request)
        answers = PartnerAnswer.objects
        outcome = answers.once(request.auth, token, request.data, store) if token else store()
        if outcome == Outcome.TOO_OLD:
            raise BadRecord("Its 18 months are over, so it may not be stored.")
        status = 201 if outcome == Outcome.STORED else 200
        return Response({"outcome": outcome, "dropped": len(found.dropped)}, status)


def idempotency_key(request) -> str:
    """The header's value, empty when there is none; raises `ParseError` for a malformed one."""
    token = request.headers.get("Idempotency-Key", "")
    if "Idempotency-Key" in request.headers and not IDEMPOTENCY_KEY.fullmatch(token):
        raise ParseError("Idempotency-Key has up to 200 visible ASCII characters, no spaces.")
    return token
