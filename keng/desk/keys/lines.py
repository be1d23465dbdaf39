"""Every key that somebody at an office's boxes depends on, as lines of one list: who holds it, since when, last used, until when, and what
is at risk. Nothing secret is read: of a key its dates and its holder, of a second factor its kind."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.accounts.models import Appointment, User
from keng.desk.keys.grants import live_grants
from keng.desk.keys.neighbours import Neighbour, neighbours
from keng.desk.keys.status import BoxKeys, Risk, load
from keng.desk.models import BoxSecret, Ceremony, Grant, OfficerKey
from keng.ledger.models import Checkpoint, Cosignature, LogKey
from keng.mailbox.models import Box
from keng.units.models import Office

# In the order in which they are looked after.
KINDS = {
    "statement": gettext_lazy("Khoá gốc, bản xác nhận"),
    "box": gettext_lazy("Khoá hộp thư"),
    "sheets": gettext_lazy("Tờ khôi phục"),
    "officer": gettext_lazy("Khoá cán bộ"),
    "factor": gettext_lazy("Xác thực hai bước"),
    "log": gettext_lazy("Khoá sổ công khai"),
    "witness": gettext_lazy("Nhân chứng"),
}
FACTORS = {
    Authenticator.Type.TOTP: gettext_lazy("ứng dụng mã"),
    Authenticator.Type.WEBAUTHN: gettext_lazy("khoá truy cập"),
    Authenticator.Type.RECOVERY_CODES: gettext_lazy("mã dự phòng"),
}
# Whoever has not unlocked for half a year may well have forgotten six words.
UNUSED = timedelta(days=180)
# The log is published each night: two nights without a cosignature are no accident of the line.
SILENT = timedelta(days=2)
ORDER = {"bad": 0, "wait": 1, "good": 2}


@dataclass(frozen=True)
class Line:
    """One key. `office` is None for what the whole installation shares; `box` is given where there is a page to go to."""

    kind: str
    title: str
    office: Office | None
    holders: str = ""
    since: date | None = None
    used_on: date | None = None
    until: date | None = None
    risks: list[Risk] = field(default_factory=list)
    box: Box | None = None
    # Says that there is none, where there should be one.
    absent: bool = False

    @property
    def level(self) -> str:
        return min((risk.level for risk in self.risks), key=ORDER.__getitem__, default="good")

    @property
    def kind_name(self) -> str:
        return str(KINDS[self.kind])

    @property
    def rank(self) -> tuple[int, int, date, str]:
        """The worst first; among these what villagers depend on before what concerns one officer, and what runs out first."""
        return ORDER[self.level], list(KINDS).index(self.kind), self.until or date.max, self.title


def collect(offices: Sequence[Office]) -> list[Line]:
    """The lines of these offices' keys, and of the keys that all share, the worst first. A constant number of queries."""
    boxes = list(Box.objects.filter(office__in=offices, closed_on=None).select_related("office", "above__office"))
    known = load(boxes)
    people = _people(offices)
    lines = [
        *_statements(known),
        *_box_keys(known),
        *_sheets(known),
        *_officers(people),
        *_factors(people),
        *_log(),
        *_witnesses(),
    ]
    return sorted(lines, key=lambda line: line.rank)


def _day(moment: datetime | None) -> date | None:
    return localtime(moment).date() if moment else None


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day), default=None)


def _statements(known: Sequence[BoxKeys]) -> Iterator[Line]:
    near = neighbours(known)
    for keys in known:
        box, above = keys.box, keys.box.above
        holders = _("hai tờ khôi phục; %(above)s") % {"above": above.office.name} if above else _("hai tờ khôi phục")
        yield Line(
            "statement",
            box.title,
            box.office,
            holders=holders if keys.founded else "",
            since=keys.since,
            until=keys.statement.until if keys.statement else None,
            risks=[*keys.of_expiry(), *_stale(near[keys.box.pk])] if keys.founded else keys.risks,
            box=box,
        )


def _stale(near: Iterable[Neighbour]) -> list[Risk]:
    sentence = _(
        "Hộp thư “%(title)s” đã thay khoá gốc, nên chưa chuyển tin đến đó được. Gia hạn bản xác nhận để so lại khoá gốc của họ."
    )
    return [Risk("bad", sentence % {"title": neighbour.box.title}) for neighbour in near if neighbour.stale]


def _box_keys(known: Sequence[BoxKeys]) -> Iterator[Line]:
    """A line for each key that a box has and had: an old one opens what was sealed while it held."""
    given: dict[tuple[int, str], list[Grant]] = defaultdict(list)
    for grant in live_grants().filter(box__in=[keys.box for keys in known]):
        given[grant.box_id, grant.recipient].append(grant)
    for keys in known:
        if keys.founded:
            # The current key stands even where nobody holds it: that is the worst of all.
            yield _box_key(keys, given.pop((keys.box.pk, keys.box.recipient), []), current=True)
    by_box = {keys.box.pk: keys for keys in known}
    for (box, _recipient), grants in given.items():
        yield _box_key(by_box[box], grants, current=False)


def _box_key(keys: BoxKeys, grants: list[Grant], *, current: bool) -> Line:
    title = keys.box.title
    return Line(
        "box",
        title if current else _("%(title)s: khoá cũ, mở tin trước lần đổi") % {"title": title},
        keys.box.office,
        holders=", ".join(_held(one) for one in grants),
        since=_day(min((grant.since for grant in grants), default=None)),
        used_on=_latest(grant.used_on for grant in grants),
        risks=keys.of_holders() if current else [],
        box=keys.box,
    )


def _held(grant: Grant) -> str:
    """Who opens the box by it, and who gave it; of what somebody took at a ceremony, their name once."""
    name, by = grant.key.user.name, grant.by.name
    return name if grant.key.user_id == grant.by_id else _("%(name)s (%(by)s cấp)") % {"name": name, "by": by}


def _sheets(known: Sequence[BoxKeys]) -> Iterator[Line]:
    boxes = [keys.box for keys in known if keys.founded]
    kept = set(BoxSecret.objects.filter(box__in=boxes).values_list("box", flat=True))
    # New sheets are printed wherever a key or a root is made.
    made = Ceremony.objects.filter(
        box__in=boxes, kind__in=[Ceremony.Kind.FOUNDED, Ceremony.Kind.CHANGED, Ceremony.Kind.ROOT]
    )
    printed = dict(made.order_by("hour").values_list("box", "hour"))
    for keys in known:
        if not keys.founded:
            continue
        missing = Risk("bad", _("Máy chủ không còn tệp khôi phục của hộp thư này: hai tờ giấy không mở được gì."))
        yield Line(
            "sheets",
            keys.box.title,
            keys.box.office,
            holders=_("người giữ tờ A, người giữ tờ B"),
            since=_day(printed.get(keys.box.pk)) or keys.founded_on,
            risks=[] if keys.box.pk in kept else [missing],
            box=keys.box,
        )


@dataclass
class Person:
    user: User
    office: Office
    reads: bool


def _people(offices: Sequence[Office]) -> list[Person]:
    """Everybody with an account and a role at these offices, or with a live key and such a role in the past; once each."""
    by_pk = {office.pk: office for office in offices}
    found: dict[int, Person] = {}
    held = Appointment.objects.filter(office__in=offices, user__is_active=True).select_related("user")
    now = localtime()
    for one in held.order_by("until", "pk"):
        live = one.since <= now and (one.until is None or one.until > now)
        person = found.setdefault(one.user_id, Person(one.user, by_pk[one.office_id], reads=False))
        if live:
            person.office = by_pk[one.office_id]
            person.reads |= one.role in ("officer", "custodian")
    return sorted(found.values(), key=lambda person: person.user.name)


def _officers(people: Sequence[Person]) -> Iterator[Line]:
    by_user = {person.user.pk: person for person in people}
    today = localdate()
    for key in OfficerKey.objects.filter(until=None, user__in=by_user).defer("sealed_identity"):
        person = by_user[key.user_id]
        since = _day(key.since) or today
        risks = []
        if not person.reads:
            risks.append(Risk("wait", _("Không còn vai trò đọc tin mà khoá vẫn còn. Nên thôi cấp các hộp thư.")))
        elif today - (key.used_on or since) > UNUSED:
            risks.append(Risk("wait", _("Hơn nửa năm chưa mở khoá: nên mở thử, có thể đã quên cụm từ.")))
        yield Line("officer", person.user.name, person.office, person.user.username, since, key.used_on, risks=risks)


def _factors(people: Sequence[Person]) -> Iterator[Line]:
    kinds: dict[int, list[Authenticator]] = defaultdict(list)
    found = Authenticator.objects.filter(user__in=[person.user for person in people]).defer("data")
    for factor in found.order_by("type", "pk"):
        kinds[factor.user_id].append(factor)
    for person in people:
        factors = kinds[person.user.pk]
        second = [factor for factor in factors if factor.type != Authenticator.Type.RECOVERY_CODES]
        missing = Risk("wait", _("Chưa lập bước thứ hai, nên chưa vào được bàn làm việc."))
        yield Line(
            "factor",
            person.user.name,
            person.office,
            holders=_kinds_of(factors),
            since=_day(min((factor.created_at for factor in second), default=None)),
            used_on=_latest(_day(factor.last_used_at) for factor in factors),
            risks=[] if second else [missing],
        )


def _kinds_of(factors: Sequence[Authenticator]) -> str:
    counted = [(name, sum(factor.type == kind for factor in factors)) for kind, name in FACTORS.items()]
    return ", ".join(f"{name} ×{number}" if number > 1 else str(name) for name, number in counted if number)


def _log() -> Iterator[Line]:
    signing = list(LogKey.objects.order_by("-since"))
    title = _("Sổ công khai")
    if not any(key.until is None for key in signing):
        risk = Risk("wait", _("Sổ công khai chưa có khoá ký, nên chưa công bố được."))
        yield Line("log", title, None, risks=[risk], absent=True)
    for key in signing:
        name, number, _key = key.vkey.split("+", 2)
        yield Line(
            "log",
            name,
            None,
            holders=_("máy chủ, số %(number)s") % {"number": number},
            since=_day(key.since),
            until=_day(key.until),
        )


def _witnesses() -> Iterator[Line]:
    """The witnesses that the pages ask for, each with the day of the last checkpoint that it signed."""
    names = [vkey.split("+", 1)[0] for vkey in settings.WITNESSES]
    days = dict(Checkpoint.objects.values_list("size", "day")) if names else {}
    signed: dict[str, list[date]] = defaultdict(list)
    for name, size in Cosignature.objects.filter(name__in=names).values_list("name", "size"):
        if size in days:
            signed[name].append(days[size])
    newest = _latest(days.values())
    if not names:
        risk = Risk("wait", _("Chưa có nhân chứng: sửa sổ công khai thì chỉ người đã giữ bản cũ mới biết."))
        yield Line("witness", _("Nhân chứng"), None, risks=[risk], absent=True)
    for name in names:
        yield Line(
            "witness",
            name,
            None,
            since=min(signed[name], default=None),
            used_on=_latest(signed[name]),
            risks=_silence(_latest(signed[name]), newest),
        )


def _silence(last: date | None, newest: date | None) -> list[Risk]:
    if newest is None:
        return []
    if last is None:
        return [Risk("wait", _("Chưa ký xác nhận lần nào. Xem máy của nhân chứng."))]
    if newest - last >= SILENT:
        return [Risk("bad", _("Không ký xác nhận nữa. Hỏi ngay người giữ máy: có thể đã thấy sổ bị sửa."))]
    return []
