"""Addresses under /languages/. A language is of no one office, so it stands behind the `?`; a box's prompts are its office's."""

from django.urls import path

from keng.desk.languages import prompts, views

urlpatterns = [
    path("", views.languages, name="languages"),
    path("add/", views.add, name="language_add"),
    path("sentences/", views.sentences, name="language_sentences"),
    path("sentence/", views.sentence, name="language_sentence"),
    path("sentence/write/", views.write, name="language_write"),
    path("sentence/review/", views.review, name="language_review"),
    path("table/", views.table, name="language_table"),
    path("table/look/", views.look_at_table, name="language_table_look"),
    path("table/take/", views.take_table, name="language_table_take"),
    path("boxes/<slug:slug>/", prompts.record_page, name="prompts"),
    path("boxes/<slug:slug>/approve/", prompts.approve_page, name="prompts_approve"),
    path("boxes/<slug:slug>/api/sound/", prompts.recorded_sound, name="prompt_sound"),
    path("boxes/<slug:slug>/api/heard/", prompts.sound_to_approve, name="prompt_heard"),
    path("boxes/<slug:slug>/api/record/", prompts.record, name="prompt_record"),
    path("boxes/<slug:slug>/api/approve/", prompts.approve, name="prompt_approve"),
    path("boxes/<slug:slug>/api/refuse/", prompts.refuse, name="prompt_refuse"),
    path("boxes/<slug:slug>/api/remove/", prompts.remove, name="prompt_remove"),
]
