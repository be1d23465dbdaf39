"""The citizens' face; its first capability comes with administrative procedures."""

from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [path("", TemplateView.as_view(template_name="my.html"), name="my")]
