"""What a supervisor fills in when something may have to be shared: nothing is ticked beforehand."""

from django import forms
from django.db.models import Q
from django.utils import timezone

from contacts.desk_forms import box
from contacts.models import Contact
from contacts.vocabulary import Basis, NoConsent
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from safeguarding.circumstances import Circumstance
from safeguarding.models import Disclosure, Recipient
from safeguarding.sharing import kinds

LONGEST = 4000
OFF = {"autocomplete": "off"}
MOMENT = {"type": "datetime-local"}
AS_TYPED = "%Y-%m-%dT%H:%M"


def line(label: str, *, help_text: str = "", longest: int = 300) -> forms.CharField:
    """One line of words that may stay empty and that no browser offers again."""
    text = forms.TextInput(OFF)
    return forms.CharField(
        label=label, help_text=help_text, max_length=longest, required=False, widget=text
    )


def words(label: str, *, help_text: str = "", rows: int = 3, required=False) -> forms.CharField:
    """A box of words."""
    return forms.CharField(
        label=label, help_text=help_text, max_length=LONGEST, required=required, widget=box(rows)
    )


def pick(label: str, choices, *, help_text: str = "") -> forms.ChoiceField:
    """One of a closed list, or nothing yet."""
    return forms.ChoiceField(
        label=label,
        choices=[each for each in choices.choices if each[0]],
        required=False,
        help_text=help_text,
        widget=forms.RadioSelect,
    )


def yes(label: str) -> forms.BooleanField:
    """Something that is so."""
    return forms.BooleanField(label=label, required=False)


def moment(label: str, *, help_text: str = "") -> forms.DateTimeField:
    """A day and a time."""
    return forms.DateTimeField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateTimeInput(MOMENT, AS_TYPED),
    )


class Grouped(forms.Form):
    """A form whose fields stand under headings, filled with what is written down so far."""

    GROUPS: tuple = ()

    def __init__(self, *args, disclosure: Disclosure, **options):
        self.disclosure = disclosure
        super().__init__(*args, **options)
        for name in self.fields:
            if hasattr(disclosure, name) and name not in self.initial:
                self.initial[name] = getattr(disclosure, name)

    def groups(self) -> list:
        """Each heading with its fields."""
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]


class WhyForm(Grouped):
    """The ground, the facts it stands on, how serious the harm is, and the law."""

    ground = pick("Which of the six circumstances we have published", Circumstance)
    wish = words("What they asked for, in their exact words", help_text="If they ask us to.")
    trusted = pick("Who is in a position of trust", kinds.Trusted)
    harms_person = yes("This person hurts or harms them")
    near_children = yes("This person can get close to other children")
    officer_at = forms.ModelChoiceField(
        Recipient.objects.none(),
        label="If it is a police officer: where they work",
        required=False,
        empty_label="Not on our list",
    )
    officer_unit = line("Force and unit, if it is not on the list")
    instrument = line("If the law says we must: the order or notice")
    power = line("The law it cites")
    authority = line("Which court or authority it is from")
    harm = pick("How serious the harm is, or would be", kinds.Harm)
    harm_to = pick("Who may be harmed", kinds.HarmTo)
    harm_why = words("Why you think so", help_text="At least 20 characters.")
    basis = pick("Lawful basis", Basis)
    condition = pick("What the law asks besides", kinds.Condition)
    no_consent = forms.ChoiceField(
        label="Why consent could not be had",
        choices=NoConsent.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    under_18 = yes("They are under 18")
    needs_care = yes("They need care or support")
    at_risk = yes("They are harmed or neglected, or at risk of it")
    cannot_protect = yes("Because of these needs they cannot protect themselves")

    GROUPS = (
        ("The ground", ("ground", "wish")),
        (
            "Somebody in a position of trust",
            ("trusted", "harms_person", "near_children", "officer_at", "officer_unit"),
        ),
        ("If the law says we must", ("instrument", "power", "authority")),
        ("The harm", ("harm", "harm_to", "harm_why")),
        ("What the law allows", ("basis", "condition", "no_consent")),
        ("A child, or an adult at risk", ("under_18", "needs_care", "at_risk", "cannot_protect")),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        choose_from(self.fields["officer_at"], self.disclosure, Q(kind=kinds.RecipientKind.POLICE))


class TalkForm(Grouped):
    """Whether it was talked about with the person, what they think, and by when they are told."""

    talk = pick("Did you talk about it with them first?", kinds.TalkFirst)
    talked_at = moment("When")
    talked_by = forms.ModelChoiceField(
        Staff.objects.none(), label="Who talked with them", required=False, empty_label="Choose"
    )
    told_why = words("What they were told of why", rows=2)
    told_whom = words("Who they were told it goes to", rows=2)
    their_view = words("What they think of it, in their words", rows=2)
    told_of_review = yes("They were told that they can ask us to look at it again")
    talk_why_not = words(
        "If not: why not", rows=2, help_text="At least 20 characters that say what could happen."
    )
    tell_by = moment(
        "If they do not know yet: by when somebody tells them",
        help_text="It stays an open task until they know, or it is impossible.",
    )

    GROUPS = (
        ("Talking first", ("talk",)),
        (
            "If you talked, or tried",
            ("talked_at", "talked_by", "told_why", "told_whom", "their_view", "told_of_review"),
        ),
        ("If you did not", ("talk_why_not", "tell_by")),
    )

    def __init__(self, *args, by: Staff, **options):
        super().__init__(*args, **options)
        worry = self.disclosure.escalation
        known = {worry.owner_id, worry.raised_by_id, by.pk, self.disclosure.talked_by_id}
        known |= {worry.contact.worker_id} if worry.contact_id else set()
        self.fields["talked_by"].queryset = Staff.objects.filter(pk__in=known - {None})
        self.fields["talked_by"].label_from_instance = lambda staff: staff.alias

    def clean_talked_at(self):
        """A time that is over."""
        at = self.cleaned_data["talked_at"]
        if at and at > timezone.now():
            raise forms.ValidationError("This is still to come.")
        return at


class ToForm(Grouped):
    """Who is told, for what, and by which way."""

    recipient = forms.ModelChoiceField(
        Recipient.objects.none(), label="Who is told", required=False, empty_label="Nobody yet"
    )
    attention = line("For whom there, if you know a name or a desk", longest=120)
    purpose = words("What you ask them to do", rows=2, help_text="For our record. It is not sent.")
    way = pick("By which way", kinds.Way)

    GROUPS = (("The recipient", ("recipient", "attention", "purpose")), ("The way", ("way",)))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        choose_from(self.fields["recipient"], self.disclosure, Q())


def choose_from(field, disclosure: Disclosure, condition: Q) -> None:
    """Fill a field with the verified recipients that may be chosen here."""
    rows = Recipient.objects.for_escalation(disclosure.escalation).filter(condition)
    field.queryset = rows.select_related("key")
    field.label_from_instance = lambda to: f"{to.body} ({to.get_kind_display()})"


class ItemsForm(forms.Form):
    """Everything that could leave, each with its own tick and its own reason."""

    fact = words(
        "Something written for this",
        help_text="Often a plain sentence of yours says all they need, and nothing else has to go.",
    )
    fact_why = line("Why it has to leave")

    def __init__(self, *args, sources: list, facts: list, ticked: dict[str, str], **options):
        super().__init__(*args, **options)
        self.rows = [(each.tick, each.label, each.words) for each in sources]
        self.rows += [(f"fact:{item.pk}", "Written for this", str(item.words)) for item in facts]
        for tick, _label, _words in self.rows:
            self.fields[f"tick-{tick}"] = forms.BooleanField(
                required=False, initial=tick in ticked, label="Leaves"
            )
            self.fields[f"why-{tick}"] = line("Why it has to leave")
            self.initial[f"why-{tick}"] = ticked.get(tick, "")

    def table(self) -> list[dict]:
        """One row for each thing: what it is, its tick and its reason."""
        return [
            {"label": label, "words": said, "tick": self[f"tick-{t}"], "why": self[f"why-{t}"]}
            for t, label, said in self.rows
        ]

    def chosen(self) -> dict[str, str]:
        """What is ticked now, with its reason."""
        said = self.cleaned_data if self.is_bound else self.initial
        found = {}
        for tick, _label, _words in self.rows:
            on = said.get(f"tick-{tick}", self.fields[f"tick-{tick}"].initial)
            if on:
                found[tick] = said.get(f"why-{tick}", "")
        return found

    def clean(self):
        """A reason beside each thing that is ticked."""
        said = super().clean()
        for tick in self.chosen():
            if len(said.get(f"why-{tick}", "").strip()) < 5:
                self.add_error(f"why-{tick}", "Say why it has to leave.")
        if said.get("fact") and len(said.get("fact_why", "").strip()) < 5:
            self.add_error("fact_why", "Say why it has to leave.")
        return said


class WordsForm(forms.Form):
    """A reason, a receipt, or what happened."""

    words = words("In words", required=True)

    def __init__(self, *args, label: str = "", help_text: str = "", **options):
        super().__init__(*args, **options)
        self.fields["words"].label = label or self.fields["words"].label
        self.fields["words"].help_text = help_text


class MarkForm(forms.Form):
    """That exactly this was read."""

    mark = forms.CharField(max_length=64, widget=forms.HiddenInput)


class TaskForm(forms.Form):
    """How a task ended."""

    outcome = forms.ChoiceField(
        label="How it ended", choices=kinds.TaskOutcome, widget=forms.RadioSelect
    )
    words = words("How, or why it is not possible", rows=2, required=True)


class RecipientForm(forms.Form):
    """Somebody for the list, as they are published and as they answered when rung."""

    kind = forms.ChoiceField(label="What they are")
    body = forms.CharField(label="Name and desk", max_length=200, widget=forms.TextInput(OFF))
    rings_at = line("Telephone", longest=60)
    mails_to = line("E-mail", longest=254)
    secure = forms.BooleanField(
        label="They confirmed that mail to this address is encrypted on its whole way",
        required=False,
    )
    posts_to = words("Postal details", rows=2)
    found_at = forms.CharField(
        label="Where their number is published",
        help_text="Not in a message that somebody sent us.",
        max_length=300,
        widget=forms.TextInput(OFF),
    )
    spoke_to = forms.CharField(
        label="When you rang that number, and who answered",
        max_length=300,
        widget=forms.TextInput(OFF),
    )

    def __init__(self, *args, named: bool = False, **options):
        super().__init__(*args, **options)
        own = kinds.RecipientKind.NAMED
        self.fields["kind"].choices = [
            each for each in kinds.RecipientKind.choices if (each[0] == own) is named
        ]


class CallForm(forms.Form):
    """What was said to 999."""

    service = forms.ChoiceField(
        label="Whom you asked for",
        choices=kinds.Emergency,
        initial=kinds.Emergency.AMBULANCE,
        widget=forms.RadioSelect,
    )
    said = words("What you told them", rows=4, required=True)
    answered = line("Their incident number, if they gave one", longest=120)
    called_at = moment("When, if it was not just now")
    came_to = forms.ChoiceField(label="Which service of ours they came to")

    def __init__(self, *args, by: Staff, on, **options):
        """`on` what it is written down; None for a contact that went while this was filled in."""
        super().__init__(*args, **options)
        self.fields["came_to"].choices = [(code, Service(code).label) for code in by.services]
        if isinstance(on, Contact):
            hidden = forms.HiddenInput()
            known = forms.CharField(initial=on.service, required=False, widget=hidden)
            self.fields["came_to"] = known
        elif on is not None:
            del self.fields["came_to"]
