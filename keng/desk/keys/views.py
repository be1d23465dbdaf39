"""The pages about keys. They show how keys stand; what has to do with private keys is done by `browser/desk/keys.ts`."""

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from keng.accounts.models import Role, User
from keng.accounts.permissions import may, needs, offices
from keng.desk.keys import ceremony, grants
from keng.desk.keys.api import b64
from keng.desk.keys.asking import RECOVERY, papers
from keng.desk.keys.generations import signed_json
from keng.desk.keys.neighbours import neighbours
from keng.desk.keys.own import key_of
from keng.desk.keys.scopes import office_or_above, user_of
from keng.desk.keys.status import BoxKeys, Holder, load, readers_at
from keng.desk.models import BoxSecret, Ceremony
from keng.desk.scope import of_box
from keng.mailbox.models import Box

RECORDS_SHOWN = 50


@needs("desk.own_key")
@require_GET
def own_key(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    key = key_of(user)
    boxes = load(boxes_near(user))
    context = {
        "key": key,
        "boxes": [(keys, user in [holder.user for holder in keys.holders]) for keys in boxes],
        "custodians": custodians_near(user),
        "last_of": [keys.box for keys in boxes if [holder.user for holder in keys.reading] == [user]],
    }
    return render(request, "desk/keys/own.html", context)


def boxes_near(user: User) -> list[Box]:
    """The boxes of the user's offices, and those below boxes of theirs, whose statements they renew."""
    mine = offices(user, "desk.read_box")
    near = Box.objects.filter(Q(office__in=mine) | Q(above__office__in=mine), closed_on=None)
    return list(near.select_related("office", "above").order_by("training", "title", "slug"))


def custodians_near(user: User) -> list[str]:
    """Names of the custodians at the user's offices, others than the user: who can give them a box's key."""
    mine = set(offices(user, "desk.own_key").values_list("pk", flat=True))
    held = readers_at(mine).filter(role=Role.CUSTODIAN).exclude(user=user)
    return sorted({appointment.user.name for appointment in held})


@needs("desk.read_box", office=office_or_above)
@require_GET
def box(request: HttpRequest, slug: str) -> HttpResponse:
    found, context = about(request, slug)
    user, keys = user_of(request), context["keys"]
    context["grants_here"] = context["custodian"] and grants.grant_of(user, found) is not None
    context["opens_newest"] = bool(found.root) and grants.holds_newest(user, found)
    context["lacking"] = lacking(keys)
    context["stale"] = [one for one in neighbours([keys])[found.pk] if one.stale]
    context["records"] = found.ceremonies.select_related("by").order_by("-pk")[:RECORDS_SHOWN]
    remade = found.ceremonies.filter(kind__in=(Ceremony.Kind.CHANGED, Ceremony.Kind.ROOT)).order_by("-pk").first()
    context["sheets_of"] = remade.hour if remade else keys.founded_on
    return render(request, "desk/keys/box.html", context)


def lacking(keys: BoxKeys) -> list[Holder]:
    """Who at the office holds an older key of the box and not its newest, with the recipient to grant it to. One query."""
    live = grants.live_grants().filter(box=keys.box).values_list("key__user", "key__recipient", "recipient")
    newest = {user for user, _own, recipient in live if recipient == keys.box.recipient}
    own = {user: recipient for user, recipient, _box in live if user not in newest}
    return [replace(holder, recipient=own[holder.user.pk]) for holder in keys.reading if holder.user.pk in own]


def about(request: HttpRequest, slug: str) -> tuple[Box, dict[str, Any]]:
    """A box and what each page about it needs to know of the user."""
    user = user_of(request)
    found = get_object_or_404(Box.objects.select_related("office", "above__office"), slug=slug)
    return found, {
        "box": found,
        "keys": load([found])[0],
        "custodian": may(user, "desk.grant_box", found),
        "own_key": key_of(user),
        "may_renew": bool(found.root) and ceremony.may_renew(user, found),
    }


@needs("desk.grant_box", office=of_box)
@require_GET
def found(request: HttpRequest, slug: str) -> HttpResponse:
    """The founding ceremony: all is made in the browser, which is told who is above."""
    box, context = about(request, slug)
    above = box.above
    context["above"] = load([above])[0] if above else None
    context["told"] = {
        "box": box.slug,
        "title": box.title,
        "office": box.office.name,
        "today": localdate().isoformat(),
        "officer": user_of(request).username,
        "above": above and {"box": above.slug, "title": above.title, "statement": signed_json(above)},
    }
    return render(request, "desk/keys/found.html", context)


@needs("desk.read_box", office=office_or_above)
@require_GET
def renew(request: HttpRequest, slug: str) -> HttpResponse:
    """The next statement, signed with the root that the level above opens, or that two paper sheets give back."""
    box, context = about(request, slug)
    user, above = user_of(request), box.above
    secret = BoxSecret.objects.filter(box=box).first()
    through_above = above is not None and grants.grant_of(user, above) is not None
    context["through_above"] = through_above
    context["neighbours"] = near = neighbours([context["keys"]])[box.pk]
    context["told"] = {
        **told_of(box, user),
        "above": above.slug if above and through_above else None,
        "root_for_above": b64(secret.root_for_above) if secret and secret.root_for_above and through_above else None,
        "recovery": b64(secret.recovery) if secret and context["custodian"] else None,
        "neighbours": [
            {"box": one.box.slug, "title": one.box.title, "statement": signed_json(one.box)}
            for one in near
            if one.stale
        ],
    }
    return render(request, "desk/keys/renew.html", context)


@needs("desk.grant_box", office=of_box)
@require_GET
def recover(request: HttpRequest, slug: str) -> HttpResponse:
    """Both paper sheets give a custodian the box's key back."""
    box, context = about(request, slug)
    secret = BoxSecret.objects.filter(box=box).first()
    context["told"] = {**told_of(box, user_of(request)), "recovery": b64(secret.recovery) if secret else None}
    context["holds"] = bool(box.root) and grants.holds_newest(user_of(request), box)
    context["papers"] = papers(RECOVERY, box, user_of(request))
    return render(request, "desk/keys/recover.html", context)


def told_of(box: Box, user: User) -> dict[str, Any]:
    """What the page's script needs to check and sign."""
    return {"box": box.slug, "officer": user.username, "today": localdate().isoformat(), "statement": signed_json(box)}
