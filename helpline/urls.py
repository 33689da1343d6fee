"""Where the apps are mounted."""

from django.conf import settings
from django.urls import include, path, register_converter

from contacts import live as contact_streams
from contacts.chat import live as chat_streams
from contacts.console import live as console_streams
from helpline import home, notices, public
from privacy.bundle import public as bundles
from safeguarding.escalations import live as escalation_streams

handler400 = public.not_understood
handler500 = public.went_wrong

register_converter(notices.Slug, "notice")

urlpatterns: list = [
    path("", public.notice, {"slug": "welcome"}, name="welcome"),
    path("<notice:slug>/", public.notice, name="notice"),
    path("<notice:slug>/<int:number>/", public.notice, name="notice_version"),
    path("chat/", include("contacts.chat.urls")),
    path("back/yours/", include("privacy.by_code.urls")),
    path("back/", include("contacts.chat.returning.urls")),
    path("your-data/fetch/<str:token>/", bundles.fetch, name="bundle_fetch"),
    path("your-data/", include("privacy.rights.public_urls")),
    path("in/", include("contacts.written.urls")),
    path("exit/", public.leave, name="exit"),
    path("health", public.health, name="health"),
    path("api/", include("helpline.api")),
    path("staff/", home.home, name="staff_home"),
    path("staff/counts/", home.counts, name="staff_counts"),
    path("staff/figures/", include("helpline.dashboards.urls")),
    path("staff/", include("safeguarding.urls")),
    path("staff/", include("safeguarding.escalations.urls")),
    path("staff/", include("safeguarding.on_call.urls")),
    path("staff/", include("safeguarding.sharing.urls")),
    path("staff/", include("safeguarding.alerts.urls")),
    path("staff/contacts/", include("contacts.urls")),
    path("staff/", include("contacts.keeping.urls")),
    path("staff/chats/", include("contacts.console.urls")),
    path("staff/", include("contacts.acts.urls")),
    path("staff/", include("contacts.colleagues.urls")),
    path("staff/suppliers/", include("contacts.suppliers.urls")),
    path("staff/people-known/", include("contacts.known.urls")),
    path("staff/", include("privacy.urls")),
    path("staff/", include("privacy.rights.urls")),
    path("staff/", include("helpline.foundation.staff.urls")),
]

if settings.DEMO:
    from helpline.demo import public as demo

    urlpatterns.append(path("demo/sign-in/", demo.sign_in, name="demo_sign_in"))

# Live streams, which leave by native ASGI and so are not among Django's own.
STREAMS = [
    path("live/chat/", chat_streams.chat, name="chat_stream"),
    path("live/contact/<uuid:pk>/", contact_streams.transcript, name="contact_stream"),
    path("live/contacts/", contact_streams.changes, name="list_stream"),
    path("live/escalations/", escalation_streams.board, name="board_stream"),
    path("live/chats/", console_streams.chats, name="console_stream"),
]
