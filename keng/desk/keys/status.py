"""How a box's keys stand: who holds them, until when the statement runs, and what is at risk."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from keng.accounts.models import Appointment, Role, User
from keng.desk.keys.grants import live_grants
from keng.desk.keys.own import in_groups
from keng.desk.models import Grant, OfficerKey
from keng.mailbox import sealing
from keng.mailbox.models import Box, KeyStatement

# A statement that runs out closes the box: time enough to reach the level above, whatever the roads.
WARN_DAYS = 60
# From here on nothing else comes first.
URGENT_DAYS = 7
READERS = (Role.OFFICER, Role.CUSTODIAN)


@dataclass(frozen=True)
class Holder:
    """Somebody at the office, or who was: `since` and `given_by` are of the grant, `roles` empty once they have left."""

    user: User
    roles: set[str]
    since: datetime | None = None
    given_by: str = ""
    recipient: str = ""

    @property
    def custodian(self) -> bool:
        return Role.CUSTODIAN in self.roles

    @property
    def role_names(self) -> str:
        return ", ".join(str(Role(role).label) for role in sorted(self.roles))


@dataclass(frozen=True)
class Risk:
    """`level` is a class of the desk's `.state`: bad or wait."""

    level: str
    sentence: str


class BoxKeys:
    """What the pages show of one box; made by `load`. `statements` are in order of `seq`, `roles` by the user's id."""

    def __init__(
        self,
        box: Box,
        *,
        statements: Sequence[KeyStatement],
        grants: Sequence[Grant],
        roles: dict[int, set[str]],
        knowing: dict[int, str],
    ) -> None:
        self.box, self.roles = box, roles
        # Whoever was ever given the key that the box has now may have kept it, whatever was ended since.
        self.departed = [name for user, name in knowing.items() if user not in roles]
        self.statement = statements[-1] if statements else None
        # What a statement says was checked when it was stored. The first one's day is the date on the recovery sheets.
        self.said: dict[str, Any] = json.loads(self.statement.text) if self.statement else {}
        self.founded_on = date.fromisoformat(json.loads(statements[0].text)["from"]) if statements else None
        # An officer has a grant for each key that the box has had: told once, by the first.
        first = {grant.key_id: grant for grant in sorted(grants, key=lambda grant: grant.since, reverse=True)}
        self.holders = [
            Holder(grant.key.user, roles.get(grant.key.user_id, set()), grant.since, grant.by.name)
            for grant in grants
            if grant == first[grant.key_id]
        ]

    @property
    def founded(self) -> bool:
        return bool(self.box.root)

    @property
    def since(self) -> date | None:
        return date.fromisoformat(self.said["from"]) if self.said else None

    @property
    def reading(self) -> list[Holder]:
        """The holders who are still at the office."""
        return [holder for holder in self.holders if holder.roles]

    @property
    def forward(self) -> list[tuple[str, str, str]]:
        """Boxes to which this one may forward: slug, title where we know it, fingerprint of the root."""
        above = self.box.above
        titles = {above.slug: above.title} if above else {}
        return [(slug, titles.get(slug, slug), in_groups(root)) for slug, root in self.said.get("forward", [])]

    @cached_property
    def fingerprint(self) -> str:
        return sealing.fingerprint(sealing.unb64u(self.box.root)) if self.founded else ""

    @property
    def fingerprint_groups(self) -> str:
        return in_groups(self.fingerprint)

    @property
    def short_code(self) -> str:
        """As on the poster."""
        return in_groups(self.fingerprint[:12])

    @property
    def days_left(self) -> int:
        return (self.statement.until - localdate()).days if self.statement else 0

    @cached_property
    def others(self) -> list[Holder]:
        """Officers of the office without the box's key: `recipient` is empty for those who have made no key of their own."""
        holding = {holder.user.pk for holder in self.holders}
        keys = dict(OfficerKey.objects.filter(until=None, user__in=self.roles).values_list("user_id", "recipient"))
        people = User.objects.filter(pk__in=self.roles.keys() - holding).order_by("name")
        return [Holder(user, self.roles[user.pk], recipient=keys.get(user.pk, "")) for user in people]

    @cached_property
    def risks(self) -> list[Risk]:
        if not self.founded:
            return [Risk("wait", _("Hộp thư chưa có khoá nên chưa nhận được tin. Người giữ khoá cần lập khoá."))]
        return [*self.of_expiry(), *self.of_holders()]

    def of_expiry(self) -> list[Risk]:
        days = self.days_left
        if days < 0:
            return [Risk("bad", _("Bản xác nhận khoá đã hết hạn: bà con không gửi tin được nữa. Cần gia hạn ngay."))]
        if days <= WARN_DAYS and self.statement:
            until = date_format(self.statement.until, "d/m/Y")
            sentence = _("Bản xác nhận khoá còn %(days)d ngày (đến %(until)s). Cần gia hạn trước ngày đó.")
            level = "bad" if days <= URGENT_DAYS else "wait"
            return [Risk(level, sentence % {"days": days, "until": until})]
        return []

    def of_holders(self) -> list[Risk]:
        reading, risks = self.reading, []
        if not reading:
            risks.append(Risk("bad", _("Không còn ai ở đơn vị mở được hộp thư. Chỉ còn hai tờ khôi phục.")))
        if len(reading) == 1:
            risks.append(Risk("wait", _("Chỉ một người mở được hộp thư. Nên cấp khoá cho người thứ hai.")))
        if reading and not any(holder.custodian for holder in reading):
            risks.append(Risk("bad", _("Không có người giữ khoá nào mở được hộp thư, nên không cấp khoá cho ai được.")))
        for holder in self.holders:
            if not holder.roles:
                sentence = _("%(name)s không còn ở đơn vị mà vẫn có khoá. Nên thôi cấp.") % {"name": holder.user.name}
                risks.append(Risk("wait", sentence))
        if self.departed:
            sentence = _("Nên đổi khoá hộp thư: %(names)s từng giữ khoá này và đã rời đơn vị.")
            risks.append(Risk("wait", sentence % {"names": ", ".join(self.departed)}))
        return risks


def load(boxes: Sequence[Box]) -> list[BoxKeys]:
    """How the keys of these boxes stand. A constant number of queries."""
    statements: dict[int, list[KeyStatement]] = defaultdict(list)
    for statement in KeyStatement.objects.filter(box__in=boxes).order_by("seq"):
        statements[statement.box_id].append(statement)
    grants: dict[int, list[Grant]] = defaultdict(list)
    for grant in live_grants().filter(box__in=boxes):
        grants[grant.box_id].append(grant)
    roles: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for appointment in readers_at({box.office_id for box in boxes}):
        roles[appointment.office_id][appointment.user_id].add(appointment.role)
    knowing: dict[int, dict[int, str]] = defaultdict(dict)
    given = Grant.objects.filter(box__in=boxes, recipient=F("box__recipient")).order_by("key__user__name")
    for box_id, user_id, name in given.values_list("box", "key__user", "key__user__name"):
        knowing[box_id][user_id] = name
    return [
        BoxKeys(
            box,
            statements=statements[box.pk],
            grants=grants[box.pk],
            roles=dict(roles[box.office_id]),
            knowing=knowing[box.pk],
        )
        for box in boxes
    ]


def readers_at(offices: Collection[int]) -> QuerySet[Appointment]:
    """The appointments of officers and custodians at these offices that hold now."""
    now = datetime.now(UTC)
    held = Appointment.objects.filter(Q(until=None) | Q(until__gt=now), since__lte=now, user__is_active=True)
    return held.filter(office__in=offices, role__in=READERS).select_related("user")
