"""JSON for the desk's script. Thin: find what the officer may touch, call, say what came of it. All that is sealed stays sealed here."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from keng.accounts.models import User
from keng.accounts.permissions import needs
from keng.core.ids import this_hour
from keng.desk.mailbox import counting, inbox, reading, rows, services
from keng.desk.mailbox.access import (
    at_work,
    held_thread,
    known_thread,
    office_holding,
    office_of_part,
    offices_of_thread,
    open_boxes,
)
from keng.desk.mailbox.refusals import open_first
from keng.desk.outcomes import reading as matters
from keng.desk.sent import Sent, told_as_json
from keng.mailbox.models import Part, Thread


def officer(request: HttpRequest) -> User:
    """Who asks; `needs` lets nobody else in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


@needs("desk.read_box")
@told_as_json
@require_GET
def threads(request: HttpRequest) -> JsonResponse:
    """One page of the list, and how many reports there are in each state. Asked of the boxes that the officer can open; practice is
    shown and counted only where its box is asked for."""
    boxes, now = open_boxes(request.user), this_hour()
    asked = request.GET.dict()
    wanted = inbox.read_filter(asked, boxes if asked.get("box") else at_work(boxes), officer(request))
    found, following = inbox.page(wanted, now)
    counted = counting.counts(wanted.boxes, now) | counting.own(wanted.boxes, wanted.by, now)
    return JsonResponse({"threads": rows.rows(found, boxes, now), "next": following, "counts": counted})


@needs("desk.read_box")
@told_as_json
@require_POST
def first_parts(request: HttpRequest) -> JsonResponse:
    """The sealed first parts of up to 50 reports, for titles and search; each is an entry, for the officer can read it."""
    keys, boxes = Sent.by(request).texts("threads", most=inbox.PAGE), open_boxes(request.user)
    services.list_reports(keys=keys, boxes=boxes, by=officer(request))
    return JsonResponse({"parts": reading.first_parts(keys, boxes)})


@needs("desk.read_box", office=offices_of_thread)
@told_as_json
@require_GET
def thread(request: HttpRequest, key: str) -> JsonResponse:
    """The report whole; to an office that passed it on, its states and what was counted of it."""
    found, held = known_thread(request.user, key)
    if not held:
        own = {"matter": matters.matter(found, open_boxes(request.user), held=False)}
        return JsonResponse(reading.state_of(found, held=False) | own)
    if not services.has_read(thread=found, by=officer(request)):
        raise open_first()
    matter = matters.matter(found, open_boxes(request.user), held=True)
    return JsonResponse(reading.report(found, this_hour()) | {"matter": matter})


@needs("desk.read_box", office=office_of_part)
@told_as_json
@require_GET
def part(request: HttpRequest, digest: str) -> HttpResponse:
    """One sealed part as an age file, its header for the box that holds the report."""
    key = Part.objects.values_list("thread__key", flat=True).get(digest=digest)
    found = held_thread(request.user, key)
    if not services.has_read(thread=found, by=officer(request)):
        raise open_first()
    return HttpResponse(reading.sealed_part(digest, found), content_type="application/octet-stream")


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_GET
def targets(request: HttpRequest, key: str) -> JsonResponse:
    """The key statements by which the browser finds out to which boxes this report may be passed on."""
    return JsonResponse(reading.targets(held_thread(request.user, key).holder))


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def open_report(request: HttpRequest, key: str) -> JsonResponse:
    """The officer begins to read: an entry, and a new report is no longer new."""
    found = services.open_report(thread=held_thread(request.user, key), by=officer(request))
    return answer(found)


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def state(request: HttpRequest, key: str) -> JsonResponse:
    sent = Sent.by(request)
    found = held_thread(request.user, key)
    return answer(services.move(thread=found, to=sent.text("to"), version=sent.number("version"), by=officer(request)))


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def assess(request: HttpRequest, key: str) -> JsonResponse:
    sent = Sent.by(request)
    services.assess(
        thread=held_thread(request.user, key),
        category=sent.text("category"),
        value=sent.text("value"),
        reason=sent.text("reason") if "reason" in sent.content else "",
        complex=sent.yes("complex"),
        extended=sent.yes("extended"),
        version=sent.number("version"),
        by=officer(request),
    )
    return answer(held_thread(request.user, key))


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def answers(request: HttpRequest, key: str) -> JsonResponse:
    """A sealed answer to the reporter. `index` keeps two officers from answering at once unawares."""
    sent = Sent.by(request)
    found = held_thread(request.user, key)
    stored = services.answer(
        thread=found, index=sent.number("index"), sealed=sent.sealed("sealed"), by=officer(request)
    )
    return JsonResponse({"index": stored.index, "digest": stored.digest}, status=201)


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def notes(request: HttpRequest, key: str) -> JsonResponse:
    found = held_thread(request.user, key)
    note = services.write_note(thread=found, sealed=Sent.by(request).sealed("sealed"), by=officer(request))
    return JsonResponse({"id": str(note.pk)}, status=201)


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def forward(request: HttpRequest, key: str) -> JsonResponse:
    sent = Sent.by(request)
    passed_on = services.pass_on(
        thread=held_thread(request.user, key),
        to=sent.text("to"),
        headers=sent.headers("headers"),
        part=sent.sealed_part("part"),
        version=sent.number("version"),
        by=officer(request),
    )
    return answer(passed_on)


def answer(thread: Thread) -> JsonResponse:
    return JsonResponse({"thread": thread.key, "state": thread.state, "version": thread.version})
