"""Prompts of a box: an officer records, another listens and approves. A sound comes in as it was recorded and is kept as it was cleaned."""

import unicodedata
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from keng.accounts.permissions import may, needs
from keng.desk.languages.asked import office_of, user_of
from keng.desk.languages.views import APPROVE, RECORD
from keng.desk.scope import of_box
from keng.desk.sent import Sent, told_as_json
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.languages import prompts
from keng.mailbox.languages.catalogue import COMPILED, OURS, Catalogue
from keng.mailbox.languages.sentences import Sentence, spoken_in
from keng.mailbox.languages.sound import MOST, BadSound
from keng.mailbox.models import Box, Language, Prompt

NOTHING_SENT = gettext_lazy("Không có bản ghi nào trong yêu cầu. Đồng chí ghi lại.")
NO_LANGUAGE = gettext_lazy("Không có thứ tiếng này.")


@needs(RECORD, office=of_box)
@require_GET
def record_page(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, slug, approving=False)


@needs(APPROVE, office=of_box)
@require_GET
def approve_page(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, slug, approving=True)


@needs(RECORD, office=of_box)
@require_GET
@told_as_json
def recorded_sound(request: HttpRequest, slug: str) -> HttpResponse:
    return _sound(request, slug)


@needs(APPROVE, office=of_box)
@require_GET
@told_as_json
def sound_to_approve(request: HttpRequest, slug: str) -> HttpResponse:
    return _sound(request, slug)


@needs(RECORD, office=of_box)
@require_POST
@told_as_json
def record(request: HttpRequest, slug: str) -> JsonResponse:
    """The body is the recording, as the browser made it."""
    box = _box(slug)
    language, key = _asked(request)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST:
        raise BadSound("large")
    if not request.body:
        raise Malformed(NOTHING_SENT)
    prompt = prompts.record(box=box, language=language, key=key, raw=request.body, **_who(request, RECORD))
    return JsonResponse(_as_json(prompt, request), status=HTTPStatus.CREATED)


@needs(APPROVE, office=of_box)
@require_POST
@told_as_json
def approve(request: HttpRequest, slug: str) -> JsonResponse:
    sent = Sent.by(request)
    language, key, digest = sent.text("language"), sent.text("key"), sent.text("digest")
    prompt = prompts.approve(box=_box(slug), language=language, key=key, digest=digest, **_who(request, APPROVE))
    return JsonResponse(_as_json(prompt, request))


@needs(RECORD, office=of_box)
@require_POST
@told_as_json
def remove(request: HttpRequest, slug: str) -> JsonResponse:
    return _removed(request, slug, RECORD)


@needs(APPROVE, office=of_box)
@require_POST
@told_as_json
def refuse(request: HttpRequest, slug: str) -> JsonResponse:
    """Who listened found it wrong: it is gone, to be recorded again."""
    return _removed(request, slug, APPROVE)


def _removed(request: HttpRequest, slug: str, perm: str) -> JsonResponse:
    sent = Sent.by(request)
    prompts.remove(box=_box(slug), language=sent.text("language"), key=sent.text("key"), **_who(request, perm))
    return JsonResponse({"state": "none", "words": _words(None, "none")})


def _page(request: HttpRequest, slug: str, *, approving: bool) -> HttpResponse:
    box = get_object_or_404(Box.objects.select_related("office"), slug=slug)
    names = _names(box)
    code = request.GET.get("language", "vi")
    code = code if code in names else "vi"
    catalogue = None if code in COMPILED else Catalogue.of(code)
    kept = {one.key: one for one in Prompt.objects.filter(box=box, language=code)}
    rows = [_row(one, kept.get(one.key), catalogue, request) for one in spoken_in(box.kind)]
    shown = [row for row in rows if row["prompt"]] if approving else rows
    context = {
        "box": box,
        "code": code,
        "name": names[code],
        "names": names.items(),
        "rows": shown,
        "approved": sum(1 for row in rows if row["state"] == "approved"),
        "whole": len(rows),
        "approving": approving,
        "records": may(request.user, RECORD, box),
        "approves": may(request.user, APPROVE, box),
    }
    return render(request, "desk/languages/prompts.html", context)


def _row(
    sentence: Sentence, prompt: Prompt | None, catalogue: Catalogue | None, request: HttpRequest
) -> dict[str, Any]:
    said = catalogue.said[sentence.key] if catalogue else None
    state = "none" if prompt is None else _state(prompt, prompts.source_of(sentence, catalogue))
    return {
        "sentence": sentence,
        "said": said.text if said else None,
        "reviewed": bool(said and said.reviewed),
        "prompt": prompt,
        "digest": prompts.digest_of(prompt) if prompt else "",
        "state": state,
        "own": prompt is not None and prompt.recorded_by == user_of(request).username,
        "blocked": not prompts.may_be_spoken(sentence, catalogue),
        "words": _words(prompt, state),
    }


def _state(prompt: Prompt, source: str) -> str:
    if prompt.source != source:
        return "stale"
    return "approved" if prompt.approved_by else "waiting"


def _words(prompt: Prompt | None, state: str) -> str:
    if prompt is None:
        return _("chưa ghi")
    if state == "stale":
        return _("câu chữ đã đổi, cần ghi lại")
    if state == "approved":
        return _("%(who)s đã duyệt ngày %(day)s") % {"who": prompt.approved_by, "day": _day(prompt.approved_on)}
    return _("%(who)s ghi ngày %(day)s, chờ người khác duyệt") % {
        "who": prompt.recorded_by,
        "day": _day(prompt.recorded_on),
    }


def _day(day: Any) -> str:
    return date_format(day, "d/m/Y")


def _as_json(prompt: Prompt, request: HttpRequest) -> dict[str, Any]:
    state = "approved" if prompt.approved_by else "waiting"
    return {
        "state": state,
        "words": _words(prompt, state),
        "seconds": round(prompt.seconds, 1),
        "digest": prompts.digest_of(prompt),
    }


def _sound(request: HttpRequest, slug: str) -> HttpResponse:
    language, key = _asked(request)
    prompt = Prompt.objects.filter(box__slug=slug, language=language, key=key).first()
    if prompt is None:
        raise Refused("no_prompt", HTTPStatus.CONFLICT, prompts.NO_PROMPT)
    response = HttpResponse(bytes(prompt.sound), content_type="audio/webm")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked(request: HttpRequest) -> tuple[str, str]:
    """Language and key from the address. Raises Refused."""
    language, key = request.GET.get("language", ""), request.GET.get("key", "")
    if not language or not key:
        raise Malformed(NOTHING_SENT)
    if any(unicodedata.category(one) in ("Cc", "Cs") for one in language + key):
        raise Malformed(NO_LANGUAGE)
    return language, key


def _box(slug: str) -> Box:
    return get_object_or_404(Box, slug=slug)


def _names(box: Box) -> dict[str, str]:
    """Vietnamese names of the box's languages, Vietnamese first."""
    known = {code: str(name) for code, name in OURS.items()} | dict(
        Language.objects.filter(code__in=box.languages).values_list("code", "name_in_vietnamese")
    )
    codes: Iterable[str] = dict.fromkeys(["vi", *box.languages])
    return {code: str(known[code]) for code in codes if code in known}


def _who(request: HttpRequest, perm: str) -> dict[str, str]:
    user = user_of(request)
    return {"by": user.username, "office": office_of(user, perm)}
