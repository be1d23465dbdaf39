"""Provinces, communes, villages and the offices that serve them, each with its dates."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from keng.core.text import fold


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold from `valid_from` until before `valid_to`."""

    def current(self, on: date | None = None) -> Self:
        """Those that hold on the day `on`, or today in Vietnam."""
        day = on or timezone.localdate()
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


def dates_in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name=name)


class Searchable(models.Model):
    """Keeps `search_key` in step with `name`; who writes rows in bulk fills it with `fold`."""

    name = models.CharField(max_length=120)
    search_key = models.CharField(max_length=120, db_index=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = fold(self.name)
        if kwargs.get("update_fields") is not None and "name" in kwargs["update_fields"]:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_key"}
        super().save(*args, **kwargs)


class UnitKind(models.TextChoices):
    PROVINCE = "tinh", "tỉnh"
    CITY = "thanh_pho", "thành phố"
    COMMUNE = "xa", "xã"
    WARD = "phuong", "phường"
    SPECIAL_ZONE = "dac_khu", "đặc khu"


PROVINCE_KINDS = (UnitKind.PROVINCE, UnitKind.CITY)


@dataclass(frozen=True)
class Form:
    """What a unit was on some day: its name, its kind, and the code of the province that it belonged to ("" for a province)."""

    name: str
    kind: str
    parent: str

    @property
    def full_name(self) -> str:
        return full_name(self.kind, self.name)


def full_name(kind: str, name: str) -> str:
    """Kind and name, as on a sign: "Xã Quảng Lâm"."""
    return f"{UnitKind(kind).label.capitalize()} {name}"


class Unit(Searchable):
    """A province or commune as it is now; `UnitEvent` keeps what it was. Never keyed by name: names repeat."""

    Kind = UnitKind

    code = models.CharField(max_length=5, primary_key=True)
    kind = models.CharField(max_length=10, choices=UnitKind.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            dates_in_order("unit_dates_in_order"),
            # Two levels, so there can be no cycle: a province has nothing above it, everything else has.
            models.CheckConstraint(
                condition=Q(kind__in=PROVINCE_KINDS, parent=None)
                | (~Q(kind__in=PROVINCE_KINDS) & Q(parent__isnull=False)),
                name="unit_has_two_levels",
            ),
        ]

    @property
    def full_name(self) -> str:
        """Kind and name, as on a sign: "Xã Quảng Lâm"."""
        return full_name(self.kind, self.name)

    @property
    def is_province(self) -> bool:
        return self.kind in PROVINCE_KINDS

    def as_of(self, day: date) -> Form | None:
        """What the unit was at the end of `day`; None where it didn't exist. Uses `events` as prefetched, else one query."""
        if day < self.valid_from or (self.valid_to is not None and day >= self.valid_to):
            return None
        was = {"name": self.name, "kind": self.kind, "parent": self.parent_id or ""}
        later = [event for event in self.events.all() if event.date > day and event.kind in UnitEvent.CHANGES]
        for event in sorted(later, key=lambda event: (event.date, event.pk), reverse=True):
            was[UnitEvent.CHANGES[event.kind]] = event.before
        return Form(**was)


class UnitEventKind(models.TextChoices):
    FOUNDED = "founded", "thành lập"
    RENAMED = "renamed", "đổi tên"
    KIND_CHANGED = "kind_changed", "đổi loại"
    MOVED = "moved", "chuyển sang tỉnh khác"
    MERGED = "merged", "nhập vào"
    SPLIT = "split", "tách ra"


class UnitEvent(models.Model):
    """A dated change of a unit, with its legal basis; rows of one merge or split share `decision` and `date`.

    `before` and `after` are the name, the kind or the parent's code that changed; a founding's `after` is "kind name".
    `other` is the unit merged into, the one split off, or the one that a founded unit came from.
    """

    Kind = UnitEventKind
    # Which of the unit's properties an event changed.
    CHANGES: dict[str, str] = {
        UnitEventKind.RENAMED: "name",
        UnitEventKind.KIND_CHANGED: "kind",
        UnitEventKind.MOVED: "parent",
    }

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=UnitEventKind.choices)
    date = models.DateField()
    before = models.CharField(max_length=160, blank=True)
    after = models.CharField(max_length=160, blank=True)
    other = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="seen_in")
    decision = models.CharField(max_length=120)
    certainty = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "date", "before", "after"], name="unit_event_once"),
            models.CheckConstraint(condition=~Q(decision=""), name="unit_event_has_a_basis"),
        ]

    @property
    def says(self) -> str:
        """The change as a person reads it: "xã → phường"."""
        if self.kind == UnitEventKind.KIND_CHANGED:
            return f"{UnitKind(self.before).label} → {UnitKind(self.after).label}"
        if self.kind == UnitEventKind.FOUNDED:
            kind, _space, name = self.after.partition(" ")
            return full_name(kind, name)
        return " → ".join(filter(None, [self.before, self.after]))


class Village(Searchable):
    """There is no public list of villages: administrators enter or import them."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="villages")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "name", "valid_from"], name="village_once"),
            models.UniqueConstraint(fields=["unit", "name"], condition=Q(valid_to=None), name="village_once_at_a_time"),
            dates_in_order("village_dates_in_order"),
        ]


class OfficeKind(models.TextChoices):
    COMMUNE_POLICE = "commune_police", "Công an xã"
    BORDER_POST = "border_post", "Đồn Biên phòng"
    SERVICE_CENTRE = "service_centre", "Trung tâm Phục vụ hành chính công"
    PEOPLES_COMMITTEE = "peoples_committee", "Uỷ ban nhân dân"
    PROVINCE_POLICE = "province_police", "Công an tỉnh"
    PROVINCE_POLICE_DIVISION = "province_police_division", "Phòng thuộc Công an tỉnh"
    BORDER_COMMAND = "border_command", "Bộ Chỉ huy Bộ đội Biên phòng"
    INSPECTORATE = "inspectorate", "Thanh tra tỉnh"


class Office(Searchable):
    """Commune police, a border post, a People's Committee … `code` is what other records and the ledger keep."""

    Kind = OfficeKind

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=30, choices=OfficeKind.choices)
    above = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="below")
    province = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    covers = models.ManyToManyField(Unit, through="Coverage", related_name="offices")
    phone = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            dates_in_order("office_dates_in_order"),
            # Longer rings are refused by `keng.units.offices`, which walks the chain.
            models.CheckConstraint(condition=Q(above=None) | ~Q(above=F("id")), name="office_not_above_itself"),
        ]


class Coverage(models.Model):
    """Which commune or province an office serves, and when."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "unit", "valid_from"], name="coverage_once"),
            models.UniqueConstraint(
                fields=["office", "unit"], condition=Q(valid_to=None), name="coverage_once_at_a_time"
            ),
            dates_in_order("coverage_dates_in_order"),
        ]
