"""How a quantity reads."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def quantity(number: Decimal | int) -> str:
    """With the separators of the language and no zeros at its end: "1.200.000", "0,5"."""
    whole = int(number) == number
    return number_format(int(number) if whole else f"{number:f}".rstrip("0"), use_l10n=True, force_grouping=True)
