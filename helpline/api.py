"""The interface for partner systems: every endpoint, on one page."""

from django.urls import path, re_path
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView, exception_handler, set_rollback

from contacts.api import Transcripts
from contacts.importing import BadRecord
from helpline import public
from helpline.dashboards.api import Figures
from helpline.foundation.problems import PROBLEM, problem
from helpline.foundation.states import Refused, Unavailable, WrongState

OURS = {
    BadRecord: status.HTTP_422_UNPROCESSABLE_ENTITY,
    Refused: status.HTTP_409_CONFLICT,
    WrongState: status.HTTP_409_CONFLICT,
    Unavailable: status.HTTP_503_SERVICE_UNAVAILABLE,
}
# In our words, because DRF's own repeat what was sent.
IN_WORDS = {
    403: "The key does not allow this.",
    404: "There is nothing here.",
    405: "This method means nothing here.",
    406: "Answers are JSON.",
    415: "Send application/json.",
    429: "Too many requests in a minute.",
}


def explained(exc, context):
    """Every refusal as problem details; a 401 without a body (F02); None for what is our fault."""
    for kind, code in OURS.items():
        if isinstance(exc, kind):
            set_rollback()
            return Response(problem(code, str(exc)), code, content_type=PROBLEM)
    response = exception_handler(exc, context)
    if response is None:
        return None
    code = response.status_code
    if code == status.HTTP_401_UNAUTHORIZED:
        response.data = None
        return response
    detail = str(exc.detail) if isinstance(exc, exceptions.ParseError) else IN_WORDS[code]
    response.data, response.content_type = problem(code, detail), PROBLEM
    return response


class NothingHere(APIView):
    """Whatever else somebody with a key asks for."""

    permission_classes = []

    @extend_schema(exclude=True)
    def get(self, request):
        """404, for this and every other method, once a key has been shown."""
        raise exceptions.NotFound

    post = get

    def perform_authentication(self, request):
        """Without a key the same bare 401 as everywhere."""
        if request.auth is None:
            raise exceptions.NotAuthenticated


router = SimpleRouter()
router.register("transcripts", Transcripts, basename="transcripts")
router.register("figures", Figures, basename="figures")

urlpatterns = [
    path("", public.interface, name="interface"),
    path("schema.json", public.interface_json, name="interface_json"),
    path("schema.yaml", public.interface_yaml, name="interface_yaml"),
    *router.urls,
    re_path(r"^.*$", NothingHere.as_view(), name="interface_nothing"),
]
