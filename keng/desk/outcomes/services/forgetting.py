"""What matters lose with their last report: sealed remarks may quote it, so they go; what was counted stays (ADR 13, 28)."""

from django.db import transaction

from keng.desk.models import Matter, Outcome


@transaction.atomic
def forget() -> int:
    """The hourly chore: empties the remarks of matters that no report is left in, and drops such matters where nothing was counted.

    Returns how many lines lost their remarks. Running it twice at once does no harm.
    """
    Matter.objects.filter(members=None, outcomes=None).delete()
    return Outcome.objects.filter(matter__members=None, remarks__isnull=False).update(remarks=None)
