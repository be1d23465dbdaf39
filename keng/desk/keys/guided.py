"""Guided pages of what needs several people: changing a box's key, replacing its root; and the records of all ceremonies."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from keng.accounts.models import User
from keng.accounts.permissions import needs
from keng.desk.keys import ceremony as ceremonies
from keng.desk.keys import grants
from keng.desk.keys.api import b64
from keng.desk.keys.asking import ROOT, papers
from keng.desk.keys.generations import signed_json
from keng.desk.keys.neighbours import neighbours
from keng.desk.keys.own import in_groups
from keng.desk.keys.scopes import office_or_above, user_of
from keng.desk.keys.status import load
from keng.desk.keys.views import about, told_of
from keng.desk.models import BoxSecret, Ceremony
from keng.desk.posters.standing import standing_of
from keng.desk.scope import of_box
from keng.mailbox import sealing
from keng.mailbox.models import Box


@needs("desk.grant_box", office=of_box)
@require_GET
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Both sheets open the root; the browser makes a new key and new sheets."""
    box, context = about(request, slug)
    secret = BoxSecret.objects.filter(box=box).first()
    context["neighbours"] = neighbours([context["keys"]])[box.pk]
    context["told"] = {
        **told_of(box, user_of(request)),
        "recovery": b64(secret.recovery) if secret else None,
        "above": None,
        "seq": None,
    }
    return render(request, "desk/keys/change.html", context)


@needs("desk.grant_box", office=of_box)
@require_GET
def replace_root(request: HttpRequest, slug: str) -> HttpResponse:
    """A new root and new sheets, once another person has approved; every poster is to be replaced afterwards."""
    box, context = about(request, slug)
    user, above, keys = user_of(request), box.above, context["keys"]
    context["above"] = load([above])[0] if above else None
    context["papers"] = papers(ROOT, box, user)
    context["holds"] = bool(box.root) and grants.holds_newest(user, box)
    context["hung"] = standing_of([box])[box.pk]
    context["forwarding_here"] = forwarding_here(box)
    context["told"] = {
        **told_of(box, user),
        "recovery": None,
        "above": above and {"box": above.slug, "title": above.title, "statement": signed_json(above)},
        "seq": keys.statement.seq + 1 if keys.statement else None,
        "challenge": context["holds"] and challenge_of(box, user),
    }
    return render(request, "desk/keys/root.html", context)


def challenge_of(box: Box, user: User) -> dict[str, str]:
    sealed, token = ceremonies.challenge(box=box, by=user)
    return {"sealed": b64(sealed), "token": token}


def forwarding_here(box: Box) -> list[Box]:
    """The boxes whose statement names this box's root: they must be renewed once that was replaced."""
    others = (
        Box.objects.filter(office__province=box.office.province_id, closed_on=None).exclude(pk=box.pk).exclude(root="")
    )
    near = neighbours(load(list(others.select_related("office", "above").order_by("title"))))
    by_id = {other.pk: other for other in others}
    return [by_id[pk] for pk, found in near.items() if any(neighbour.box == box for neighbour in found)]


@needs("desk.read_box", office=office_or_above)
@require_GET
def record(request: HttpRequest, slug: str, ceremony: int) -> HttpResponse:
    """What was done at one ceremony, to be printed and signed. Holds no secret."""
    box, context = about(request, slug)
    done = get_object_or_404(
        Ceremony.objects.select_related("by", "approval__asked_by", "approval__approved_by"), pk=ceremony, box=box
    )
    fingerprint = sealing.fingerprint(sealing.unb64u(done.root))
    context.update(done=done, fingerprint=in_groups(fingerprint), short=in_groups(fingerprint[:12]), **said_of(done))
    return render(request, "desk/keys/record.html", context)


# What each ceremony did, who had to be there, and whether two new sheets came of it.
SAID: dict[str, tuple[str, bool]] = {
    Ceremony.Kind.FOUNDED: ("made", True),
    Ceremony.Kind.RENEWED: ("renewed", False),
    Ceremony.Kind.RECOVERED: ("recovered", False),
    Ceremony.Kind.CHANGED: ("changed", True),
    Ceremony.Kind.ROOT: ("root", True),
}


def said_of(done: Ceremony) -> dict[str, Any]:
    said, sheets = SAID[done.kind]
    statement = done.box.statements.filter(seq=done.seq or 0).first()
    return {"said": said, "sheets": sheets, "until": statement and statement.until}
