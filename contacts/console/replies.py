"""Quick replies: one’s own, and those that supervisors keep for everybody."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contacts.console import staged
from contacts.console.forms import QuickReplyForm
from contacts.models import QuickReply
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission


@require_http_methods(["GET", "POST"])
@requires(Permission.TAKE_CONTACTS)
def replies(request):
    """Every quick reply one can use; add one."""
    staff = request.user
    may_share = staff.may(Permission.KEEP_CHAT)
    form = QuickReplyForm(request.POST or None, may_share=may_share)
    if form.is_valid():
        words = dict(form.cleaned_data)
        QuickReply.objects.add(by=staff, shared=words.pop("shared", False), **words)
        messages.success(request, "It is among the quick replies.")
        return redirect("replies")
    rows = QuickReply.objects.for_staff(staff)
    context = {
        "own": [row for row in rows if row.owner_id],
        "shared": [row for row in rows if not row.owner_id],
        "staged": staged.REPLIES,
        "may_share": may_share,
        "form": form,
    }
    return render(request, "console/replies.html", context)


def kept(request, pk) -> QuickReply:
    """One that this person may change; otherwise the 404."""
    return QuickReply.objects.kept_by(request.user).filter(pk=pk).first() or refuse(request)


@require_http_methods(["GET", "POST"])
@requires(Permission.TAKE_CONTACTS)
def reply_change(request, pk):
    """Change the words of one."""
    reply = kept(request, pk)
    form = QuickReplyForm(request.POST or None, instance=reply, may_share=False)
    if form.is_valid():
        reply.change(by=request.user, **form.cleaned_data)
        messages.success(request, "It is changed.")
        return redirect("replies")
    return render(request, "console/reply.html", {"form": form, "reply": reply})


@require_POST
@requires(Permission.TAKE_CONTACTS)
def reply_remove(request, pk):
    """Take one away."""
    kept(request, pk).remove(by=request.user)
    messages.success(request, "It is gone.")
    return redirect("replies")
