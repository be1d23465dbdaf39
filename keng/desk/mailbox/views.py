"""The two pages: the mailbox, which the script fills, and the sandboxed frame in which photos and voices are opened."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from keng.accounts.permissions import needs
from keng.desk.keys.reminders import running_out
from keng.desk.mailbox import deadlines
from keng.desk.mailbox.access import open_boxes
from keng.desk.mailbox.api import officer
from keng.desk.models import REASONS, Assessment, Channel, OfficerKey
from keng.desk.outcomes import kinds
from keng.desk.sharing.people import who_open
from keng.mailbox.kinds import KINDS, for_script
from keng.mailbox.models import Box, State

# An opaque origin that may run one script and show what it is handed; it can ask for nothing and reach nobody.
VIEWER_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src {script}; style-src {style}; img-src blob:; media-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@needs("desk.read_box")
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """The shell; everything that is read comes sealed through the API. `settings` is what the script needs to know, none of it sealed."""
    me = officer(request)
    boxes = open_boxes(me)
    has_key = OfficerKey.objects.filter(user=me, until=None).exists()
    settings = {
        "me": {"username": me.username, "name": me.name},
        "boxes": boxes_as_settings(boxes),
        "channels": dict(Channel.choices),
        "states": dict(State.choices),
        "categories": Assessment.Category.values,
        "values": Assessment.Value.values,
        "reasons": REASONS,
        "outcomes": kinds.as_settings(),
        "kinds": {kind: for_script(kind) for kind in KINDS},
        "clocks": deadlines.amounts(timezone.localdate()),
    }
    return render(
        request,
        "desk/mailbox/mailbox.html",
        {"boxes": boxes, "has_key": has_key, "settings": settings, "running_out": running_out(me)},
    )


def boxes_as_settings(boxes: list[Box]) -> list[dict[str, Any]]:
    """`officers` are those to whom the box's reports can be given."""
    people = who_open(boxes)
    return [
        {
            "slug": box.slug,
            "title": box.title,
            "training": box.training,
            "officers": [{"username": one.username, "name": one.name} for one in people.get(box.pk, [])],
        }
        for box in boxes
    ]


@needs("desk.read_box")
@require_GET
@xframe_options_sameorigin
def viewer(request: HttpRequest) -> HttpResponse:
    """Empty and the same for everybody: what it shows is posted to it by the page around it."""
    response = render(request, "desk/mailbox/viewer.html")
    host = f"{request.scheme}://{request.get_host()}"
    response.headers["Content-Security-Policy"] = VIEWER_POLICY.format(
        script=host + static("desk/viewer.js"), style=host + static("desk/viewer.css")
    )
    return response
