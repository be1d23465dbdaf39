"""The indicators of dossiers, registered in `keng.core`: how each is counted from the sums, and the dossiers that it opens to (O5).

What was received is counted at the office that received it, the rest at the one that answers for it: which ended it, or holds it. All by
local days. `Asked.group` narrows to a commune ("unit:03349") or a procedure ("procedure:1.004194"). Test dossiers are in none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.core import ids
from keng.core.indicators import Asked, Indicator, Sort, indicators
from keng.procedures.figures.periods import month_of
from keng.procedures.models import Channel, Dossier, DossierTally, Pile, State

What = DossierTally.What
ENDED = (What.EARLY, What.ON, What.LATE, What.UNTIMED)
RECEIVED, CAME, GONE = (What.RECEIVED,), (What.CAME,), (What.GONE,)
UNIT, PROCEDURE = "unit", "procedure"
OVERDUE, UNTAKEN = "procedures.overdue", "procedures.untaken"


@dataclass(frozen=True)
class Measure:
    """`what` it takes of the sums; `channel` "" for all.

    `standing`: those that were open at the period's "start" or "end"; "" for what happened in it.
    """

    title: Promise
    counted: Promise
    what: tuple[str, ...]
    channel: str = ""
    standing: str = ""


MEASURES: dict[str, Measure] = {
    "procedures.carried": Measure(
        _("Kỳ trước chuyển sang"), _("Hồ sơ nộp trước kỳ này mà đến đầu kỳ đơn vị chưa giải quyết xong."), (), standing="start"
    ),
    "procedures.received": Measure(
        _("Mới nhận trong kỳ"),
        _("Hồ sơ đơn vị nhận trong kỳ, theo ngày nộp, dù sau đó đã chuyển đi; nộp trực tuyến thì tính cho nơi đầu tiên hồ sơ đến."),
        RECEIVED,
    ),
    "procedures.online": Measure(
        _("Nộp trực tuyến"), _("Hồ sơ mới nhận mà người dân tự nộp qua mạng."), RECEIVED, Channel.ONLINE
    ),
    "procedures.counter": Measure(
        _("Nộp tại quầy"), _("Hồ sơ mới nhận mà cán bộ nhập giúp tại quầy."), RECEIVED, Channel.COUNTER
    ),
    "procedures.home": Measure(
        _("Nhận tại nhà"), _("Hồ sơ mới nhận mà cán bộ đến tận nhà nhập giúp."), RECEIVED, Channel.HOME
    ),
    "procedures.came": Measure(
        _("Nơi khác chuyển đến"), _("Hồ sơ nộp trong kỳ, đơn vị khác nhận mà đơn vị này đang giữ hoặc đã giải quyết."), CAME
    ),
    "procedures.gone": Measure(
        _("Đã chuyển đi"), _("Hồ sơ nộp trong kỳ, đơn vị này nhận mà đơn vị khác đang giữ hoặc đã giải quyết."), GONE
    ),
    "procedures.ended": Measure(
        _("Đã giải quyết"), _("Hồ sơ có kết quả, bị từ chối, rút hoặc dừng ở đơn vị trong kỳ, theo ngày kết thúc."), ENDED
    ),
    "procedures.early": Measure(
        _("Trước hạn"), _("Hồ sơ đã giải quyết, xong trước hạn từ một ngày làm việc trở lên (thủ tục tính theo giờ: từ một giờ)."),
        (What.EARLY,),
    ),
    "procedures.on": Measure(_("Đúng hạn"), _("Hồ sơ đã giải quyết, xong trong hạn."), (What.ON,)),
    "procedures.late": Measure(
        _("Quá hạn"), _("Hồ sơ giải quyết xong sau hạn đầu tiên, kể cả khi đã xin lỗi và hẹn lại."), (What.LATE,)
    ),
    "procedures.untimed": Measure(
        _("Không tính hạn"), _("Hồ sơ bị từ chối, rút hoặc dừng trước khi được tiếp nhận nên chưa có hạn."), (What.UNTIMED,)
    ),
    "procedures.open": Measure(
        _("Còn đang giải quyết"), _("Hồ sơ đã nộp mà đến cuối kỳ chưa giải quyết xong, tính đến hôm nay nếu kỳ chưa hết."),
        (), standing="end",
    ),
}  # fmt: skip
# Of this moment, not of a period: counted from the dossiers themselves.
NOW: dict[str, tuple[Promise, Promise]] = {
    OVERDUE: (
        _("Đang quá hạn lúc này"),
        _(
            "Hồ sơ đang giải quyết mà đã qua hạn trả, và hồ sơ mới nộp mà đã qua hạn tiếp nhận, tính đến lúc mở trang, không theo kỳ; "
            "hồ sơ chờ bổ sung không tính."
        ),
    ),
    UNTAKEN: (
        _("Quá hạn mà chưa tiếp nhận"),
        _(
            "Một phần của số đang quá hạn: hồ sơ mới nộp, chưa có hạn trả vì chưa ai tiếp nhận, mà đã qua hạn của bước tiếp nhận; "
            "thủ tục không đặt hạn cho bước này thì không tính."
        ),
    ),
}


def sums(asked: Asked) -> QuerySet[DossierTally]:
    """The rows of the tally of these offices and this group, of all months."""
    sort, _colon, code = asked.group.partition(":")
    found = DossierTally.objects.filter(office__in=asked.offices)
    if sort == PROCEDURE:
        return found.filter(unit=None, procedure__code=code)
    return found.filter(procedure=None, unit=code) if sort == UNIT else found.filter(procedure=None)


def dossiers(asked: Asked, **office: object) -> QuerySet[Dossier]:
    """Those of this group and of what is said of the `office`, of all times."""
    return _of_group(Dossier.objects.filter(**office, test=False), asked)


def _of_group(found: QuerySet[Dossier], asked: Asked) -> QuerySet[Dossier]:
    sort, _colon, code = asked.group.partition(":")
    if sort == PROCEDURE:
        return found.filter(procedure__code=code)
    return found.filter(unit=code) if sort == UNIT else found


def counted(measure: Measure, asked: Asked) -> Decimal:
    """From the sums. What stands is what was received or came until then, without what went or ended."""
    rows = sums(asked)
    if measure.standing:
        first, last = month_of(asked.first), month_of(asked.last)
        rows = rows.filter(month__lt=first) if measure.standing == "start" else rows.filter(month__lte=last)
        return Decimal(_sum(rows.filter(what__in=RECEIVED + CAME)) - _sum(rows.filter(what__in=GONE + ENDED)))
    rows = rows.filter(month__gte=month_of(asked.first), month__lte=month_of(asked.last), what__in=measure.what)
    return Decimal(_sum(rows.filter(channel=measure.channel) if measure.channel else rows))


def _sum(rows: QuerySet[DossierTally]) -> int:
    return int(rows.aggregate(all=Sum("number"))["all"] or 0)


def opened(measure: Measure, asked: Asked) -> QuerySet[Dossier]:
    """The dossiers that a measure counts, newest first."""
    start, end = midnight(asked.first), midnight(asked.last + timedelta(days=1))
    if measure.what in (RECEIVED, CAME, GONE):
        return _filed(measure, asked).filter(submitted_at__gte=start, submitted_at__lt=end).order_by("-submitted_at")
    found = dossiers(asked, answering__in=asked.offices)
    if measure.standing:
        at = start if measure.standing == "start" else end
        return found.filter(Q(closed_at=None) | Q(closed_at__gte=at), submitted_at__lt=at).order_by("-submitted_at")
    found = found.filter(closed_at__gte=start, closed_at__lt=end).order_by("-closed_at")
    if measure.what == ENDED:
        return found
    return found.filter(in_time="" if measure.what == (What.UNTIMED,) else measure.what[0])


def _filed(measure: Measure, asked: Asked) -> QuerySet[Dossier]:
    """Of all times: what these offices received, or what others did and they answer for, or the reverse."""
    if measure.what == CAME:
        return dossiers(asked, answering__in=asked.offices).exclude(first_office=F("answering"))
    found = dossiers(asked, first_office__in=asked.offices)
    if measure.what == GONE:
        return found.exclude(first_office=F("answering"))
    return found.filter(channel=measure.channel) if measure.channel else found


# Where the first step has no time, a new dossier lies by its filing: it is not late for that.
UNACCEPTED = Q(state=State.SUBMITTED, step_due__isnull=False)


def overdue(asked: Asked) -> QuerySet[Dossier]:
    """Past their due now, or not accepted when they should have been; the longest late first."""
    return _late(asked, Q(state=State.PROCESSING) | UNACCEPTED)


def untaken(asked: Asked) -> QuerySet[Dossier]:
    """Of those, the ones that nobody has accepted."""
    return _late(asked, UNACCEPTED)


def _late(asked: Asked, which: Q) -> QuerySet[Dossier]:
    # Test dossiers lie on a pile of their own; what is worked on lies by its due, what is new by its step's.
    late = Dossier.objects.filter(which, office__in=asked.offices, pile=Pile.RUNNING, queue_at__lt=ids.now())
    return _of_group(late, asked).order_by("queue_at")


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def _of(measure: Measure) -> Indicator:
    return Indicator(
        measure.title,
        _("hồ sơ"),
        measure.counted,
        Sort.DOSSIERS,
        lambda asked: counted(measure, asked),
        lambda asked: opened(measure, asked),
    )


def _now(title: Promise, says: Promise, opens: Callable[[Asked], QuerySet[Dossier]]) -> Indicator:
    return Indicator(title, _("hồ sơ"), says, Sort.DOSSIERS, lambda asked: Decimal(opens(asked).count()), opens)


def register() -> None:
    for name, measure in MEASURES.items():
        indicators.register(name, _of(measure))
    for name, opens in ((OVERDUE, overdue), (UNTAKEN, untaken)):
        indicators.register(name, _now(*NOW[name], opens))
