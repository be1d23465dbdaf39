"""What came of reports, and which reports tell of one matter. `standing()` is what every figure of outcomes counts."""

from django.db.models import QuerySet

from keng.desk.models import Outcome


def standing(*, training: bool = False) -> QuerySet[Outcome]:
    """The lines that count: neither corrected nor struck out. What was counted in training boxes only where it is asked for."""
    lines = Outcome.objects.filter(corrected_by=None, quantity__gt=0)
    return lines if training else lines.filter(box__training=False)
