"""What the office keeps beside a report: how it came in, what it makes of it, sealed notes, who works on it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core.ids import RandomId, this_hour
from keng.mailbox.models import Box, Thread


class Channel(models.TextChoices):
    """How a report that an officer entered came to the office. What came through the box itself has no `Intake`."""

    IN_PERSON = "in_person", _("Trực tiếp")
    PHONE = "phone", _("Điện thoại")
    ZALO = "zalo", _("Zalo")
    FACEBOOK = "facebook", _("Trang Facebook")
    VNEID = "vneid", _("VNeID")
    PORTAL = "portal", _("Cổng tiếp nhận tố giác")


class Intake(models.Model):
    """An officer entered the report for somebody. Who that is stands sealed in the report alone.

    `named`: the person gave a name, so this is a denunciation (tố giác) and not an anonymous tip; `tell_due` is by when they are to be
    told the result, `told` the hour in which they were.
    """

    thread = models.OneToOneField(Thread, primary_key=True, on_delete=models.CASCADE, related_name="intake")
    channel = models.CharField(max_length=12, choices=Channel.choices)
    named = models.BooleanField(default=False)
    secrecy = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField(default=this_hour)
    tell_due = models.DateTimeField(null=True, blank=True)
    told = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(named=True) | Q(secrecy=False, tell_due=None), name="intake_named"),
        ]
        indexes = [
            models.Index(fields=["channel"], name="intake_channel"),
            # Who still waits to be told is counted with every look at the list.
            models.Index(fields=["tell_due"], condition=Q(told=None, tell_due__isnull=False), name="intake_untold"),
        ]


class Assessment(models.Model):
    """What the office made of a report, in the clear because it feeds the figures; nothing of who reported."""

    class Category(models.TextChoices):
        THEFT = "theft", "Trộm cắp"
        DRUGS = "drugs", "Ma tuý"
        TRAFFICKING = "trafficking", "Mua bán người"
        FRAUD = "fraud", "Lừa đảo"
        BORDER = "border", "Xuất nhập cảnh trái phép"
        VIOLENCE = "violence", "Bạo lực"
        # suggestions
        ROADS = "roads", "Đường sá, cầu cống"
        WATER = "water", "Nước, điện"
        LAND = "land", "Đất đai, ruộng nương"
        SCHOOL = "school", "Trường học"
        HEALTH = "health", "Y tế"
        WELFARE = "welfare", "Trợ cấp, chính sách"
        ENVIRONMENT = "environment", "Rác, môi trường"
        # complaints about officials
        CORRUPTION = "corruption", "Đòi tiền, tham nhũng"
        BEHAVIOUR = "behaviour", "Thái độ, cách cư xử"
        SLOW_PAPERS = "slow_papers", "Chậm giấy tờ, gây khó"
        ABUSE = "abuse", "Lạm quyền, làm sai việc"
        FUNDS = "funds", "Thu chi không rõ ràng"
        OTHER = "other", "Việc khác"

    class Value(models.TextChoices):
        VALUABLE = "valuable", _("Có giá trị")
        NOT_VALUABLE = "not_valuable", _("Không có giá trị")

    class Reason(models.TextChoices):
        """Why it is of value or not; `REASONS` says which goes with which."""

        NEW_FACT = "new_fact", _("Việc mới, chưa ai biết")
        MORE_DETAIL = "more_detail", _("Thêm chi tiết cho việc đang làm")
        PREVENTED = "prevented", _("Kịp ngăn chặn")
        ALREADY_KNOWN = "already_known", _("Đã biết từ trước")
        NO_DETAIL = "no_detail", _("Không đủ chi tiết")
        NOT_OURS = "not_ours", _("Không phải việc của hộp thư")
        NOT_TRUE = "not_true", _("Không đúng sự thật")
        PRANK = "prank", _("Tin đùa, tin phá")

    thread = models.OneToOneField(Thread, primary_key=True, on_delete=models.CASCADE, related_name="assessment")
    category = models.CharField(max_length=12, choices=Category.choices, blank=True)
    value = models.CharField(max_length=12, choices=Value.choices, blank=True)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    complex = models.BooleanField(default=False)
    extended = models.BooleanField(default=False)
    hour = models.DateTimeField(default=this_hour)

    class Meta:
        # Pranks are left out of lists and counts: they are found without looking at every assessment.
        indexes = [models.Index(fields=["reason"], name="assessment_reason")]


# Which reasons go with which value.
REASONS: dict[str, tuple[str, ...]] = {
    Assessment.Value.VALUABLE: (
        Assessment.Reason.NEW_FACT,
        Assessment.Reason.MORE_DETAIL,
        Assessment.Reason.PREVENTED,
    ),
    Assessment.Value.NOT_VALUABLE: (
        Assessment.Reason.ALREADY_KNOWN,
        Assessment.Reason.NO_DETAIL,
        Assessment.Reason.NOT_OURS,
        Assessment.Reason.NOT_TRUE,
        Assessment.Reason.PRANK,
    ),
}


class Note(models.Model):
    """A sealed note among officers of one box: an age file sealed to that box, never shown to the reporter."""

    id = RandomId()
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="notes")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField(default=this_hour)
    sealed = models.BinaryField()


class Seen(models.Model):
    """How many of the reporter's parts the office has had on a screen: a report with more of them is marked as having news."""

    thread = models.OneToOneField(Thread, primary_key=True, on_delete=models.CASCADE, related_name="seen")
    parts = models.PositiveIntegerField()


class Assignment(models.Model):
    """Who works on a report. `until` ends it; a report has one at a time, or none, and then it is the whole office's."""

    id = RandomId()
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="assignments")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=this_hour)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread"], condition=Q(until=None), name="assignment_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="assignment_in_order"),
        ]
        indexes = [models.Index(fields=["officer", "thread"], condition=Q(until=None), name="assignment_live")]
