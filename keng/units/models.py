"""Provinces, communes, villages and the offices that serve them, each with its dates."""

from django.db import models

from keng.core.text import fold


class Searchable(models.Model):
    """Keeps `search_key` in step with `name`."""

    name = models.CharField(max_length=120)
    search_key = models.CharField(max_length=120, db_index=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_key = fold(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Unit(Searchable):
    """A province or commune as it is now; `UnitEvent` keeps what it was. Never keyed by name: names repeat."""

    class Kind(models.TextChoices):
        PROVINCE = "tinh", "tỉnh"
        CITY = "thanh_pho", "thành phố"
        COMMUNE = "xa", "xã"
        WARD = "phuong", "phường"
        SPECIAL_ZONE = "dac_khu", "đặc khu"

    code = models.CharField(max_length=5, primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    @property
    def full_name(self) -> str:
        """Kind and name, as on a sign: "Xã Quảng Lâm"."""
        return f"{self.get_kind_display().capitalize()} {self.name}"


class UnitEvent(models.Model):
    """A dated change of a unit, with its legal basis; rows of one merge or split share `decision` and `date`."""

    class Kind(models.TextChoices):
        FOUNDED = "founded", "thành lập"
        RENAMED = "renamed", "đổi tên"
        KIND_CHANGED = "kind_changed", "đổi loại"
        MERGED = "merged", "nhập vào"
        SPLIT = "split", "tách ra"
        ENDED = "ended", "kết thúc"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    date = models.DateField()
    before = models.CharField(max_length=160, blank=True)
    after = models.CharField(max_length=160, blank=True)
    other = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=120)
    certainty = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "kind", "date", "before", "after"], name="unit_event_once")]


class Village(Searchable):
    """There is no public list of villages: administrators enter or import them."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="villages")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "name", "valid_from"], name="village_once")]


class Office(Searchable):
    """Commune police, a border post, a People's Committee … `code` is what other records and the ledger keep."""

    class Kind(models.TextChoices):
        COMMUNE_POLICE = "commune_police", "Công an xã"
        BORDER_POST = "border_post", "Đồn Biên phòng"
        SERVICE_CENTRE = "service_centre", "Trung tâm Phục vụ hành chính công"
        PEOPLES_COMMITTEE = "peoples_committee", "Uỷ ban nhân dân"
        PROVINCE_POLICE = "province_police", "Công an tỉnh"
        PROVINCE_POLICE_DIVISION = "province_police_division", "Phòng thuộc Công an tỉnh"
        BORDER_COMMAND = "border_command", "Bộ Chỉ huy Bộ đội Biên phòng"
        INSPECTORATE = "inspectorate", "Thanh tra tỉnh"

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    above = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="below")
    province = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    covers = models.ManyToManyField(Unit, through="Coverage", related_name="offices")
    phone = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)


class Coverage(models.Model):
    """Which commune or province an office serves, and when."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "unit", "valid_from"], name="coverage_once")]
