"""Where an office's posters hang. A poster says nothing of its place: which one was scanned can't be known."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keng.core.ids import RandomId
from keng.mailbox.models import Box
from keng.units.models import Office


class Place(models.Model):
    """A spot in the office's area where posters hang."""

    class Kind(models.TextChoices):
        HEALTH_STATION = "health_station", _("Trạm y tế")
        SCHOOL = "school", _("Trường học")
        MARKET = "market", _("Chợ")
        VILLAGE_HALL = "village_hall", _("Nhà văn hoá bản")
        COMMITTEE = "committee", _("Trụ sở xã")
        SHOP = "shop", _("Cửa hàng")
        STOP = "stop", _("Bến xe, đầu đường")
        OTHER = "other", _("Chỗ khác")

    id = RandomId()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="places")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=120)
    gone_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Hanging(models.Model):
    """Posters of a box that hang at a place: how many, since when, with which root's fingerprint. `gone_on`: taken down."""

    id = RandomId()
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="hangings")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="hangings")
    format = models.CharField(max_length=10)
    copies = models.PositiveSmallIntegerField(default=1)
    root = models.CharField(max_length=26)
    hung_on = models.DateField()
    checked_on = models.DateField(null=True, blank=True)
    gone_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["box", "root"], name="hanging_root")]
