"""Fetching a bundle: the link leads here, and the words that came by another way open it, once."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from privacy.bundle.forms import PassphraseForm
from privacy.models import Bundle

WRONG = "These words do not open it. Check them, or ask us for new ones."


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def fetch(request, token):
    """One box for the words; a link that has ended and one that never was look the same."""
    form = PassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        bundle = Bundle.objects.behind(token)
        whole = bundle.fetch(form.cleaned_data["words"]) if bundle else None
        if whole is not None:
            return given(whole)
        form = PassphraseForm({"words": ""})
        form.add_error("words", WRONG)
    status = 422 if request.method == "POST" else 200
    return render(request, "privacy/bundle/fetch.html", {"form": form}, status=status)


def given(whole: bytes) -> HttpResponse:
    """The file, under a name that says nothing."""
    answer = HttpResponse(whole, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="copy.zip"'
    return answer
