"""What came of reports: counted things, in the clear because they feed the figures. A correction is a new line; no line is changed."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keng.accounts.models import User
from keng.core.ids import RandomId, this_hour
from keng.mailbox.models import Box, Thread
from keng.units.models import Office


class Matter(models.Model):
    """One affair in the world. Several reports may tell of it; what came of it is counted once, however many they are."""

    id = RandomId()
    hour = models.DateTimeField(default=this_hour)


class Membership(models.Model):
    """A report's place in a matter; a report tells of one matter. The first report of a matter is `main`."""

    class Role(models.TextChoices):
        MAIN = "main", _("Tin chính")
        DUPLICATE = "duplicate", _("Tin trùng")
        RELATED = "related", _("Tin liên quan")

    thread = models.OneToOneField(Thread, primary_key=True, on_delete=models.CASCADE, related_name="membership")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="members")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MAIN)
    hour = models.DateTimeField(default=this_hour)


class OutcomeKind(models.TextChoices):
    MAJOR_CASE = "major_case", _("Vụ án lớn")
    OTHER_CASE = "other_case", _("Vụ việc khác")
    ARREST = "arrest", _("Người bị bắt giữ")
    ILLEGAL_RESIDENT = "illegal_resident", _("Người cư trú trái phép")
    WEAPON = "weapon", _("Vũ khí giao nộp")
    VICTIM = "victim", _("Nạn nhân được giúp")
    EXHIBIT = "exhibit", _("Tang vật")
    MONEY = "money", _("Tiền thu hồi")
    ADMINISTRATIVE = "administrative", _("Xử phạt hành chính")


class ExhibitKind(models.TextChoices):
    HEROIN = "heroin", _("Heroin")
    OPIUM = "opium", _("Thuốc phiện")
    SYNTHETIC = "synthetic", _("Ma tuý tổng hợp")
    GUN = "gun", _("Súng")
    AMMUNITION = "ammunition", _("Đạn")
    EXPLOSIVE = "explosive", _("Chất nổ")
    VEHICLE = "vehicle", _("Xe")
    CATTLE = "cattle", _("Gia súc")
    TIMBER = "timber", _("Gỗ")
    GOODS = "goods", _("Hàng hoá")
    PHONE = "phone", _("Điện thoại, thiết bị")
    DOCUMENT = "document", _("Giấy tờ")
    OTHER = "other", _("Tang vật khác")


class OutcomeUnit(models.TextChoices):
    CASE = "case", _("vụ")
    PERSON = "person", _("người")
    PIECE = "piece", _("cái")
    ROUND = "round", _("viên")
    ANIMAL = "animal", _("con")
    GRAM = "gram", _("gam")
    KILOGRAM = "kilogram", _("kg")
    CUBIC_METRE = "cubic_metre", _("m³")
    LITRE = "litre", _("lít")
    VND = "vnd", _("đồng")

    def beside(self, quantity: Decimal) -> str:
        """As it is said beside this number: some languages have another word for one."""
        return str(FOR_ONE.get(self, self.label) if quantity == 1 else self.label)


FOR_ONE = {
    OutcomeUnit.CASE: pgettext_lazy("one", "vụ"),
    OutcomeUnit.PERSON: pgettext_lazy("one", "người"),
    OutcomeUnit.PIECE: pgettext_lazy("one", "cái"),
    OutcomeUnit.ROUND: pgettext_lazy("one", "viên"),
    OutcomeUnit.ANIMAL: pgettext_lazy("one", "con"),
    OutcomeUnit.LITRE: pgettext_lazy("one", "lít"),
}


class Outcome(models.Model):
    """One counted thing. `corrects` names the line that this one takes the place of; a quantity of 0 there strikes it out.

    `day` is when it happened, in local time; `office` the one that counts it. `remarks` is an age file sealed to `box`.
    """

    id = RandomId()
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=16, choices=OutcomeKind.choices)
    exhibit = models.CharField(max_length=12, choices=ExhibitKind.choices, blank=True)
    quantity = models.DecimalField(max_digits=15, decimal_places=3)
    unit = models.CharField(max_length=12, choices=OutcomeUnit.choices)
    day = models.DateField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField(default=this_hour)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    reason = models.CharField(max_length=12, blank=True)
    remarks = models.BinaryField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(quantity=0, corrects__isnull=False), name="outcome_counts"
            ),
            models.CheckConstraint(condition=Q(kind="exhibit") ^ Q(exhibit=""), name="outcome_exhibit"),
            models.CheckConstraint(condition=Q(corrects=None) ^ ~Q(reason=""), name="outcome_corrected_why"),
        ]
        indexes = [models.Index(fields=["office", "day"], name="outcome_counted")]
