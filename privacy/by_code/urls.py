"""What somebody can do with their seven words, under /back/yours/."""

from django.urls import path

from privacy.by_code import public

urlpatterns = [
    path("", public.yours, name="by_code"),
    path("file/", public.take, name="by_code_file"),
    path("correct/", public.correct, name="by_code_correct"),
    path("pause/", public.restrict, name="by_code_restrict"),
    path("taken-back/", public.take_back, name="by_code_take_back"),
    path("delete/", public.delete, name="by_code_delete"),
    path("keep/", public.keep, name="by_code_keep"),
]
