"""/people/digest/: whether the mail with officers' digests goes out; for their administrator."""

from typing import cast

from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_GET

from keng.accounts import people
from keng.accounts.models import User
from keng.accounts.permissions import needs
from keng.desk.digest import times
from keng.desk.digest.sending import concerned, readers
from keng.desk.models import Digest
from keng.notify import outbox
from keng.notify.services import ready

SHOWN = 100


@needs(people.PERM)
@require_GET
def digest(request: HttpRequest) -> HttpResponse:
    """How the outbox stands, who gets a digest and who has no address, whose last one could not be delivered."""
    mine = people.in_reach(cast(User, request.user)).filter(is_active=True)
    newest = Digest.objects.filter(user__in=mine).values("user").annotate(newest=Max("day")).values("newest")
    undelivered = Digest.objects.filter(user__in=mine, day__in=newest, message__failed__isnull=False)
    held = Q(appointments__until=None) | Q(appointments__until__gt=now())
    context = {
        "ready": ready(channel="email"),
        "times": times.on(localdate()),
        "health": outbox.health(),
        "readers": readers(now()).filter(pk__in=mine).count(),
        "silent": mine.filter(held, email="", appointments__role__in=concerned()).distinct().order_by("name")[:SHOWN],
        "undelivered": undelivered.select_related("user").order_by("-day", "user__name")[:SHOWN],
    }
    return render(request, "desk/people/digest.html", context)
