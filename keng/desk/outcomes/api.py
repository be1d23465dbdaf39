"""What the desk's script asks of matters. Thin, as `keng.desk.mailbox.api`."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from http import HTTPStatus

from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from keng.accounts.models import User
from keng.accounts.permissions import needs
from keng.desk.mailbox.access import held_thread, office_holding, open_boxes
from keng.desk.mailbox.api import officer
from keng.desk.models import Outcome, RegisterEntry
from keng.desk.outcomes import services
from keng.desk.outcomes.kinds import NOT_A_NUMBER
from keng.desk.sent import Sent, told_as_json
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.models import Thread

KEY = re.compile(r"[0-9a-f]{64}")
REGISTER_NUMBER = re.compile(r"\s*([0-9]{1,9})\s*(?:/\s*([0-9]{4}))?\s*", re.ASCII)
QUANTITY = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")

NO_DAY = _("Đồng chí chọn ngày.")
NO_REPORT = _("Không thấy tin này trong những hộp thư mà đồng chí mở được.")
NO_NUMBER = _("Không thấy tin có số này trong sổ của hộp thư.")


def office_that_counted(outcome: str) -> Iterable[int]:
    return Outcome.objects.filter(pk=int(outcome)).values_list("box__office", flat=True)


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def record(request: HttpRequest, key: str) -> JsonResponse:
    """One more thing that came of the report. `seen` says how many lines the officer had on the screen."""
    found, sent = held_thread(request.user, key), Sent.by(request)
    line = services.record(
        thread=found,
        kind=sent.text("kind"),
        exhibit=sent.text("exhibit"),
        quantity=quantity(sent),
        unit=sent.text("unit"),
        day=day(sent),
        remarks=sent.sealed_or_none("remarks"),
        seen=sent.number("seen"),
        by=officer(request),
    )
    return JsonResponse({"id": str(line.pk)}, status=201)


@needs("desk.read_box", office=office_that_counted)
@told_as_json
@require_POST
def correct(request: HttpRequest, outcome: str) -> JsonResponse:
    line = Outcome.objects.filter(pk=int(outcome), box__in=open_boxes(request.user)).first()
    if line is None:
        raise Http404
    sent = Sent.by(request)
    after = services.correct(outcome=line, quantity=quantity(sent), reason=sent.text("reason"), by=officer(request))
    return JsonResponse({"id": str(after.pk)}, status=201)


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def link(request: HttpRequest, key: str) -> JsonResponse:
    """Makes this report part of the matter of `to`, a thread key or a register number. `alike`: ids of lines that may be one thing."""
    found, sent = held_thread(request.user, key), Sent.by(request)
    to = named(sent.text("to"), found, officer(request))
    linked = services.link(thread=found, to=to, role=sent.text("role"), by=officer(request))
    alike = [[str(line.pk) for line in group] for group in linked.alike]
    return JsonResponse({"to": to.key, "alike": alike})


@needs("desk.read_box", office=office_holding)
@told_as_json
@require_POST
def unlink(request: HttpRequest, key: str) -> JsonResponse:
    found = held_thread(request.user, key)
    services.unlink(thread=found, by=officer(request))
    return JsonResponse({"thread": found.key})


def quantity(sent: Sent) -> Decimal:
    """Decimal text, so that 0.1 stays 0.1; the comma of Vietnamese is taken too."""
    text = sent.text("quantity").strip().replace(",", ".")
    if not QUANTITY.fullmatch(text):
        raise Malformed(NOT_A_NUMBER, "quantity")
    return Decimal(text)


def day(sent: Sent) -> date:
    try:
        return date.fromisoformat(sent.text("day"))
    except ValueError as error:
        raise Malformed(NO_DAY, "day") from error


def named(to: str, beside: Thread, by: User) -> Thread:
    """The report with this key, or with this number in the register of the box that holds `beside`. Raises Refused."""
    if KEY.fullmatch(to):
        found = Thread.objects.filter(key=to, holder__in=open_boxes(by)).first()
        if found is None:
            raise Refused("no_report", HTTPStatus.NOT_FOUND, NO_REPORT)
        return found
    number = REGISTER_NUMBER.fullmatch(to)
    if number is None:
        raise Malformed(NO_NUMBER, "to")
    year = int(number[2] or timezone.localdate().year)
    entry = RegisterEntry.objects.filter(box=beside.holder_id, year=year, number=int(number[1])).first()
    if entry is None or entry.thread is None:
        raise Refused("no_report", HTTPStatus.NOT_FOUND, NO_NUMBER)
    return entry.thread
