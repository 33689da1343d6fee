"""What the endpoints for partner systems have in common: their refusals, and their description."""

from collections.abc import Collection
from http import HTTPStatus

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from helpline.foundation.problems import PROBLEM

EVERYWHERE = (400, 403, 405, 408, 413, 429, 500, 503)


class KeyScheme(OpenApiAuthenticationExtension):
    """How the description says that a key is asked for."""

    target_class = "helpline.foundation.staff.partner_access.ByKey"
    name = "partnerKey"

    def get_security_definition(self, auto_schema):
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A key from an administrator."}


class ProblemSerializer(serializers.Serializer):
    """Problem details, RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)


def refusals(*others: int) -> dict[object, object]:
    """The refusals that every endpoint knows, and `others`, for its description."""
    told: dict[object, object] = {
        (status, PROBLEM): OpenApiResponse(ProblemSerializer, HTTPStatus(status).phrase)
        for status in sorted({*EVERYWHERE, *others})
    }
    return {401: OpenApiResponse(description="No key in force was sent.")} | told


def only_known(request, names: Collection[str]) -> dict[str, str]:
    """The query of a request; raises `ParseError` for a name that means nothing here (H03)."""
    for name, values in request.query_params.lists():
        if name not in names or len(values) != 1:
            known = ", ".join(sorted(names)) or "none"
            raise ParseError(f"The query may have these names, once each: {known}.")
    return request.query_params.dict()
