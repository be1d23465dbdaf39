"""Writes digests when their time has come: one row claims an officer's day and time, so that two processes write one."""

from datetime import UTC, date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from keng.accounts.models import Role, User
from keng.core.calendar import is_working_day
from keng.core.registry import digest_parts
from keng.desk.digest import text, times
from keng.desk.digest.counts import work_of
from keng.desk.models import Digest
from keng.notify.services import post, ready

# What a machine that was switched off still sends; later it would tell of the past.
STILL = timedelta(hours=2)
KEPT = timedelta(days=30)
REPORTS = (Role.OFFICER, Role.CUSTODIAN, Role.LEADER)


def write_due(now: datetime | None = None) -> int:
    """Puts the digests that are due into the outbox; returns how many."""
    now = now or datetime.now(UTC)
    local = localtime(now)
    if not ready(channel="email") or not is_working_day(local.date()):
        return 0
    return sum(_write(local.date(), at, now) for at in times.on(local.date()) if _due(at, local))


def forget() -> int:
    """Drops what is known of digests a month old; returns how many rows."""
    return Digest.objects.filter(day__lt=localtime().date() - KEPT).delete()[0]


def readers(now: datetime) -> QuerySet[User]:
    """Who gets a digest: an address, a live account, and a role to which reports, figures or what other apps tell are of any concern."""
    holding = Q(appointments__until=None) | Q(appointments__until__gt=now)
    found = User.objects.filter(
        holding, is_active=True, appointments__role__in=concerned(), appointments__since__lte=now
    )
    return found.exclude(email="").distinct().order_by("pk")


def concerned() -> set[str]:
    """The roles that get one."""
    return {*REPORTS, *(role for _name, part in digest_parts for role in part.roles)}


def _due(at: time, local: datetime) -> bool:
    begins = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return begins <= local < begins + STILL


def _write(day: date, at: time, now: datetime) -> int:
    waiting = readers(now).exclude(pk__in=Digest.objects.filter(day=day, at=at).values("user"))
    return sum(_write_one(user, day, at, now) for user in waiting)


def _write_one(user: User, day: date, at: time, now: datetime) -> bool:
    body = text.write(work_of(user, day, now), localtime(now))
    try:
        with transaction.atomic():
            claim = Digest.objects.create(user=user, day=day, at=at)
            claim.message = post(channel="email", address=user.email, subject=text.SUBJECT, body=body)
            claim.save(update_fields=["message"])
    except IntegrityError:  # another process was first
        return False
    return True
