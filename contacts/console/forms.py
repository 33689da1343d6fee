"""What staff fill in around a chat."""

from django import forms

from contacts import private_channels
from contacts.chat import forms as person_forms
from contacts.desk_forms import SHORTEST_REASON, AsksWhy, BasisForm, EndForm, TopicsForm, box
from contacts.models import Contact, QuickReply
from contacts.models.limit import FEWEST, MOST
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission


class SayForm(person_forms.SayForm):
    """One line of a worker; what leads away from our channels is stopped and asks why (S1-12)."""

    text = forms.Field(
        label="Your answer",
        required=False,
        widget=forms.Textarea(
            {"rows": 3, "autocomplete": "off", "aria-describedby": "said-state", "id": "box"}
        ),
    )
    why = forms.CharField(
        label="Why you send it anyway",
        required=False,
        max_length=500,
        widget=forms.HiddenInput,
    )

    kinds: list[str] = []

    def clean(self):
        """Stop what leads away from us, unless a reason of the worker’s own comes with it."""
        said = super().clean()
        self.kinds = private_channels.found_in(said.get("text", ""), private_channels.known())
        if self.kinds and len(said.get("why", "").strip()) < SHORTEST_REASON:
            self.fields["why"].widget = forms.TextInput({"autocomplete": "off"})
            self.add_error(
                "why",
                f"Not sent. This seems to hold {private_channels.reason(self.kinds)}. Take it out,"
                f" or say in at least {SHORTEST_REASON} characters why you send it anyway. A"
                " supervisor is told.",
            )
        return said


class PassForm(AsksWhy):
    """Who takes over, and what they need to know; the person never sees the note."""

    to = forms.ModelChoiceField(
        Staff.objects.none(),
        label="Who takes over",
        required=False,
        empty_label="Back to the queue: whoever is free next",
    )
    note = forms.CharField(
        label="Note for whoever takes over",
        help_text="What has been said and agreed, so that nobody starts again. The person never"
        " sees it.",
        max_length=4000,
        widget=box(4),
    )
    words_in = ("note",)

    def __init__(self, *args, contact: Contact, **options):
        super().__init__(*args, **options)
        self.fields["to"].queryset = colleagues(contact)
        self.fields["to"].label_from_instance = lambda staff: staff.alias
        self.order_fields(["to", "note", "why"])


def colleagues(contact: Contact):
    """Who else can take this chat: active, of its service, and there to take contacts."""
    able = Staff.objects.who_may(Permission.TAKE_CONTACTS)
    return (
        able.filter(services__contains=[contact.service])
        .exclude(pk=contact.worker_id)
        .order_by("alias")
    )


class GuidanceForm(forms.Form):
    """What a worker asks a supervisor: as little about the person as the question needs."""

    question = forms.CharField(
        label="Your question",
        help_text="A supervisor can open the chat. The person is not told.",
        max_length=2000,
        widget=box(2),
    )


class GuidanceAnswerForm(forms.Form):
    """What a supervisor answers."""

    answer = forms.CharField(label="Your answer", max_length=4000, widget=box(3))


class LimitForm(forms.Form):
    """How many chats somebody wants at once."""

    at_most = forms.TypedChoiceField(
        label="Chats at once",
        coerce=int,
        choices=[(number, str(number)) for number in range(FEWEST, MOST + 1)],
    )


class QuickReplyForm(forms.ModelForm):
    """A reply that is sent often, with `{cursor}` where typing goes on."""

    shared = forms.BooleanField(label="For everybody", required=False)

    class Meta:
        model = QuickReply
        fields = ["title", "text", "stage"]
        labels = {"title": "Name", "text": "What it says", "stage": "When"}
        help_texts = {"text": "Write {cursor} where you go on typing. Nothing about any person."}
        widgets = {"text": box(4)}

    def __init__(self, *args, may_share: bool, **options):
        super().__init__(*args, **options)
        if not may_share:
            del self.fields["shared"]


class Ending:
    """The end of a chat in one step: how it ended, what it was about, and the legal basis.

    Three forms of the desk on one page; only how it ended is asked for.
    """

    def __init__(self, data=None, *, seen: int, ticked: tuple[str, ...] = ()):
        topics = {"topics": ticked, "shown": " ".join(ticked)}
        self.end = EndForm(data, initial={"seen": seen})
        self.topics = TopicsForm(data, initial=topics)
        given = data is not None and data.get("basis-basis")
        self.basis = BasisForm(data if given else None, prefix="basis")

    def is_valid(self) -> bool:
        """Whether each of them is; all are looked through, so that every fault shows at once."""
        given = [form for form in (self.end, self.topics, self.basis) if form.is_bound]
        faults = [form for form in given if not form.is_valid()]
        return bool(given) and not faults
