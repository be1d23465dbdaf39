"""What `manage.py work` clears away for this app."""

from datetime import UTC, datetime

from django.contrib.sessions.models import Session

from keng.accounts import slowing


def forget() -> int:
    """Erases ended sessions and tries that slow nobody any more; returns how many rows."""
    return Session.objects.filter(expire_date__lt=datetime.now(UTC)).delete()[0] + slowing.forget_old()
