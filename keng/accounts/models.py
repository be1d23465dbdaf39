"""People who sign in: officers, and what each may do where; citizens, who are no users and have a table of their own."""

from datetime import UTC, date, datetime, timedelta

import rules
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.core.ids import RandomId, this_hour
from keng.units.models import Office, Searchable


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser, Searchable):
    """An officer. `username` is what the ledger keeps; it is never given to somebody else."""

    username = models.SlugField(max_length=60, unique=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    # Of the office, for the digest; empty: none is sent.
    email = models.EmailField(max_length=120, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    is_staff = is_superuser = False

    def __str__(self) -> str:
        return self.name or self.username

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return bool(rules.has_perm(perm, self, obj))


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("quản trị")
    OFFICER = "officer", _("cán bộ")
    CUSTODIAN = "custodian", _("người giữ khoá")
    CASEWORKER = "caseworker", _("cán bộ hồ sơ")
    LEADER = "leader", _("lãnh đạo")


# How long before its end an appointment is said to end soon.
SOON = timedelta(days=14)


class Appointment(models.Model):
    """A person's role at an office. `until` is the first hour it no longer holds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="appointments")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=16, choices=Role.choices)
    since = models.DateTimeField(default=this_hour)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "office", "role"], condition=Q(until=None), name="appointment_once"
            ),
        ]

    @property
    def last_day(self) -> date | None:
        """The last local day on which it holds, for reading; None if it has no end."""
        return localdate(self.until - timedelta(seconds=1)) if self.until else None

    @property
    def to_come(self) -> bool:
        return self.since > datetime.now(UTC)

    @property
    def ends_soon(self) -> bool:
        return self.until is not None and self.until - datetime.now(UTC) < SOON


class Absence(models.Model):
    """Days, both included, on which an officer is away, and who stands in."""

    id = RandomId()
    officer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    stand_in = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="stands_in")
    first = models.DateField()
    last = models.DateField()

    class Meta:
        db_table = "desk_absence"  # where it began
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="absence_in_order"),
            models.CheckConstraint(condition=Q(stand_in=None) | ~Q(stand_in=F("officer")), name="absence_not_oneself"),
        ]
        indexes = [models.Index(fields=["stand_in", "last"], name="absence_stand_in")]


class Tries(models.Model):
    """Sign-in tries that were not right, by the login as typed (perhaps nobody's); forgotten after an hour."""

    login = models.CharField(max_length=60, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last = models.DateTimeField()


class Approval(models.Model):
    """A deed that needs two people (O3): asked for by one, approved by another, used once. `kind` is one of `keng.accounts.approvals`.

    `subject` is what it concerns: a box's slug, the ledger.
    """

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=this_hour)
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    # Refused by another, or taken back by whoever asked.
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=models.F("asked_by")),
                name="approval_by_another",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None, closed_at=None)
                | Q(closed_by__isnull=False, closed_at__isnull=False, used_at=None),
                name="approval_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(approved_at__isnull=False), name="approval_used_once_approved"
            ),
        ]


class Citizen(models.Model):
    """A resident, by personal id number: known by e-identity, or because an officer filed a case for them. Never listed: reached from
    a case that names them, or by their own sign-in (C2).

    Name and birth day as the source says; `source` is the provider's issuer or the office's code, `confirmed_on` the day it said so.
    """

    id = RandomId()
    number = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    born = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(max_length=120, blank=True)
    source = models.CharField(max_length=200)
    confirmed_on = models.DateField()

    class Meta:
        # That they are digits, whoever writes a row checks: a pattern here would be one that only Django's own SQLite knows.
        constraints = [models.CheckConstraint(condition=Exact(Length("number"), 12), name="citizen_number")]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """An e-identity that signs in as a citizen: the provider's issuer and its subject there, and the level it last came with (1 or 2)."""

    id = RandomId()
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    level = models.PositiveSmallIntegerField()
    used_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once"),
            models.CheckConstraint(condition=Q(level__in=(1, 2)), name="identity_level"),
        ]
