"""Publishes a province's figures, quarter by quarter: counts of reports once and for ever, outcomes anew when they are corrected.

A report erased or assessed differently after the day of publication changes no published count: the difference of two would tell of it.
`Published` holds what is shown and nothing that is not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils import timezone

from keng.core.group_commit import group_commit
from keng.desk.figures.groups import GROUPS, group_of
from keng.desk.figures.periods import Period, quarter_of, quarters
from keng.desk.figures.suppression import suppress
from keng.desk.models import Counted, Published
from keng.desk.outcomes import standing
from keng.ledger.services import append
from keng.mailbox.models import Box

PUBLISHED, CORRECTED = "desk.figures.published", "desk.figures.corrected"
VERBS = {PUBLISHED: "công bố số liệu của quý", CORRECTED: "đính chính số liệu đã công bố"}
RULE = 1  # of suppression, so that a later rule can say which one a row was made under

# Name of a part -> which rows of `Counted` it takes.
PARTS = {
    "opened_in_24h": Q(opened_in_time=True),
    "valuable": Q(valuable=True),
    "resolved_in_time": Q(resolved_in_time=True),
}
Reports = dict[str, dict[str, Any]]
Outcomes = list[dict[str, str]]


def day_of(period: Period) -> date:
    """The day from which a quarter is published: so long after its end that the time to resolve its reports has run out."""
    return period.last + timedelta(days=int(settings.FIGURES_AFTER))


def publish_due(today: date | None = None) -> int:
    """The daily chore: publishes what is due and corrects what was. Returns how many rows it wrote; twice at once does no harm."""
    on = today or timezone.localdate()
    return sum(_publish_province(province, since, on) for province, since in list(_provinces()))


def _provinces() -> Iterator[tuple[str, date]]:
    """Provinces by code, each with the day on which its first box opened; that, unlike its first report, is known to everybody."""
    boxes = Box.objects.filter(training=False, opened_on__isnull=False)
    return iter(boxes.values_list("office__province").annotate(since=Min("opened_on")).order_by("office__province"))


def _publish_province(province: str, since: date, on: date) -> int:
    latest = {row.period: row for row in Published.objects.filter(province=province).order_by("revision")}
    written = 0
    for period in quarters(quarter_of(since), quarter_of(on)):
        if day_of(period) <= on:
            written += group_commit(lambda period=period: _publish(province, period, latest.get(period.code), on))  # type: ignore[misc]
    return written


def _publish(province: str, period: Period, before: Published | None, on: date) -> bool:
    rows = Published.objects.filter(province=province, period=period.code)
    if before is None:
        if rows.exists():
            return False
        figures = {"rule": RULE, "reports": reports(province, period), "outcomes": outcomes(province, period)}
        revision, verb = 1, PUBLISHED
    else:
        now = outcomes(province, period)
        if now == before.figures["outcomes"] or rows.filter(revision__gt=before.revision).exists():
            return False
        changes = differences(before.figures["outcomes"], now)
        figures = {**before.figures, "outcomes": now, "corrected": changes}
        revision, verb = before.revision + 1, CORRECTED
    Published.objects.create(province_id=province, period=period.code, revision=revision, on=on, figures=figures)
    append(verb=verb, subject=f"{province}/{period.code}/{revision}")
    return True


def reports(province: str, period: Period) -> Reports:
    """Every group of the province's quarter, suppressed. What was answered publicly is out of it: everybody can count that, and so would
    know more of a small number than the number tells.
    """
    found = _counted(province, period)
    parts = {name: Count("pk", filter=take) for name, take in PARTS.items()}
    by_group: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("received", *PARTS), 0))
    summed = found.values_list("box__kind", "named").annotate(received=Count("pk"), **parts)
    for kind, named, *numbers in summed.order_by("box__kind", "named"):
        by_group[group_of(kind, named)] = dict(zip(("received", *PARTS), numbers, strict=True))
    return as_published({code: by_group[code] for code in GROUPS})


def _counted(province: str, period: Period) -> QuerySet[Counted]:
    found = Counted.objects.filter(quarter=period.number, box__training=False, box__office__province=province)
    return found.filter(thread__public_answers=None)


def as_published(counts: dict[str, dict[str, int]]) -> Reports:
    """Counts by group and name, as they may be published."""
    shown = {}
    for code, by_name in counts.items():
        parts = {name: number for name, number in by_name.items() if name != "received"}
        told = suppress(by_name["received"], parts)
        shown[code] = {name: None if one is None else list(one) for name, one in told.items()}
    return shown


def outcomes(province: str, period: Period) -> Outcomes:
    """What the province's offices counted in the quarter, exactly. Quantities are decimal numbers as text."""
    found = standing().filter(office__province=province, day__gte=period.first, day__lte=period.last)
    summed = found.values("kind", "exhibit", "unit").annotate(all=Sum("quantity")).order_by("kind", "exhibit", "unit")
    return [
        {"kind": row["kind"], "exhibit": row["exhibit"], "unit": row["unit"], "quantity": plain(row["all"])}
        for row in summed
    ]


def differences(before: Outcomes, after: Outcomes) -> list[dict[str, str]]:
    """What a correction changed, each with its old and its new quantity."""
    was, now = _by_what(before), _by_what(after)
    return [
        {"kind": kind, "exhibit": exhibit, "unit": unit, "was": was.get(what, "0"), "is": now.get(what, "0")}
        for what in sorted(was.keys() | now.keys())
        for kind, exhibit, unit in [what]
        if was.get(what, "0") != now.get(what, "0")
    ]


def _by_what(lines: Iterable[dict[str, str]]) -> dict[tuple[str, str, str], str]:
    return {(line["kind"], line["exhibit"], line["unit"]): line["quantity"] for line in lines}


def plain(quantity: Decimal) -> str:
    """Without zeros at its end and without an exponent: "2", "0.5"."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
