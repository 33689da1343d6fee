"""The live chat as staff see it, under /staff/chats/."""

from django.urls import path

from contacts.console import ending, passing, replies, supervising, views
from contacts.written import views as written

urlpatterns = [
    path("", views.chats, name="chats"),
    path("next/", views.chats_next, name="chats_next"),
    path("here/", views.chats_here, name="chats_here"),
    path("limit/", views.chats_limit, name="chats_limit"),
    path("told/", views.chats_told, name="chats_told"),
    path("guidance/", supervising.guidance, name="guidance"),
    path("guidance/<uuid:pk>/", supervising.guidance_answer, name="guidance_answer"),
    path("sent-anyway/", supervising.sent_anyway, name="sent_anyway"),
    path("sent-anyway/<uuid:pk>/", supervising.sent_anyway_seen, name="sent_anyway_seen"),
    path("replies/", replies.replies, name="replies"),
    path("replies/<uuid:pk>/", replies.reply_change, name="reply_change"),
    path("replies/<uuid:pk>/remove/", replies.reply_remove, name="reply_remove"),
    path("addresses/", written.addresses, name="addresses"),
    path("addresses/<uuid:pk>/decide/", written.address_decide, name="address_decide"),
    path("addresses/<uuid:pk>/see/", written.address_see, name="address_see"),
    path("<uuid:pk>/", views.chats_one, name="chats_one"),
    path("<uuid:pk>/say/", views.chats_say, name="chats_say"),
    path("<uuid:pk>/draft/", views.chats_draft, name="chats_draft"),
    path("<uuid:pk>/writing/", views.chats_writing, name="chats_writing"),
    path("<uuid:pk>/pass/", passing.chats_pass, name="chats_pass"),
    path("<uuid:pk>/ask/", passing.chats_ask, name="chats_ask"),
    path("<uuid:pk>/join/", passing.chats_join, name="chats_join"),
    path("<uuid:pk>/leave/", passing.chats_leave, name="chats_leave"),
    path("<uuid:pk>/safety/", written.written_safety, name="written_safety"),
    path("<uuid:pk>/keep/", written.written_keep, name="written_keep"),
    path("<uuid:pk>/address/", written.address_ask, name="address_ask"),
    path("<uuid:pk>/end/", ending.chats_end, name="chats_end"),
]
