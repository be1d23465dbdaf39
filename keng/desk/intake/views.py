"""The page on which an officer enters a report for somebody, and what its script sends. All that is said arrives sealed."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from keng.accounts.models import User
from keng.accounts.permissions import needs
from keng.desk.intake import services
from keng.desk.mailbox.access import held_thread, office_holding, open_boxes
from keng.desk.models import Channel
from keng.desk.scope import of_box
from keng.desk.sent import told_as_json
from keng.mailbox import bodies
from keng.mailbox.choices import TIMES
from keng.mailbox.closing import is_closed
from keng.mailbox.envelope import read_body
from keng.mailbox.kinds import for_script
from keng.mailbox.models import Box
from keng.mailbox.places import places_of
from keng.mailbox.returning import key_statement

YES = "1"


@needs("desk.read_box")
@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """The form. `settings` is what the script needs to know: boxes that take reports, with their key statements."""
    boxes = [box for box in open_boxes(request.user) if box.recipient and not is_closed(box.closed_on)]
    said = {
        "boxes": [_box(box) for box in boxes],
        "kinds": {kind: for_script(kind) for kind in {box.kind for box in boxes}},
        "receipt": f"{settings.PUBLIC_ORIGIN}/r",
        "lang": (get_language() or "vi")[:2],
    }
    context = {"boxes": boxes, "channels": Channel.choices, "times": TIMES, "settings": said}
    return render(request, "desk/intake/new.html", context)


def _box(box: Box) -> dict[str, object]:
    places = places_of(box.office)
    villages = [name if not group else f"{name}, {group}" for group, names in places.villages for name in names]
    return {
        "slug": box.slug,
        "title": box.title,
        "kind": box.kind,
        "training": box.training,
        "villages": villages,
        "signed": key_statement(box),
    }


@needs("desk.read_box", office=of_box)
@told_as_json
@require_POST
def take_part(request: HttpRequest, slug: str) -> JsonResponse:
    """One sealed part in the protocol's body, without proof of work; the first with `channel`, `named` and `secrecy` in the query.

    Shapes: 201, 200 `{"index", "digest"}`; refusals as everywhere.
    """
    box = _own_box(request, slug)
    length = bodies.length_of(request, most=bodies.BODY_MOST)
    with bodies.place_for(length):
        line, sealed = read_body(bodies.read(request, length))
        if line.index:
            accepted = services.add_part(box=box, line=line, sealed=sealed)
            status = HTTPStatus.CREATED if accepted.created else HTTPStatus.OK
            return JsonResponse({"index": accepted.index, "digest": accepted.digest}, status=status)
        services.enter(
            box=box,
            line=line,
            sealed=sealed,
            channel=request.GET.get("channel", ""),
            named=request.GET.get("named") == YES,
            secrecy=request.GET.get("secrecy") == YES,
            by=_by(request),
        )
    return JsonResponse({"index": 0, "digest": sealed.digest}, status=HTTPStatus.CREATED)


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def told(request: HttpRequest, key: str) -> JsonResponse:
    """The named reporter was told the result."""
    intake = services.mark_told(thread=held_thread(request.user, key), by=_by(request))
    return JsonResponse({"told": intake.told and intake.told.isoformat()})


def _own_box(request: HttpRequest, slug: str) -> Box:
    """A box that the officer can open. Raises Http404: an officer without its key enters nothing into it."""
    found = next((box for box in open_boxes(request.user) if box.slug == slug), None)
    if found is None:
        raise Http404
    return found


def _by(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
