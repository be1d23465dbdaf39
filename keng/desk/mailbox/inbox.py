"""The list of reports: which, and in what order. Nothing sealed is opened here, and no part is read.

What a row says is `rows`'s, how many there are of each kind `counting`'s.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from keng.accounts.absences import working_for
from keng.accounts.models import User
from keng.desk.intake import untold
from keng.desk.models import Assessment, Assignment, Channel, HandoverItem, Intake, Outcome
from keng.mailbox.errors import Malformed
from keng.mailbox.models import Box, Passing, State, StateChange, Thread

PAGE = 50
TO_BE_OPENED = (State.RECEIVED,)
TO_BE_RESOLVED = (State.OPENED, State.VERIFYING, State.FORWARDED)
OPEN = (*TO_BE_OPENED, *TO_BE_RESOLVED)

# What the filter offers: a name to the states it shows. `sent` is apart: passed on, so only the state is known here.
GROUPS: dict[str, tuple[str, ...]] = {
    "open": OPEN,
    "done": tuple(state for state in State.values if state not in OPEN),
    **{state: (state,) for state in State.values},
}
SENT = "sent"
DUE = {"": (), "open": TO_BE_OPENED, "today": OPEN}
WHOSE = ("", "mine", "nobody", "offered")
# Beside the ways in which an officer enters a report: what came through the box itself.
THE_BOX = "box"
# How long what became of a report above is news to those who passed it on.
NEWS = timedelta(days=7)
# How long a report that was passed on is watched for news: twice what the law gives to the most complex one.
WATCHED = timedelta(days=240)
FEW = 2000

# In the order of the indexes `thread_inbox_state` and `thread_origin`, so that a page is read off them.
ORDER = ("-hour", "id")
BY_DUE = ("due", "id")
COLUMNS = (
    "id", "key", "state", "hour", "due", "open_due", "resolve_due", "version", "box_id", "holder_id", "intake__channel",
    "intake__tell_due", "intake__told", "membership__matter", "assessment__category", "assessment__value", "assessment__reason",
)  # fmt: skip
DUE_HOUR = Case(When(state__in=TO_BE_OPENED, then=F("open_due")), default=F("resolve_due"))


@dataclass(frozen=True)
class Filter:
    """What officer `by` asked to see. `state` is a name of GROUPS, `sent` or "" for all; `due` one of DUE, whose day is the list's order
    then; `whose` one of WHOSE; `channel` one of Channel, `box` or ""; `news` what became of it above; `before` where the last page ended.
    """

    boxes: Sequence[Box]
    by: User
    state: str = ""
    late: bool = False
    due: str = ""
    whose: str = ""
    channel: str = ""
    pranks: bool = False
    news: bool = False
    before: tuple[datetime, int] | None = None


def read_filter(asked: dict[str, str], boxes: Sequence[Box], by: User) -> Filter:
    """The filter in an address. Raises Malformed for one that no page of ours has."""
    slug = asked.get("box", "")
    chosen = [box for box in boxes if box.slug == slug] if slug else boxes
    if slug and not chosen:
        raise Malformed(_("Đồng chí không mở được hộp thư này."))
    return Filter(
        boxes=chosen,
        by=by,
        state=_one_of(asked, "state", (*GROUPS, "", SENT)),
        late=asked.get("late") == "1",
        due=_one_of(asked, "due", DUE),
        whose=_one_of(asked, "whose", WHOSE),
        channel=_one_of(asked, "channel", ("", THE_BOX, *Channel.values)),
        pranks=asked.get("pranks") == "1",
        news=asked.get("news") == "1",
        before=_read_cursor(asked.get("before", "")),
    )


def _one_of(asked: dict[str, str], name: str, known: Iterable[str]) -> str:
    value = asked.get(name, "")
    if value not in known:
        raise Malformed(_("Danh sách không có cách lọc này. Đồng chí tải lại trang."))
    return value


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    if not text:
        return None
    try:
        hour, number = text.split("_")
        if not 0 <= int(number) < 2**63:
            raise ValueError(number)
        return datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC), int(number)
    except ValueError as error:
        raise Malformed(_("Không có trang này của danh sách.")) from error


def page(wanted: Filter, now: datetime) -> tuple[list[dict[str, Any]], str]:
    """The rows of one page and where the next begins ("" for the last page). Newest first; by due hour where that was asked for.

    A fixed number of queries, whatever the number of reports.
    """
    rows = list(_find(wanted, now).values(*COLUMNS)[: PAGE + 1])
    return rows[:PAGE], _cursor(rows[PAGE - 1], wanted) if len(rows) > PAGE else ""


def _cursor(row: dict[str, Any], wanted: Filter) -> str:
    hour = row["due" if wanted.due else "hour"]
    return f"{hour.astimezone(UTC):%Y-%m-%dT%H}_{row['id']}"


def _find(wanted: Filter, now: datetime) -> QuerySet[Any]:
    """Each stream is read off an index and cut to a page before they are joined: sorting what an OR finds would walk over every report."""
    order = BY_DUE if wanted.due else ORDER
    also = _also(wanted)
    streams = [_from(stream.filter(also), wanted).order_by(*order) for stream in _streams(wanted, now)]
    if len(streams) == 1:
        return streams[0]
    cut: list[Q] = [Q(pk__in=stream.values("pk")[: PAGE + 1]) for stream in streams]
    return Thread.objects.annotate(due=DUE_HOUR).filter(reduce(or_, cut, Q(pk__in=[]))).order_by(*order)


def _from(found: QuerySet[Any], wanted: Filter) -> QuerySet[Any]:
    if wanted.before is None:
        return found
    hour, number = wanted.before
    if wanted.due:
        return found.filter(due__gte=hour).exclude(due=hour, id__lte=number)
    return found.filter(hour__lte=hour).exclude(hour=hour, id__lte=number)


def _streams(wanted: Filter, now: datetime) -> Iterable[QuerySet[Any]]:
    """What to look for, each answered by one stretch of one index."""
    if wanted.late and wanted.state != SENT and not (wanted.due or wanted.news):
        # Work that is still open although the report has its result: its reporter waits to be told.
        states = State.values if wanted.state == "open" else GROUPS.get(wanted.state, State.values)
        yield untold(wanted.boxes, now).filter(state__in=states).annotate(due=DUE_HOUR)
    few = _few(wanted, now)
    if few is not None:
        yield Thread.objects.annotate(due=DUE_HOUR).filter(few)
        return
    if _may_be_passed_on(wanted):
        yield from (Thread.objects.annotate(due=DUE_HOUR).filter(passed_on) for passed_on in _passed_on(wanted.boxes))
    if wanted.state == SENT:
        return
    for state in _states(wanted):
        due = F("open_due" if state in TO_BE_OPENED else "resolve_due")
        of_state = Thread.objects.annotate(due=due).filter(state=state)
        yield from (of_state.filter(_held(wanted, now), holder=box) for box in wanted.boxes)


def _states(wanted: Filter) -> list[str]:
    """The states of GROUPS that are asked for; of what is late or due only those that have a clock."""
    clocks: Sequence[str] = DUE[wanted.due] or (OPEN if wanted.late else State.values)
    return [state for state in GROUPS.get(wanted.state, State.values) if state in clocks]


def _few(wanted: Filter, now: datetime) -> Q | None:
    """What only few reports are, so that looking at each of them is quicker than walking down the list; None for all else."""
    if wanted.news:
        return recently_passed_on(wanted.boxes, now) & ~Q(holder__in=wanted.boxes) & has_news(wanted.boxes, now)
    if wanted.state == SENT or not (wanted.whose in ("mine", "offered") or _is_rare(wanted.channel)):
        return None
    return Q(holder__in=wanted.boxes, state__in=_states(wanted)) & _held(wanted, now)


def _is_rare(channel: str) -> bool:
    return channel in Channel.values and Intake.objects.filter(channel=channel).count() < FEW


def _held(wanted: Filter, now: datetime) -> Q:
    """A due hour is the last one in time: late is when a later hour has begun. Only one's own office's mark hides a prank."""
    late = Q(due__lt=now) if wanted.late else Q()
    due = Q(due__lt=tomorrow(now)) if wanted.due else Q()
    # What is due is sorted whole: there one set of all pranks is quicker than a look at each report.
    seen = Q() if wanted.pranks else ~among_pranks() if wanted.due else ~is_prank()
    return late & due & seen


def _may_be_passed_on(wanted: Filter) -> bool:
    """Of a report that another office holds this one knows the state: it is nobody's work here, and has no clock."""
    return wanted.state in ("", SENT) and not (wanted.late or wanted.due or wanted.whose or wanted.channel)


def _passed_on(boxes: Sequence[Box]) -> Iterable[Q]:
    """Received here and held elsewhere, or passed on by this office after another had passed it here."""
    elsewhere = ~Q(holder__in=boxes)
    for box in boxes:
        yield Q(box=box) & elsewhere
        yield Q(pk__in=Passing.objects.filter(from_box=box).exclude(thread__box=box).values("thread")) & elsewhere


def recently_passed_on(boxes: Sequence[Box], now: datetime) -> Q:
    """By these boxes, and not so long ago that the law's longest time is over."""
    return Q(pk__in=Passing.objects.filter(from_box__in=boxes, hour__gte=now - WATCHED).values("thread"))


def has_news(boxes: Sequence[Box], now: datetime) -> Q:
    """Another office brought the report to a new state lately, or counted something that came of it."""
    since = now - NEWS
    moved = moved_since_passed_on(boxes).filter(thread=OuterRef("pk"), hour__gte=since)
    counted = Outcome.objects.filter(matter__members__thread=OuterRef("pk"), hour__gte=since).exclude(box__in=boxes)
    return Q(Exists(moved)) | Q(Exists(counted))


def moved_since_passed_on(boxes: Sequence[Box]) -> QuerySet[StateChange]:
    """What other offices did: changes in a later hour than that in which these boxes passed the report on."""
    later = StateChange.objects.filter(thread__passings__from_box__in=boxes, hour__gt=F("thread__passings__hour"))
    return later.exclude(state=State.FORWARDED)


def _also(wanted: Filter) -> Q:
    """What every stream is narrowed by besides; each is looked up by an index of its own."""
    return _by_officer(wanted) & _by_channel(wanted.channel)


def _by_officer(wanted: Filter) -> Q:
    if wanted.whose == "mine":
        return Q(pk__in=assigned_to(wanted.by))
    if wanted.whose == "nobody":
        return ~Q(Exists(Assignment.objects.filter(thread=OuterRef("pk"), until=None)))
    return Q(pk__in=offered_to(wanted.by)) if wanted.whose else Q()


def _by_channel(channel: str) -> Q:
    if channel == THE_BOX:
        return ~Q(Exists(Intake.objects.filter(thread=OuterRef("pk"))))
    if _is_rare(channel):
        return Q(pk__in=Intake.objects.filter(channel=channel).values("thread"))
    return Q(Exists(Intake.objects.filter(thread=OuterRef("pk"), channel=channel))) if channel else Q()


def among_pranks() -> Q:
    return Q(pk__in=Assessment.objects.filter(reason=Assessment.Reason.PRANK).values("thread"))


def is_prank() -> Q:
    """Marked as a joke: out of sight unless asked for, never lost."""
    return Q(Exists(Assessment.objects.filter(thread=OuterRef("pk"), reason=Assessment.Reason.PRANK)))


def assigned_to(officer: User) -> QuerySet[Assignment, int]:
    """Reports that are this officer's work today: their own, and those of whoever is away and named them as stand-in."""
    officers = working_for(officer, timezone.localdate())
    return Assignment.objects.filter(officer__in=officers, until=None).values_list("thread", flat=True)


def offered_to(officer: User) -> QuerySet[HandoverItem, int | None]:
    """Reports that a colleague hands over to this officer, who has not yet taken them."""
    offered = HandoverItem.objects.filter(
        open=True, handover__taker=officer, handover__taken=None, handover__ended=None
    )
    return offered.values_list("thread", flat=True)


def tomorrow(now: datetime) -> datetime:
    """The first hour that is no longer today by the clock on the wall."""
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return (day + timedelta(days=1)).astimezone(UTC)


def is_late(row: dict[str, Any], now: datetime) -> bool:
    if owed := to_tell(row):
        return bool(owed < now)
    if row["state"] in TO_BE_OPENED:
        return bool(row["open_due"] < now)
    return row["state"] in TO_BE_RESOLVED and bool(row["resolve_due"] < now)


def to_tell(row: dict[str, Any]) -> datetime | None:
    """By when the named reporter is to be told the result; None where nobody is owed one."""
    due: datetime | None = row.get("intake__tell_due")
    return None if row.get("intake__told") else due
