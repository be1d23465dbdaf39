"""JSON for what an officer does with several reports of the list at once: each address one verb, all of the reports or none."""

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keng.accounts.models import User
from keng.accounts.permissions import needs, offices
from keng.desk.mailbox import together
from keng.desk.mailbox.access import held_threads
from keng.desk.mailbox.api import officer
from keng.desk.sent import Sent, told_as_json
from keng.desk.sharing.absences import people_at
from keng.desk.sharing.assigning import assign as assign_reports
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.models import State, Thread


def chosen(request: HttpRequest, sent: Sent) -> list[Thread]:
    """The reports named in `threads`, 1 to 50, all of them held by boxes that the officer can open. Raises Refused."""
    found = held_threads(request.user, sent.texts("threads", most=together.MOST))
    if not found:
        raise Malformed(_("Đồng chí chưa chọn tin nào."))
    return found


def colleague(sent: Sent, by: User) -> User:
    """Who stands in `officer`, by login; whether they can open the box is found out where the reports are given. Of other offices nobody
    is found, so that no login can be tried for its name. Raises Refused.
    """
    found = people_at(offices(by, "desk.share_work")).filter(username=sent.text("officer")).first()
    if found is None:
        raise Refused("no_officer", HTTPStatus.CONFLICT, _("Không có cán bộ này."))
    return found


def done(threads: list[Thread]) -> JsonResponse:
    return JsonResponse({"done": len(threads)})


@needs("desk.share_work")
@told_as_json
@require_POST
def assign(request: HttpRequest) -> JsonResponse:
    """`{threads, officer}`: who works on them; null gives them back to the whole office."""
    sent = Sent.by(request)
    threads = chosen(request, sent)
    to = None if sent.content.get("officer") is None else colleague(sent, officer(request))
    assign_reports(threads=threads, to=to, by=officer(request))
    return done(threads)


@needs("desk.share_work")
@told_as_json
@require_POST
def hand_over(request: HttpRequest) -> JsonResponse:
    """`{threads, officer}`: offered to a colleague, who is still to take them."""
    sent = Sent.by(request)
    threads = chosen(request, sent)
    handover = together.hand_over(threads=threads, to=colleague(sent, officer(request)), by=officer(request))
    return JsonResponse({"done": len(threads), "handover": str(handover.pk)})


@needs("desk.read_box")
@told_as_json
@require_POST
def pranks(request: HttpRequest) -> JsonResponse:
    """`{threads, close}`: `close`, which may be absent, is true where they are closed as well."""
    sent = Sent.by(request)
    threads = chosen(request, sent)
    together.mark_pranks(threads=threads, close=sent.content.get("close") is True, by=officer(request))
    return done(threads)


@needs("desk.read_box")
@told_as_json
@require_POST
def duplicates(request: HttpRequest) -> JsonResponse:
    """`{threads}`: all the others are duplicates of the first. `alike`: ids of lines that may be one thing, as for one link."""
    threads = chosen(request, Sent.by(request))
    alike = together.link_duplicates(threads=threads, by=officer(request))
    return JsonResponse({"done": len(threads), "alike": [[str(line.pk) for line in group] for group in alike]})


@needs("desk.read_box")
@told_as_json
@require_POST
def verify(request: HttpRequest) -> JsonResponse:
    threads = chosen(request, Sent.by(request))
    together.move(threads=threads, to=State.VERIFYING, by=officer(request))
    return done(threads)


@needs("desk.read_box")
@told_as_json
@require_POST
def close(request: HttpRequest) -> JsonResponse:
    threads = chosen(request, Sent.by(request))
    together.move(threads=threads, to=State.CLOSED, by=officer(request))
    return done(threads)
