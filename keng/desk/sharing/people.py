"""Who can open which box: the only people to whom its reports can be given."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import F, Q

from keng.accounts.models import User
from keng.accounts.permissions import TABLE
from keng.desk.models import Grant
from keng.mailbox.models import Box


def who_open(boxes: Iterable[Box]) -> dict[int, list[User]]:
    """By the box's id, who holds an appointment at its office and a grant of its key now, by name. Two queries."""
    now = datetime.now(UTC)
    live = Grant.objects.filter(
        Q(until=None) | Q(until__gt=now),
        Q(key__until=None) | Q(key__until__gt=now),
        Q(key__user__appointments__until=None) | Q(key__user__appointments__until__gt=now),
        box__in=list(boxes),
        key__user__is_active=True,
        key__user__appointments__since__lte=now,
        key__user__appointments__role__in=TABLE["desk.read_box"],
        key__user__appointments__office=F("box__office"),
    )
    pairs = set(live.values_list("box", "key__user"))
    people = User.objects.filter(pk__in={user for _box, user in pairs}).order_by("name", "username")
    found: dict[int, list[User]] = {}
    for person in people:
        for box, user in pairs:
            if user == person.pk:
                found.setdefault(box, []).append(person)
    return found


def can_open(user: User, box: Box) -> bool:
    return user in who_open([box]).get(box.pk, [])


def named(user: User) -> str:
    """As a sentence names a colleague; the login tells two of one name apart."""
    return f"{user.name} ({user.username})" if user.name else user.username
