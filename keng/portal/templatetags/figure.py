"""How a published figure reads: exactly, "under 5", "at least 36", or that it is not told."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from keng.core.charts import bar
from keng.desk.figures.suppression import FEW, Shown
from keng.desk.templatetags.figures import quantity
from keng.portal.figures import Measure

register = template.Library()
register.filter("plain", quantity)


@register.filter
def ranged(shown: Shown) -> str:
    """A count of reports as words or figures."""
    if shown is None:
        return _("không nêu")
    least, most = shown
    if least == most:
        return quantity(least)
    if (least, most) == (0, FEW - 1):
        return _("dưới %(few)s") % {"few": FEW}
    return _("từ %(least)s đến %(most)s") % {"least": least, "most": most}


@register.filter
def part(measure: Measure) -> str:
    """A part of reports whose number stands beside it: "at least 36" of 40 says what "36 to 40" does, more plainly."""
    if measure.range and measure.range[0] < measure.range[1] == measure.of:
        return _("ít nhất %(least)s") % {"least": measure.range[0]}
    return ranged(measure.range)


@register.filter
def received(shown: Shown) -> str:
    """Of all reports of a group in a quarter: what is not told is under FEW."""
    return ranged((0, FEW - 1)) if shown is None else ranged(shown)


@register.filter
def all_received(measure: Measure) -> str:
    """Of all reports of a group in a quarter or year: several small quarters need not be small together."""
    return ranged(None) if measure.range is None and len(measure.left_out) > 1 else received(measure.range)


@register.filter
def share(measure: Measure) -> SafeString | str:
    """A bar of the part in its whole."""
    return bar(*measure.range, measure.of) if measure.range else ""
