"""The mailbox's indicators, registered in `keng.core`: how each is counted, and what it opens to."""

from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from keng.core.indicators import Asked, Indicator, Sort, indicators
from keng.desk.figures.groups import GROUPS
from keng.desk.figures.periods import quarter_of
from keng.desk.models import Counted, ExhibitKind, Outcome, OutcomeKind, OutcomeUnit
from keng.desk.outcomes import standing
from keng.desk.outcomes.kinds import EXHIBITS, KINDS

RECEIVED, OPENED, VALUABLE, RESOLVED = (
    "mailbox.received",
    "mailbox.opened_in_24h",
    "mailbox.valuable",
    "mailbox.resolved_in_time",
)
# Which rows of `Counted` each measure of reports takes.
TAKES: dict[str, Q] = {
    RECEIVED: Q(),
    OPENED: Q(opened_in_time=True),
    VALUABLE: Q(valuable=True),
    RESOLVED: Q(resolved_in_time=True),
}
SAYS: dict[str, tuple[Promise, Promise]] = {
    RECEIVED: (
        _("Tin đã nhận"),
        _("Mỗi tin tính một lần, ở hộp thư và trong quý nhận đầu tiên; hộp thư để tập không tính."),
    ),
    OPENED: (_("Mở trong 24 giờ"), _("Tin được cán bộ mở lần đầu trước khi hết hạn mở.")),
    VALUABLE: (_("Tin có giá trị"), _("Tin mà đơn vị đánh giá là có giá trị, theo đánh giá lúc này.")),
    RESOLVED: (
        _("Có kết quả đúng hạn"),
        _("Tin đang có kết quả, và kết quả đầu tiên có trước khi hết hạn giải quyết (kể cả hạn đã gia hạn)."),
    ),
}
OF_OUTCOMES = _("Cộng các dòng kết quả đang đứng, ở đơn vị đã ghi và theo ngày xảy ra; dòng đã đính chính không tính.")


def rows(asked: Asked) -> QuerySet[Counted]:
    """The reports that arrived at these offices in these quarters; training boxes never."""
    numbers = (quarter_of(asked.first).number, quarter_of(asked.last).number)
    found = Counted.objects.filter(
        box__office__in=asked.offices, box__training=False, quarter__gte=numbers[0], quarter__lte=numbers[1]
    )
    if not asked.group:
        return found
    group = GROUPS[asked.group]
    return found.filter(box__kind=group.kind, named=group.named)


def lines(asked: Asked) -> QuerySet[Outcome]:
    """The standing lines of outcome that these offices counted on these days."""
    return standing().filter(office__in=asked.offices, day__gte=asked.first, day__lte=asked.last)


def of_outcome(kind: str, exhibit: str, unit: str) -> str:
    """An indicator's name: "outcome.arrest.person", "outcome.exhibit.heroin.gram"."""
    return ".".join(filter(None, ("outcome", kind, exhibit, unit)))


def outcome_title(kind: str, exhibit: str) -> str | Promise:
    """What it is, as a line of a table has it."""
    label = OutcomeKind(kind).label
    return format_lazy("{}: {}", label, ExhibitKind(exhibit).label) if exhibit else label


def register() -> None:
    """Called once, when the app is ready: four measures of reports, and every kind of outcome in each of its units."""
    for name, take in TAKES.items():
        title, counted = SAYS[name]
        indicators.register(name, _of_reports(title, counted, take))
    kinds = [(kind, "", units) for kind, units in KINDS.items()]
    exhibits = [(OutcomeKind.EXHIBIT.value, exhibit, units) for exhibit, units in EXHIBITS.items()]
    for kind, exhibit, units in [*kinds, *exhibits]:
        for unit in units:
            indicators.register(of_outcome(kind, exhibit, unit), _of_outcomes(kind, exhibit, unit))


def _of_reports(title: Promise, counted: Promise, take: Q) -> Indicator:
    def open_(asked: Asked) -> QuerySet[Counted]:
        return rows(asked).filter(take)

    def count(asked: Asked) -> Decimal:
        return Decimal(open_(asked).count())

    return Indicator(title, _("tin"), counted, Sort.REPORTS, count, open_)


def _of_outcomes(kind: str, exhibit: str, unit: str) -> Indicator:
    def open_(asked: Asked) -> QuerySet[Outcome]:
        return lines(asked).filter(kind=kind, exhibit=exhibit, unit=unit)

    def count(asked: Asked) -> Decimal:
        return Decimal(open_(asked).aggregate(all=Sum("quantity"))["all"] or 0)

    title, says = outcome_title(kind, exhibit), OutcomeUnit(unit).label
    return Indicator(title, says, OF_OUTCOMES, Sort.OUTCOMES, count, open_)
