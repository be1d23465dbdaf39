"""People who sign in, and what each may do where. Citizens come with administrative procedures."""

import rules
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keng.core.ids import this_hour
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
    LEADER = "leader", _("lãnh đạo")


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


class Tries(models.Model):
    """Sign-in tries that were not right, by the login as typed (perhaps nobody's); forgotten after an hour."""

    login = models.CharField(max_length=60, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last = models.DateTimeField()
