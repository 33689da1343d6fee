"""What supervisors keep: the chatbot's scripts and the opening hours."""

from django.urls import path

from contacts.keeping import hours, previewing, script, steps

urlpatterns = [
    path("hours/", hours.hours, name="hours"),
    path("hours/close/", hours.close, name="hours_close"),
    path("hours/<uuid:pk>/", hours.span, name="hours_span"),
    path("hours/<uuid:pk>/remove/", hours.span_remove, name="hours_span_remove"),
    path("hours/closures/<uuid:pk>/remove/", hours.closure_remove, name="hours_closure_remove"),
    path("chatbot/", script.chatbot, name="chatbot"),
    path("chatbot/<uuid:pk>/", script.script, name="chatbot_script"),
    path("chatbot/<uuid:pk>/draft/", script.draft, name="chatbot_draft"),
    path("chatbot/<uuid:pk>/publish/", script.publish, name="chatbot_publish"),
    path("chatbot/<uuid:pk>/discard/", script.discard, name="chatbot_discard"),
    path("chatbot/<uuid:pk>/preview/", previewing.preview, name="chatbot_preview"),
    path("chatbot/<uuid:pk>/step/", steps.step, name="chatbot_step"),
    path("chatbot/<uuid:pk>/move/", steps.move, name="chatbot_move"),
    path("chatbot/<uuid:pk>/remove/", steps.remove, name="chatbot_remove"),
]
