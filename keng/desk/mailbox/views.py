"""The two pages: the mailbox, which the script fills, and the sandboxed frame in which photos and voices are opened."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from keng.accounts.permissions import needs
from keng.desk.mailbox import deadlines
from keng.desk.mailbox.access import open_boxes
from keng.desk.models import Assessment, OfficerKey
from keng.mailbox.models import State

# An opaque origin that may run one script and show what it is handed; it can ask for nothing and reach nobody.
VIEWER_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src {script}; style-src {style}; img-src blob:; media-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@needs("desk.read_box")
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """The shell; everything that is read comes sealed through the API. `settings` is what the script needs to know, none of it sealed."""
    boxes = open_boxes(request.user)
    has_key = OfficerKey.objects.filter(user__username=request.user.get_username(), until=None).exists()
    settings = {
        "boxes": [{"slug": box.slug, "title": box.title, "training": box.training} for box in boxes],
        "states": dict(State.choices),
        "categories": Assessment.Category.values,
        "values": Assessment.Value.values,
        "clocks": deadlines.amounts(timezone.localdate()),
    }
    return render(request, "desk/mailbox/mailbox.html", {"boxes": boxes, "has_key": has_key, "settings": settings})


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
