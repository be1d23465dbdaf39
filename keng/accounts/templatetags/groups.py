"""Long codes in groups of four, so that a person can copy them."""

from django import template

register = template.Library()


@register.filter
def groups(code: str) -> str:
    """ABCDEFGH -> ABCD EFGH"""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
