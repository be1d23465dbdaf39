"""A resident's own copy of all that is kept of them: one zip, written while it is sent: in memory there is one file at a time."""

import json
from collections.abc import Iterator
from io import RawIOBase
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_safe

from keng.accounts.citizens.gates import CitizenRequest, signed_in_citizen
from keng.accounts.models import Citizen
from keng.procedures import consents, forms
from keng.procedures.filing import files
from keng.procedures.models import Attachment, AttachmentBytes, Consent, DataRequest, Dossier, Draft, Supplement
from keng.procedures.resident import own
from keng.procedures.resident.looks import entries, looks
from keng.procedures.resident.telling import line
from keng.signing import documents
from keng.signing.models import Document

# In Vietnamese whatever the server speaks, as all in the copy.
ERASED_MEANWHILE = "Khi đang làm bản sao này, giấy tờ của các hồ sơ sau vừa được xoá vì hết hạn lưu:"


class Erased(Exception):
    """The dossier's data went while they were copied."""


class Sink(RawIOBase):
    """What the zip was written to lies here until it is taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, written: Any) -> int:
        self.held += written
        return len(written)

    def take(self) -> bytes:
        taken, self.held = bytes(self.held), bytearray()
        return taken


@signed_in_citizen(level=2)
@require_safe
def copy(request: CitizenRequest) -> HttpResponseBase:
    answer = StreamingHttpResponse(pieces(request), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="keng-{localdate():%Y-%m-%d}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def pieces(request: CitizenRequest) -> Iterator[bytes]:
    sink = Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        archive.writestr("du-lieu.json", json.dumps(everything(request), ensure_ascii=False, indent=1))
        yield sink.take()
        # Drafts first: one that is filed meanwhile is a dossier by then.
        for draft in own.drafts(request):
            for name, content in of_draft(draft):
                archive.writestr(f"{folder(draft)}/{name}", content)
                yield sink.take()
        gone = []
        for dossier in own.dossiers(request):
            try:
                for name, content in of_dossier(dossier):
                    archive.writestr(f"{dossier.code}/{name}", content)
                    yield sink.take()
            except Erased:
                gone.append(dossier.code)
        if gone:
            archive.writestr("da-xoa.txt", "\n".join((ERASED_MEANWHILE, *gone, "")))
    yield sink.take()


def of_draft(draft: Draft) -> Iterator[tuple[str, bytes]]:
    """Its files, one by one; those that were taken out of it meanwhile are left out."""
    for attachment in draft.attachments.order_by("given_at", "pk"):
        try:
            yield _named(attachment), files.plain(attachment)
        except AttachmentBytes.DoesNotExist:
            continue


def folder(draft: Draft) -> str:
    """Where its files lie in the zip: what answers a request for more, with its dossier."""
    return f"{draft.supplements.code}/bo-sung" if draft.supplements else f"ban-nhap/{draft.pk}"


def of_dossier(dossier: Dossier) -> Iterator[tuple[str, bytes]]:
    """Its files and slips, one by one. Raises Erased."""
    for attachment in dossier.attachments.order_by("given_at", "pk"):
        try:
            content = files.plain(attachment)
        except AttachmentBytes.DoesNotExist:
            raise Erased from None
        yield f"giay-to/{_named(attachment)}", content
    for document in Document.objects.filter(case=dossier.code).order_by("issued_at"):
        try:
            yield f"phieu/{document.code}.pdf", documents.pdf(document)
        except documents.Forgotten:
            continue
    if not Dossier.objects.filter(pk=dossier.pk, erased_at=None).exists():
        raise Erased


def everything(request: CitizenRequest) -> dict[str, object]:
    citizen: Citizen = request.citizen
    dossiers = list(own.dossiers(request).select_related("supplement").prefetch_related("events"))
    seen = looks(list(entries(own.cases(request))))
    return {
        "person": {
            "number": citizen.number, "name": citizen.name, "born": _day(citizen.born), "phone": citizen.phone,
            "email": citizen.email, "source": citizen.source, "confirmed_on": _day(citizen.confirmed_on),
        },
        "dossiers": [_dossier(one) for one in dossiers],
        "drafts": [_draft(one) for one in own.drafts(request)],
        "messages": [{"at": _moment(one.at), "code": one.code, "says": one.says} for one in map(line, own.messages(request))],
        "looks": [
            {
                "at": _moment(one.at), "office": one.office, "role": one.role, "what": one.what, "why": one.why,
                "dossier": one.code or one.about,
            }
            for one in seen
        ],
        "consents": [
            {
                "purpose": str(consents.PURPOSES[one.purpose]), "how": one.how, "dossier": one.dossier.code if one.dossier else "",
                "given": _moment(one.given_at), "withdrawn": _moment(one.withdrawn_at),
            }
            for one in Consent.objects.filter(citizen=citizen).select_related("dossier").order_by("given_at")
        ],
        "requests": [
            {
                "kind": one.kind, "text": one.text, "state": one.state, "answer": one.answer, "filed": _moment(one.filed_at),
                "dossier": one.dossier.code if one.dossier else "",
            }
            for one in DataRequest.objects.filter(citizen=citizen).select_related("dossier").order_by("filed_at")
        ],
    }  # fmt: skip


def _dossier(one: Dossier) -> dict[str, object]:
    return {
        "code": one.code, "procedure": one.version.name, "state": one.state, "channel": one.channel, "office": one.office.name,
        "submitted": _moment(one.submitted_at), "accepted": _moment(one.accepted_at), "due": _moment(one.due),
        "closed": _moment(one.closed_at), "erase_on": _day(one.erase_on), **_answers(one),
        "supplement": _supplement(getattr(one, "supplement", None)),
        "turns": [{"at": _moment(event.at), "kind": event.kind, "office": event.office} for event in one.events.all()],
    }  # fmt: skip


def _draft(one: Draft) -> dict[str, object]:
    return {
        "procedure": one.version.name, "dossier": one.supplements.code if one.supplements else "", "files": folder(one),
        "channel": one.channel, "office": one.office.name if one.office else "", "unit": one.unit.full_name if one.unit else "",
        "started": _moment(one.started_at), "saved": _moment(one.updated_at), **_answers(one),
    }  # fmt: skip


def _answers(one: Dossier | Draft) -> dict[str, object]:
    in_words = [list(pair) for pair in forms.shown(one.form, one.answers)] if one.form else []
    return {"answers": one.answers, "answers_in_words": in_words}


def _supplement(asked: Supplement | None) -> dict[str, object] | None:
    if asked is None:
        return None
    return {
        "items": [{"title": item["title"], "why": item.get("why", "")} for item in asked.items],
        "asked": _moment(asked.asked_at), "by_day": _day(asked.by_day), "answered": _moment(asked.answered_at),
    }  # fmt: skip


def _named(attachment: Attachment) -> str:
    return f"{attachment.pk}-{attachment.name}"


def _day(day: Any) -> str:
    return day.isoformat() if day else ""


def _moment(at: Any) -> str:
    return localtime(at).isoformat(timespec="seconds") if at else ""
