"""Which offices an address about a box's keys concerns, for the permission of its view."""

from collections.abc import Iterable
from typing import cast

from django.http import HttpRequest

from keng.accounts.models import User
from keng.mailbox.models import Box


def office_or_above(slug: str, **_: object) -> Iterable[int]:
    """The office of the box and that of the box above, which keeps its root."""
    found = Box.objects.filter(slug=slug).values_list("office_id", "above__office_id").first() or ()
    return [office for office in found if office is not None]


def user_of(request: HttpRequest) -> User:
    """The officer signed in: every view here stands behind `needs`."""
    return cast(User, request.user)
