"""How a quantity reads."""

from decimal import Decimal

from django import template
from django.utils.formats import get_format

register = template.Library()


@register.filter
def quantity(number: Decimal | int) -> str:
    """With the separators of the language and no zeros at its end: "1.200.000", "0,5"."""
    whole, _point, rest = f"{number:f}".partition(".") if isinstance(number, Decimal) else (str(number), "", "")
    grouped = f"{int(whole):,}".replace(",", get_format("THOUSAND_SEPARATOR"))
    rest = rest.rstrip("0")
    return f"{grouped}{get_format('DECIMAL_SEPARATOR')}{rest}" if rest else grouped
