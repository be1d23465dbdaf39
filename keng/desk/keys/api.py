"""JSON for the browser's side of keys. Thin: read the body, call the service, say what came of it."""

import base64

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from keng.accounts.permissions import needs, offices
from keng.desk.keys import ceremony, grants, own
from keng.desk.keys.generations import grants_json
from keng.desk.keys.grants import live_grants
from keng.desk.keys.scopes import office_or_above, user_of
from keng.desk.scope import of_box
from keng.desk.sent import SMALL, Sent, told_as_json, unreadable
from keng.mailbox.models import Box

# A box whose key is changed each month for five years.
MOST_IDENTITIES = 60


def b64(raw: bytes | memoryview) -> str:
    return base64.b64encode(raw).decode()


@needs("desk.own_key")
@require_GET
def me(request: HttpRequest) -> JsonResponse:
    """The signed-in officer, their sealed key, and the boxes whose key is sealed to it."""
    user = user_of(request)
    key = own.key_of(user)
    sealed = key and {
        "recipient": key.recipient,
        "sealed_identity": b64(key.sealed_identity),
        "fingerprint": own.fingerprint(key.recipient),
    }
    held = live_grants().filter(key=key, box__office__in=offices(user, "desk.read_box"))
    grants_held = list(held.select_related("box").prefetch_related("box__statements"))
    if key:
        own.mark_used(key, grants_held)
    office = offices(user, "desk.own_key").order_by("name").first()
    return JsonResponse(
        {
            "user": {"username": user.username, "name": user.name, "office": office.name if office else ""},
            "key": sealed,
            "grants": grants_json(grants_held),
        }
    )


@needs("desk.own_key")
@require_POST
@told_as_json
def make_key(request: HttpRequest) -> JsonResponse:
    body = Sent.by(request, most=SMALL)
    key = own.make_key(
        by=user_of(request),
        recipient=body.text("recipient"),
        sealed_identity=body.sealed("sealed_identity"),
        replace=body.flag("replace"),
    )
    return JsonResponse({"recipient": key.recipient, "fingerprint": own.fingerprint(key.recipient)}, status=201)


@needs("desk.own_key")
@require_GET
@told_as_json
def challenge(request: HttpRequest) -> JsonResponse:
    """What only a browser that holds the officer's identity can answer. Writes nothing."""
    sealed, token = own.challenge(by=user_of(request))
    return JsonResponse({"sealed": b64(sealed), "token": token})


@needs("desk.own_key")
@require_POST
@told_as_json
def change_passphrase(request: HttpRequest) -> JsonResponse:
    body = Sent.by(request, most=SMALL)
    own.change_passphrase(
        by=user_of(request),
        sealed_identity=body.sealed("sealed_identity"),
        token=body.text("token"),
        word=body.text("word"),
    )
    return JsonResponse({})


@needs("desk.own_key")
@require_GET
def standing(request: HttpRequest) -> JsonResponse:
    """What the officer may open at this moment: an unlocked tab asks once in a while, and locks when that is less than it holds."""
    user = user_of(request)
    key = own.key_of(user)
    held = live_grants().filter(key=key, box__office__in=offices(user, "desk.read_box")).order_by()
    boxes = set(held.values_list("box__slug", flat=True))
    return JsonResponse({"key": key.recipient if key else None, "boxes": sorted(boxes)})


@needs("desk.grant_box")
@require_POST
@told_as_json
def give_grant(request: HttpRequest) -> JsonResponse:
    body = Sent.by(request, most=SMALL)
    grants.give(
        box=box_to_grant(request, body),
        by=user_of(request),
        username=body.text("username"),
        recipient=body.text("recipient"),
        identities=identities_of(body, "identities"),
    )
    return JsonResponse({}, status=201)


@needs("desk.grant_box")
@require_POST
@told_as_json
def end_grant(request: HttpRequest) -> JsonResponse:
    body = Sent.by(request, most=SMALL)
    grants.end(box=box_to_grant(request, body), by=user_of(request), username=body.text("username"))
    return JsonResponse({})


def box_to_grant(request: HttpRequest, body: Sent) -> Box:
    """The box named in the body, if it is of an office where the user is custodian. Raises Http404."""
    mine = Box.objects.filter(office__in=offices(user_of(request), "desk.grant_box"))
    return get_object_or_404(mine.select_related("office"), slug=body.text("box"))


def identities_of(body: Sent, name: str) -> dict[str, bytes]:
    """`[{box_recipient, sealed_box_identity}, …]`: identities of a box, by their recipient, each sealed to the officer concerned."""
    found = [Sent(one) for one in body.objects(name, most=MOST_IDENTITIES)]
    identities = {one.text("box_recipient"): one.sealed("sealed_box_identity") for one in found}
    if len(identities) < len(found):
        raise unreadable()
    return identities


def own_grant(body: Sent) -> ceremony.OwnGrant:
    """At a ceremony a custodian's browser seals to its own officer and nobody else."""
    statement = body.only("officer_statements").as_signed()
    return ceremony.OwnGrant(
        recipient=body.text("officer_recipient"), identities=identities_of(body, "grants"), statement=statement
    )


@needs("desk.grant_box", office=of_box)
@require_POST
@told_as_json
def found(request: HttpRequest, slug: str) -> JsonResponse:
    body = Sent.by(request, most=SMALL)
    box = ceremony.found(
        box=get_object_or_404(Box, slug=slug),
        by=user_of(request),
        signed=body.inner("signed").as_signed(),
        recovery=body.sealed("recovery"),
        root_for_above=body.sealed_or_none("root_for_above"),
        own=own_grant(body),
    )
    return JsonResponse({"box": box.slug}, status=201)


@needs("desk.read_box", office=office_or_above)
@require_POST
@told_as_json
def renew(request: HttpRequest, slug: str) -> JsonResponse:
    box = get_object_or_404(Box, slug=slug)
    statement = ceremony.renew(
        box=box, by=user_of(request), signed=Sent.by(request, most=SMALL).inner("signed").as_signed()
    )
    return JsonResponse({"seq": statement.seq, "until": statement.until.isoformat()}, status=201)


@needs("desk.grant_box", office=of_box)
@require_POST
@told_as_json
def recover(request: HttpRequest, slug: str) -> JsonResponse:
    box = get_object_or_404(Box, slug=slug)
    done = ceremony.recover(box=box, by=user_of(request), own=own_grant(Sent.by(request, most=SMALL)))
    return JsonResponse({"record": done.pk}, status=201)


def remade(body: Sent) -> ceremony.Remade:
    """What a custodian's browser sends when it made a box's key anew."""
    return ceremony.Remade(
        signed=body.inner("signed").as_signed(),
        recovery=body.sealed("recovery"),
        root_for_above=body.sealed_or_none("root_for_above"),
        own=own_grant(body),
        end=frozenset(body.texts("end", most=200)),
    )


@needs("desk.grant_box", office=of_box)
@require_POST
@told_as_json
def change(request: HttpRequest, slug: str) -> JsonResponse:
    body = remade(Sent.by(request, most=SMALL))
    done = ceremony.change(box=get_object_or_404(Box, slug=slug), by=user_of(request), made=body)
    return JsonResponse({"record": done.pk}, status=201)


@needs("desk.grant_box", office=of_box)
@require_POST
@told_as_json
def replace_root(request: HttpRequest, slug: str) -> JsonResponse:
    body = Sent.by(request, most=SMALL)
    done = ceremony.replace_root(
        box=get_object_or_404(Box, slug=slug),
        by=user_of(request),
        made=remade(body),
        token=body.text("token"),
        word=body.text("word"),
    )
    return JsonResponse({"record": done.pk}, status=201)
