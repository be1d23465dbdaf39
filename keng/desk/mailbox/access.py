"""Which boxes an officer can open: an appointment at the box's office and a grant of its key, both holding now."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Q
from django.http import Http404
from django.utils.translation import gettext as _

from keng.accounts.models import User
from keng.accounts.permissions import offices
from keng.desk.models import Grant
from keng.mailbox.errors import Refused
from keng.mailbox.models import Box, Part, Passing, Thread


def open_boxes(user: User | AnonymousUser) -> list[Box]:
    """The boxes that this officer can open, by title, those for training last. One query, and no report is touched."""
    if not isinstance(user, User):
        return []
    now = datetime.now(UTC)
    live = Grant.objects.filter(
        Q(until=None) | Q(until__gt=now), Q(key__until=None) | Q(key__until__gt=now), key__user=user
    )
    boxes = Box.objects.filter(pk__in=live.values("box"), office__in=offices(user, "desk.read_box"))
    return list(boxes.select_related("office").order_by("training", "title", "slug"))


def at_work(boxes: Sequence[Box]) -> Sequence[Box]:
    """Without those for training, unless there are no others: practice that nobody closed must not look like work that is late."""
    return [box for box in boxes if not box.training] or boxes


def held_thread(user: User | AnonymousUser, key: str) -> Thread:
    """The report with this key, if a box that the officer can open holds it now. Raises Http404 otherwise, as if there were none."""
    thread = Thread.objects.filter(key=key, holder__in=open_boxes(user)).select_related("holder__office", "box").first()
    if thread is None:
        raise Http404
    return thread


def held_threads(user: User | AnonymousUser, keys: Sequence[str]) -> list[Thread]:
    """The reports with these keys, each once, in the order asked for. Raises Refused unless the officer's boxes hold every one now."""
    held = Thread.objects.filter(key__in=keys, holder__in=open_boxes(user)).select_related("holder__office", "box")
    found = {thread.key: thread for thread in held}
    gone = [key for key in keys if key not in found]
    if gone:
        raise Refused(
            "gone",
            HTTPStatus.CONFLICT,
            _("Có tin đã chọn không còn ở đơn vị đồng chí. Chưa có tin nào thay đổi."),
            thread=gone[0],
        )
    return [found[key] for key in dict.fromkeys(keys)]


def known_thread(user: User | AnonymousUser, key: str) -> tuple[Thread, bool]:
    """The report and whether the officer's office holds it still; an office that passed it on knows only its state. Raises Http404."""
    boxes = open_boxes(user)
    passed_on = Passing.objects.filter(from_box__in=boxes, thread__key=key)
    thread = (
        Thread.objects.filter(Q(holder__in=boxes) | Q(box__in=boxes) | Q(Exists(passed_on)), key=key)
        .select_related("holder__office", "box")
        .first()
    )
    if thread is None:
        raise Http404
    return thread, thread.holder in boxes


def offices_of_thread(key: str) -> Iterable[int]:
    """The office that holds the report, and those that received it or passed it on, which keep seeing its state."""
    found = Thread.objects.filter(key=key).values_list("holder__office", "box__office").first()
    return {*(found or ()), *Passing.objects.filter(thread__key=key).values_list("from_box__office", flat=True)}


def office_holding(key: str) -> Iterable[int]:
    """The office that holds the report: the only one that may read it or write to it."""
    return Thread.objects.filter(key=key).values_list("holder__office", flat=True)


def office_of_part(digest: str) -> Iterable[int]:
    """The office that holds the report to which this part belongs."""
    return Part.objects.filter(digest=digest).values_list("thread__holder__office", flat=True)
