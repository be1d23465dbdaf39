"""A month of absences as a picture: a row an officer, a column a day, a bar for each absence."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from keng.accounts.models import Absence, User
from keng.core.calendar import CalendarError, is_working_day
from keng.desk.register.book import FIRST_YEAR, LAST_YEAR
from keng.mailbox.errors import Malformed

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Month:
    """`before` and `after` are first days; None at the calendar's ends."""

    first: date

    @property
    def last(self) -> date:
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def before(self) -> date | None:
        first = (self.first - DAY).replace(day=1)
        return first if first.year >= FIRST_YEAR else None

    @property
    def after(self) -> date | None:
        first = self.last + DAY
        return first if first.year <= LAST_YEAR else None

    @property
    def days(self) -> list[date]:
        return [self.first + number * DAY for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Head:
    """A column's head: `off` is a day on which offices don't work."""

    day: date
    weekday: str
    off: bool
    today: bool


@dataclass(frozen=True)
class Cell:
    """One day, or all of an absence's days in this month. `alone`: nobody who is there stands in."""

    span: int
    head: Head
    absence: Absence | None = None
    alone: bool = False


def read_month(text: str) -> Month:
    """ "2026-11", or "" for this month. Raises Malformed."""
    try:
        first = date.fromisoformat(f"{text}-01") if text else timezone.localdate().replace(day=1)
    except ValueError as error:
        raise Malformed(_("Không có tháng này.")) from error
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise Malformed(_("Không có tháng này."))
    return Month(first)


def heads(month: Month) -> list[Head]:
    names = [_("T2"), _("T3"), _("T4"), _("T5"), _("T6"), _("T7"), _("CN")]
    today = timezone.localdate()
    return [Head(day, names[day.weekday()], _is_off(day), day == today) for day in month.days]


def rows(people: Iterable[User], absences: Sequence[Absence], columns: Sequence[Head]) -> list[tuple[User, list[Cell]]]:
    """One row for everybody, whether away or not."""
    return [
        (one, list(_cells([absence for absence in absences if absence.officer_id == one.pk], absences, columns)))
        for one in people
    ]


def _cells(own: Sequence[Absence], everybodys: Sequence[Absence], columns: Sequence[Head]) -> Iterator[Cell]:
    covered = columns[0].day - DAY
    for head in columns:
        if head.day <= covered:
            continue
        absence = next((one for one in own if one.first <= head.day <= one.last), None)
        covered = min(absence.last, columns[-1].day) if absence else head.day
        yield Cell((covered - head.day).days + 1, head, absence, absence is not None and _alone(absence, everybodys))


def _alone(absence: Absence, everybodys: Iterable[Absence]) -> bool:
    return absence.stand_in_id is None or any(
        other.officer_id == absence.stand_in_id and other.first <= absence.last and other.last >= absence.first
        for other in everybodys
    )


def _is_off(day: date) -> bool:
    try:
        return not is_working_day(day)
    except CalendarError:  # the holidays of that year are not known yet
        return day.isoweekday() > 5
