"""Words about posters in templates."""

from django import template

from keng.desk.posters.standing import label

register = template.Library()


@register.filter
def format_label(format: str) -> str:
    """A format's name without what stands in brackets: "Tem dán"."""
    return label(format).partition(" (")[0]
