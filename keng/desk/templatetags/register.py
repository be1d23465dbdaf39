"""What the tabs over the register, the hand-overs and the absences ask of the database."""

from typing import Any

from django import template

from keng.accounts.permissions import may
from keng.desk.models import Handover

register = template.Library()


@register.simple_tag(takes_context=True)
def sees_work(context: dict[str, Any]) -> bool:
    """Whether hand-overs and absences are this person's: a leader has the register alone."""
    return may(context["request"].user, "desk.share_work")


@register.simple_tag(takes_context=True)
def waiting_for_me(context: dict[str, Any]) -> int:
    """How many hand-overs wait for this person to take or refuse them."""
    return Handover.objects.filter(taker=context["request"].user, taken=None, ended=None).count()
