"""From the arguments in a desk address to the ids of the offices concerned: what `@needs(…, office=…)` asks. Nothing found: 404."""

from collections.abc import Iterable

from keng.accounts.models import Approval
from keng.accounts.people import offices_of
from keng.mailbox.models import Box


def of_box(slug: str, **_: object) -> Iterable[int]:
    """The box's office."""
    return Box.objects.filter(slug=slug).values_list("office", flat=True)


def of_person(username: str, **_: object) -> Iterable[int]:
    """The offices where the person holds a role, or, for one who holds none, where they last did."""
    return offices_of(username)


def of_approval(approval: int, **_: object) -> Iterable[int]:
    """The office that a deed for two people concerns."""
    return Approval.objects.filter(pk=approval).values_list("office", flat=True)
