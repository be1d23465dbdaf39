"""From the arguments in a desk address to the ids of the offices concerned: what `@needs(…, office=…)` asks. Nothing found: 404."""

from collections.abc import Iterable

from keng.mailbox.models import Box, Part, Thread


def of_box(slug: str, **_: object) -> Iterable[int]:
    """The box's office."""
    return Box.objects.filter(slug=slug).values_list("office", flat=True)


def of_thread(key: str, **_: object) -> Iterable[int]:
    """The office that has the report now and the one that first got it, which keeps seeing its state."""
    found = Thread.objects.filter(key=key).values_list("holder__office", "box__office")
    return [office for row in found for office in row]


def of_held_thread(key: str, **_: object) -> Iterable[int]:
    """Only the office that has the report now: for what changes it."""
    return Thread.objects.filter(key=key).values_list("holder__office", flat=True)


def of_part(digest: str, **_: object) -> Iterable[int]:
    """The offices that hold a header for the part: its own box's and those that it was forwarded to."""
    found = Part.objects.filter(digest=digest).values_list("box__office", "rewraps__box__office")
    return {office for row in found for office in row if office is not None}
