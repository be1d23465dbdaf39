"""`post()` puts a message into the outbox; `manage.py work` sends it. At least once: a crash between sending and marking sends it again."""

from collections.abc import Iterable
from datetime import UTC, datetime

from keng.notify.channels import channels
from keng.notify.models import Message


def ready(*, channel: str) -> bool:
    """Whether anything posted there would be sent."""
    return channels[channel].ready()


def post(*, channel: str, address: str, subject: str, body: str) -> Message:
    """Puts a message into the outbox, within the caller's transaction. LookupError: unknown channel; ValueError: no address."""
    channels[channel]
    if not address:
        raise ValueError("a message to nobody")
    now = datetime.now(UTC).replace(microsecond=0)
    return Message.objects.create(channel=channel, address=address, subject=subject, body=body, since=now, next_try=now)


def take_back(*, channel: str, address: str, about: Iterable[str]) -> int:
    """Drops what still waits for that address with one of these words in its subject; how many. What is just being sent may still go."""
    if not address:
        return 0
    waiting = Message.objects.filter(channel=channel, address=address, sent=None, failed=None)
    return sum(waiting.filter(subject__contains=word).delete()[0] for word in about)
