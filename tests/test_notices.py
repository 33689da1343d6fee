"""What the public is told: every notice, its versions, and the facts about the charity in it."""

import re
from hashlib import sha256

import pytest

from helpline import checks, notices, public
from helpline.foundation import door
from helpline.notices import NOTICES, Notice, Version
from privacy import schedule
from privacy.law import LAWS
from safeguarding.circumstances import TOLD, Circumstance

SLUGS = list(NOTICES)
PROMISED = {
    "/": "First page",
    "/confidentiality/": "Confidentiality",
    "/safeguarding/": "Safeguarding",
    "/code-of-contact/": "Code of contact",
    "/privacy/": "Privacy",
    "/cookies/": "Cookies",
    "/accessibility/": "Accessibility",
    "/contact/": "Contact us",
}

# The words of every published version, as they were on its day.
FROZEN = {
    ("accessibility", 1): "3af31abe8d30456c",
    ("code-of-contact", 1): "4444f445a5bce63e",
    ("confidentiality", 1): "1faf633fc63bb94e",
    ("contact", 1): "b99130b93540b09e",
    ("contact", 2): "a7e1d58630135aa8",
    ("cookies", 1): "bb8ea57d17e0e05e",
    ("cookies", 2): "46c6426a20c3c757",
    ("cookies", 3): "0816a7ddbf517852",
    ("privacy", 1): "1ec34d4dfd13a8d4",
    ("privacy", 2): "18c2564e598fa003",
    ("privacy", 3): "a60da9b58cb14542",
    ("privacy", 4): "0f91ea6d2761386f",
    ("privacy", 5): "7c636d7865c6e7a6",
    ("privacy", 6): "36a5d17ce3cbfa97",
    ("safeguarding", 1): "20d1e5d349ce6eb1",
    ("welcome", 1): "2256cb2db705f920",
    ("welcome", 2): "13ea0cbc88b1a55b",
}

OLDER = "This is how the page was before. Read it as it is now . "  # above an older version

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(client, settings):
    """The words of a page, as they are with every fact about the charity filled in."""
    settings.HELPLINE_EMAIL, settings.DPO_EMAIL = "talk@charity.example", "dpo@charity.example"
    settings.PRIVACY_STATEMENT_URL = "https://charity.example/privacy"

    def reading(path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200
        return answer.content.decode()

    return reading


def words(page: str) -> str:
    """The main part as one line of plain text."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&quot;", '"').split())


def test_l10_every_notice_stands_at_its_own_address():
    assert {notice.path: notice.label for notice in NOTICES.values()} == PROMISED


@pytest.mark.parametrize("path", PROMISED)
def test_s2_63_every_page_says_when_it_was_last_updated_and_which_version_it_is(read, path):
    page = " ".join(read(path).split())
    notice = next(each for each in NOTICES.values() if each.path == path)

    assert f"Last updated on {notice.current.in_words}." in page
    if len(notice.versions) == 1:
        assert "the first version of this page" in page
    else:
        assert f"This is version {notice.current.number}." in page


@pytest.mark.parametrize("slug", SLUGS)
def test_s2_63_a_version_keeps_its_address_and_others_do_not_exist(read, client, slug):
    newest = NOTICES[slug].current.number

    assert words(read(f"/{slug}/{newest}/")) == words(read(NOTICES[slug].path))
    assert client.get(f"/{slug}/0/").status_code == 404
    assert client.get(f"/{slug}/{newest + 1}/").status_code == 404


def test_s2_63_an_older_version_says_so_and_links_to_the_newer(read, rf, monkeypatch):
    first = NOTICES["cookies"].versions[0]
    second = Version(2, first.since.replace(year=2027), "A cookie for the chat.")
    two = NOTICES["cookies"]._replace(versions=(first, second))
    monkeypatch.setitem(notices.NOTICES, "cookies", two)
    monkeypatch.setattr(Notice, "template", lambda self, version: "public/cookies/1.html")

    old, new = read("/cookies/1/"), read("/cookies/")

    assert 'This is how the page was before. <a href="/cookies/">' in old
    assert "Written on 22 November 2026." in old
    assert "This is how the page was before" not in new
    assert "Last updated on 22 November 2027." in new
    assert '<a href="/cookies/1/">version 1</a> (22 November 2026)' in new


@pytest.mark.parametrize("page", [(n.slug, v.number) for n in NOTICES.values() for v in n.versions])
def test_s2_63_published_words_change_only_as_a_new_version(read, page, monkeypatch):
    """If this fails: leave the old template as it was, and add a version with its own (notices.py).

    What a version draws from code, such as the schedule, is then written out in the old template.
    """
    monkeypatch.setattr(public, "chatting", list)  # opening hours are no wording of the notice
    slug, number = page
    seen = words(read(f"/{slug}/{number}/")).replace(OLDER, "")

    assert sha256(seen.encode()).hexdigest()[:16] == FROZEN[page]


@pytest.mark.parametrize("slug", SLUGS)
def test_s2_63_versions_are_numbered_from_one_and_never_go_back_in_time(slug):
    versions = NOTICES[slug].versions

    assert [each.number for each in versions] == list(range(1, len(versions) + 1))
    assert sorted(each.since for each in versions) == [each.since for each in versions]
    assert all(each.changed for each in versions[1:])


@pytest.mark.parametrize("path", PROMISED)
def test_every_page_ends_with_all_pages_and_who_answers_for_it(read, path):
    foot = read(path).partition("<footer")[2]

    for other, label in PROMISED.items():
        assert re.search(rf'<a href="{other}"[^>]*>{label}</a>', foot)
    for fact in ("1020419", "SC057419", "Z4558221"):  # S1-23, S2-12
        assert fact in foot
    for fact in ("James Rowley", "dpo@charity.example", "284 Upper Richmond Road West"):
        assert fact in foot  # S2-11


@pytest.mark.parametrize("path", PROMISED)
def test_s0_02_a_page_loads_nothing_from_elsewhere_and_sets_no_cookie(client, path):
    answer = client.get(path)
    page = answer.content.decode()
    loaded = re.findall(r"""<(?:link|script|img)[^>]*(?:src|href)="([^"]*)\"""", page)

    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert not re.search(r"<(iframe|img|video|audio|object|embed|form|input)\b", page)
    assert not answer.cookies


@pytest.mark.parametrize("path", PROMISED)
def test_p04_title_address_and_share_card_tell_nobody_what_the_site_is(read, path, settings):
    page = read(path)
    title = re.search(r"<title>(.*?)</title>", page).group(1)

    assert title == ("Support" if path == "/" else f"{PROMISED[path]} – Support")
    assert settings.HELPLINE_NAME not in title
    assert settings.ORGANISATION not in title
    assert "<meta property" not in page
    assert 'name="description"' not in page
    assert not re.search(r"abuse|runaway|missing|suicide|harm|crisis|helpline", path)


def test_p04_the_icon_of_a_tab_has_no_word(settings):
    icon = (settings.BASE_DIR / "helpline/static/helpline/icon.svg").read_text()

    assert re.findall(r"<(\w+)", icon)
    assert not {"text", "title", "desc", "image"} & set(re.findall(r"<(\w+)", icon))


@pytest.mark.parametrize("path", PROMISED)
def test_p04_p14_the_paper_has_a_head_that_says_support(read, path):
    assert '<p class="printed">Support</p>' in read(path)


def test_s0_24_the_list_of_circumstances_is_closed_and_each_cites_its_promise():
    assert [each.name for each in Circumstance] == [
        "ASKED",
        "LIFE_IN_DANGER",
        "POSITION_OF_TRUST",
        "HARMING_ANOTHER",
        "LEGAL_COMPULSION",
        "LEGAL_RIGHTS",
    ]
    cited = ["S2-05a", "S2-05b", "S2-05c", "S2-05d", "S2-33", "S2-34"]
    assert [each.told.promise for each in Circumstance] == cited
    assert set(TOLD) == set(Circumstance)
    assert len(Circumstance.POSITION_OF_TRUST.told.facts) == 2


def test_s0_24_the_page_shows_the_list_of_the_code_and_says_that_it_is_all(read):
    page = words(read("/safeguarding/"))
    places = [page.index(each.label) for each in Circumstance]

    assert places == sorted(places)
    for each in Circumstance:
        assert each.told.words in page
        assert all(fact in page for fact in each.told.facts)
    assert "These are the only reasons" in page


# What each page must say, by the number of the promise; the words are ours.
SAID = {
    "/confidentiality/": {
        "S0-02": "What you say is between you and Missing People.",
        "S0-13": "This is true for calls, e-mails, texts and web chats.",
        "S0-14": "They do not tell us where you are.",
        "S0-15": "Your phone bill will not show a call to 116 000. It may show a text",
        "S0-16": "shows that you called 116 000. So do your messages if you text. Delete them",
        "S0-17": "we may think that you or someone else could be badly hurt",
        "S0-18": "might have said that you may kill yourself, or we know that you are in danger.",
        "S0-19": "Then we have to think about telling the police or an ambulance",
        "S0-20": "We always try to talk to you first. You have a right to know",
        "S0-21": "We only do this if there is such a danger and the law lets us.",
        "S0-22": "We think hard about it each time, and we may say no.",
        "S0-23": "we might have to ask a phone or message company where you are",
        "S0-25": "another member of our staff or a volunteer listens in on a phone call",
        "S0-26": "All our staff and volunteers must follow our rules",
        "S0-27": "If you want to know more, just ask at the start.",
        "S0-28": "call or text 116 000, or write to talk@charity.example",
        "limits: the server": "while our computer handles them, it can read them",
        "limits: backups": "up to 35 days",
        "limits: spyware": "Spy apps can show someone all that you do",
        "limits: history": "Your browser’s history still shows that you were here.",
        "limits: suppliers": "that carry calls, texts and e-mails keep their own records.",
        "limits: shared": "we cannot take back",
    },
    "/safeguarding/": {
        "S2-02": "What you tell us is private. It stays between you and our team.",
        "S2-04": "Only people who can help to make you or someone else safe",
        "S2-06": "We always try to talk to you about why we want to share, and who with.",
        "S2-31": "We try to work with you to get the help that you want.",
        "S2-64": "We have no way to find you from a chat.",
    },
    "/code-of-contact/": {
        "S1-01": "What you can expect from us",
        "S1-02": "We treat you with respect and use clear words.",
        "S1-03": "the right to make your own choices, and to have a say when we decide",
        "S1-04": "We do not judge you or tell you what to do.",
        "S1-05": "We know that it can take a while to say what is going on.",
        "S1-06": "If you ask us, we give you the best advice, facts or help that we can.",
        "S1-07": "If we cannot help you, we tell you why.",
        "S1-08": "No one else’s story is just like yours. So we listen, and we ask what you need.",
        "S1-09": "unless we need to share it to make you or someone else safe",
        "S1-10": "we do our best to tell you",
        "S1-11": "We do not tell you about our own lives.",
        "S1-12": "We never try to reach you in private.",
        "S1-13": "we will not ask to meet you",
        "S1-19": "You can ask to see them.",
        "S1-24": "You may be sad, scared or angry. That is all right.",
        "S1-26": "Please do not say racist or sexist things",
        "S1-27": "If you abuse our people, we will stop helping you.",
        "the other half": "What we ask of you",
    },
    "/contact/": {
        "S0-16": "Delete them if someone might look.",
        "S0-27": "Ask us anything about what stays private. The best time is at the start.",
        "S0-28": "Call 116 000",
        "S2-61": "You can also complain about how we used it.",
        "S2-62": "James Rowley, Data Protection Officer, Missing People, 284 Upper Richmond Road",
        "help elsewhere": "Childline, 0800 1111",
    },
    "/cookies/": {"S2-01": "set no cookies at all"},
}
CLAIMS = [(path, number) for path, claims in SAID.items() for number in claims]


@pytest.mark.parametrize(("path", "number"), CLAIMS)
def test_the_promise_is_on_its_page(read, path, number):
    assert SAID[path][number] in words(read(path))


def test_s2_03_s2_08_safeguarding_and_privacy_are_one_step_from_every_page(read):
    for path in PROMISED:
        page = read(path)
        assert 'href="/safeguarding/"' in page
        assert 'href="/privacy/"' in page


# UK GDPR Article 13: what a person must be told, and where in the notice it stands.
ARTICLE_13 = {
    "13(1)(a) controller (S2-10)": "The law calls that a “data controller”.",
    "13(1)(b) data protection officer (S2-11)": "James Rowley is our data protection officer.",
    "13(1)(c) purposes (S2-17)": "To help you in the way you ask",
    "13(1)(c) purposes, safety (S2-17)": "To keep you or someone else safe",
    "13(1)(c) lawful basis": "UK GDPR Articles 6(1)(ea), 9(2)(g); DPA 2018 Schedule 1 paragraph",
    "13(1)(c) as discerned then (S2-26)": "The worker decides this when you tell us",
    "13(1)(d) legitimate interests": "our own good cause is to run a helpline that is safe",
    "13(1)(e) recipients (S2-27)": "only for a reason on our list",
    "13(1)(f) other countries (S2-27)": "We keep your data in the United Kingdom.",
    "13(2)(a) how long (S2-36)": "no more than 18 months",
    "13(2)(b) access (S1-19)": "You can ask to see what we hold about you.",
    "13(2)(b) correction": "if it is wrong or out of date",
    "13(2)(b) deletion": "You can ask us to delete what we hold",
    "13(2)(b) limiting and objecting": "You can tell us not to use it, or to use it less.",
    "13(2)(b) portability": "ask for a copy to give to someone else",
    "13(2)(c) taking consent back": "you can take it back at any time",
    "13(2)(d) the Commissioner": "You can also go to the Information Commissioner",
    "13(2)(e) nobody has to": "No law and no contract makes you.",
    "13(2)(f) no automatic decisions": "No computer decides about you here.",
    "who runs it (S2-07)": "We run Harbour Line, the helpline, and the Is This OK? chat.",
    "one's own words only (S2-18)": "Only what you choose to tell us:",
    "S2-16 where it is kept": "what you told our chat helper",
    "S2-12 the register": "Z4558221",
    "S2-09 the law's own words": "These are ours, with the law’s own name for each",
    "S2-44 S2-45 free, in time": "within 30 days from when we know that it is you who asks",
    "S2-54 social networks": "What others see there depends on your own privacy settings.",
}


@pytest.mark.parametrize("item", ARTICLE_13)
def test_l10_the_privacy_notice_tells_all_that_the_law_asks(read, item):
    assert ARTICLE_13[item] in words(read("/privacy/"))


def test_s2_14_s2_39_s2_51_links_lead_to_the_charity_and_the_commissioner(read, settings):
    page = read("/privacy/")

    assert 'href="https://charity.example/privacy" rel="noreferrer"' in page
    assert 'href="https://ico.org.uk/" rel="noreferrer"' in page
    assert f'href="{settings.ICO_REGISTER_URL}" rel="noreferrer"' in page
    assert settings.ICO_REGISTER_URL.endswith("Z4558221")


def test_s2_13_the_laws_are_data_with_their_dates(read):
    page = words(read("/privacy/"))

    for law in LAWS:
        assert f"{law.name} : {law.about}. In force since {law.in_words}." in page


def test_s2_54_no_page_has_a_share_widget(read):
    for path in PROMISED:
        assert not re.search(r'(href|src)="[^"]*(facebook|twitter|x\.com|t\.co)', read(path))


def test_s2_36_the_retention_section_is_the_schedule_itself(read, monkeypatch):
    assert "18 months from the day you got in touch" in words(read("/privacy/"))
    shorter = [rule._replace(kept=schedule.SENT) for rule in schedule.SCHEDULE[:1]]
    monkeypatch.setattr(notices, "SCHEDULE", shorter)

    page = words(read("/privacy/"))

    assert "1 month from the day it was sent" in page
    assert "18 months from the day" not in page


def test_every_class_of_the_schedule_has_words_for_the_public():
    classes = {rule.kept for rule in schedule.SCHEDULE}

    assert classes <= notices.PLAINLY.keys()
    assert len(list(notices.kept())) == len(classes)


def test_s2_01_the_cookies_page_names_every_cookie_that_any_page_may_keep(read):
    named = {cookie.name for cookie in notices.cookies()}
    kept = set().union(*(area.cookies for area in door.areas().values()))

    assert named == kept
    page = words(read("/cookies/"))
    assert all(name in page for name in named)
    assert "after 8 hours at most" in page


def test_help_elsewhere_is_data(read, settings):
    settings.HELP_ELSEWHERE = [["Shout", "85258", "for anyone who would rather text"]]

    assert "Shout, 85258 : for anyone who would rather text." in words(read("/contact/"))


def test_s0_28_s2_11_what_is_not_set_is_left_out_rather_than_left_blank(client, settings):
    settings.HELPLINE_EMAIL = settings.DPO_EMAIL = settings.PRIVACY_STATEMENT_URL = ""

    for path in PROMISED:
        page = client.get(path).content.decode()
        assert 'href=""' not in page.partition("</main>")[0]
        assert not re.search(r"(e-mail|write to):?\s*[.,<]", page)


@pytest.mark.parametrize(("number", "name"), checks.TOLD_TO_THE_PUBLIC.items())
def test_l09_a_blank_fact_about_the_charity_is_an_error_that_names_its_setting(
    settings, number, name
):
    for each in checks.TOLD_TO_THE_PUBLIC.values():
        setattr(settings, each, "https://charity.example/")
    assert not list(checks.the_public_is_told_who_answers(None))
    setattr(settings, name, "")

    (error,) = checks.the_public_is_told_who_answers(None)

    assert (error.id, name in error.hint) == (number, True)


@pytest.mark.parametrize("name", sorted(checks.LINKS))
def test_l09_a_link_that_is_none_is_an_error(settings, name):
    for each in checks.TOLD_TO_THE_PUBLIC.values():
        setattr(settings, each, "https://charity.example/")
    setattr(settings, name, "http://charity.example/")

    (error,) = checks.the_public_is_told_who_answers(None)

    assert "not a link with https" in error.msg
