"""The one request of the training tour: a practice report to go on with."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from keng.accounts.permissions import needs
from keng.desk.keys.scopes import user_of
from keng.desk.mailbox.access import open_boxes
from keng.desk.sent import told_as_json
from keng.desk.training.services import practise
from keng.mailbox.models import Box


def of_training_box(training_box: str) -> Iterable[int]:
    """The box's office; none for a box that takes real reports."""
    return Box.objects.filter(slug=training_box, training=True).values_list("office", flat=True)


@needs("desk.read_box", office=of_training_box)
@told_as_json
@require_POST
def reports(request: HttpRequest, training_box: str) -> JsonResponse:
    """`{"report": key, "added": n}`: the report to practise on, which this officer's key opens; 201 when some were added."""
    box = next((box for box in open_boxes(request.user) if box.slug == training_box), None)
    if box is None:
        raise Http404
    thread, added = practise(box=box, by=user_of(request))
    return JsonResponse({"report": thread.key, "added": added}, status=201 if added else 200)
