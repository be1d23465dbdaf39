"""The desk's pages of assisted mode: choose the procedure, write for whom, fill in by filing's steps, file, print the receipt.

A draft is open to the officer who began it and to nobody else, while the person's consent stands; what came of it to the same session.
Whatever is shown of it is on the person's own page (`looking`).
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from keng.accounts import errors
from keng.accounts.adapter import too_soon_sentence
from keng.accounts.citizens import counter
from keng.accounts.models import Citizen, User
from keng.accounts.permissions import needs, offices
from keng.accounts.slowing import TooSoon
from keng.procedures import consents, search
from keng.procedures.assisted import looking, sheet
from keng.procedures.assisted.person import READ_ALOUD, PersonForm
from keng.procedures.dossiers import services, supplements
from keng.procedures.dossiers.routing import own_unit
from keng.procedures.errors import Refused
from keng.procedures.filing import drafts, pages, serving
from keng.procedures.filing.pages import Place
from keng.procedures.filing.review import filed as made_of
from keng.procedures.filing.review import review as last_look
from keng.procedures.filing.steps import WHERE
from keng.procedures.filing.where import where
from keng.procedures.models import Channel, Consent, Dossier, Draft, ProcedureVersion
from keng.procedures.slips.kinds import RECEIPT
from keng.signing import documents
from keng.signing.models import Document
from keng.units.models import Office

PERM = "procedures.work"
DESK = Place("desk.html", "assisted", supplement="dossier_answer")
FILED = "assisted_filed"  # in the session: drafts that were filed
MOST_FILED = 20
DIFFERS = gettext_lazy(
    "Số định danh này và họ tên, ngày sinh vừa gõ không khớp nhau. Xem lại căn cước; vẫn không khớp thì mời người này đến công an xã."
)
LOST = gettext_lazy(
    "Chưa có gì được gửi: người nộp đã rút lại sự đồng ý, hoặc cán bộ khác đã nhận tiếp phần bổ sung này. Đồng chí hỏi lại người nộp."
)
OfDraft = Callable[..., HttpResponseBase]


def of_draft(draft: int, **_rest: object) -> Iterable[int]:
    """The office at which a draft is filled in, or was."""
    begun = Draft.objects.filter(pk=draft, test=False).values_list("office", flat=True)
    return begun or Dossier.objects.filter(pk=draft).exclude(received_by=None).values_list("received_by", flat=True)


def own_draft(*methods: str) -> Callable[[OfDraft], Callable[..., HttpResponseBase]]:
    """For views of `/dossiers/new/<draft>/…`: the officer's own draft for somebody; 404 otherwise. A filed one leads to its receipt.

    That it is opened is written down first. One for which no consent is kept leads to where the consent is asked for, and shows nothing.
    """

    def decorate(view: OfDraft) -> Callable[..., HttpResponseBase]:
        @needs(PERM, office=of_draft)
        @require_http_methods(methods)
        @wraps(view)
        def checked(request: HttpRequest, draft: int, **kwargs: Any) -> HttpResponseBase:
            try:
                mine = drafts.open_draft(draft=draft, filed_by=officer(request))
            except drafts.Gone:
                return gone(request, draft)
            if mine.test:
                raise Http404
            consent = consents.of_draft(mine)
            if consent is None:
                return HttpResponseRedirect(asked_at(mine))
            try:
                if mine.supplements is not None:
                    supplements.awaited(mine.supplements)
                looking.opened(consent=consent, office=_office(mine), by=officer(request))
                return view(request, mine, **kwargs)
            except Refused as refused:  # gone meanwhile in another window, or more than a draft holds
                return errors.answer(
                    request, HTTPStatus(refused.status), (refused.code, _("Chưa làm được"), refused.sentence)
                )

        return checked

    return decorate


def gone(request: HttpRequest, draft: int) -> HttpResponse:
    """A filed draft leads to its receipt, one with which a colleague goes on to where that is said. Raises Http404 for any other."""
    taken = Draft.objects.filter(pk=draft).exclude(supplements=None).select_related("supplements").first()
    if taken is not None:
        messages.error(request, str(LOST))
        return HttpResponseRedirect(DESK.of_supplement(taken))
    _dossier_of(request, draft)
    return HttpResponseRedirect(reverse("assisted_filed", args=[draft]))


def asked_at(draft: Draft) -> str:
    """Where the consent to fill it in is asked for: of one begun before consents were kept with drafts, which goes on begun again."""
    asked = urlencode({"procedure": draft.version.procedure.code})
    return DESK.of_supplement(draft) or f"{reverse('assisted_person')}?{asked}"


def officer(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - tells the type: every view here has a gate
    return request.user


@needs(PERM)
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """The procedure, searched for; and the officer's own drafts, without a name."""
    query = request.GET.get("q", "").strip()[:100]
    begun = Draft.objects.filter(filed_by=officer(request), test=False).exclude(channel=Channel.ONLINE)
    return render(
        request,
        "procedures/assisted/choose.html",
        {
            "query": query,
            "found": search.find(query) if query else [],
            "drafts": begun.select_related("version__procedure", "supplements").order_by("-updated_at")[
                : drafts.MOST_DRAFTS
            ],
        },
    )


@needs(PERM)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest) -> HttpResponse:
    """For whom, at which counter, and how they agreed; POST begins the draft. What is known of the number is shown to nobody (C2)."""
    version = drafts.posted(request.GET.get("procedure", ""))
    if version is None:
        return HttpResponseRedirect(reverse("assisted_list"))
    places = list(offices(officer(request), PERM).order_by("name"))
    form = PersonForm(request.POST or None, places=places, initial={"office": places[0].code})
    if request.method == "POST" and form.is_valid():
        try:
            return begun(request, version, form.cleaned_data)
        except counter.Differs:
            form.add_error(None, str(DIFFERS))
        except TooSoon as too_soon:
            form.add_error(None, too_soon_sentence(too_soon))
        except Refused as refused:
            form.add_error(None, refused.sentence)
    context = {"form": form, "version": version, "read_aloud": READ_ALOUD, "places": places}
    status = 422 if form.is_bound else 200
    return render(request, "procedures/assisted/person.html", context, status=status)


@needs(PERM)
@require_safe
def consent_sheet(request: HttpRequest) -> HttpResponse:
    """To be signed by whoever agrees in writing: the procedure's, with the letterhead of one of the officer's offices."""
    version = drafts.posted(request.GET.get("procedure", ""))
    if version is None:
        return HttpResponseRedirect(reverse("assisted_list"))
    places = {place.code: place for place in offices(officer(request), PERM).order_by("-name")}
    office = places.get(request.GET.get("office", "")) or places.popitem()[1]
    title = "GIẤY ĐỒNG Ý ĐỂ CÁN BỘ NỘP HỒ SƠ THAY"
    return sheet.served(title, READ_ALOUD, version, office=office, witness=officer(request))


def begun(request: HttpRequest, version: ProcedureVersion, told: dict[str, Any]) -> HttpResponse:
    """The person, the draft and how they agreed to it, at once or not at all. Raises Differs, TooSoon, Refused."""
    by, office = officer(request), told["office"]

    def start(citizen: Citizen) -> Draft:
        return drafts.start(
            version=version,
            citizen=citizen,
            unit=own_unit(office),
            filed_by=by,
            office=office,
            channel=told["channel"],
            agreed=told["how"],
        )

    draft = counter.enter(
        number=told["number"], name=told["name"], born=told["born"], phone=told["phone"], office=office, by=by, then=start
    )  # fmt: skip
    return HttpResponseRedirect(DESK.address("step", draft.pk, draft.step))


@own_draft("GET", "HEAD", "POST")
def step(request: HttpRequest, draft: Draft, step: int) -> HttpResponse:
    if step == WHERE and draft.supplements is not None:
        return HttpResponseRedirect(DESK.of_supplement(draft))
    if step == WHERE:
        return where(request, draft=draft, place=DESK)
    return pages.step(request, draft=draft, number=step, place=DESK)


@own_draft("POST")
def save(request: HttpRequest, draft: Draft, step: int) -> HttpResponse:
    return pages.save(request, draft=draft, number=step, place=DESK)


@own_draft("POST")
def upload(request: HttpRequest, draft: Draft, step: int) -> HttpResponse:
    return pages.upload(request, draft=draft, number=step, place=DESK)


@own_draft("GET", "HEAD")
def file(request: HttpRequest, draft: Draft, paper: int) -> HttpResponse:
    attachment = get_object_or_404(draft.attachments, pk=paper)
    consent = consents.of_draft(draft)
    if consent is None:  # taken back since the door
        raise Http404
    looking.file_opened(consent=consent, attachment=attachment, office=_office(draft), by=officer(request))
    return serving.response(attachment)


@own_draft("GET", "HEAD", "POST")
def review(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The last look, the person beside; POST files it."""
    by = officer(request)
    if draft.supplements is not None:
        return HttpResponseRedirect(DESK.of_supplement(draft))

    def sent(dossier: Dossier) -> str:
        with suppress(Refused):  # where another office checks it, that one accepts it and gives the receipt
            services.accept(dossier=dossier, by=by)
        request.session[FILED] = [*request.session.get(FILED, []), dossier.pk][-MOST_FILED:]
        return reverse("assisted_filed", args=[dossier.pk])

    return last_look(request, draft=draft, place=DESK, sent=sent, by=by)


@own_draft("POST")
def delete(request: HttpRequest, draft: Draft) -> HttpResponse:
    drafts.delete(draft=draft)
    answered = draft.supplements
    return HttpResponseRedirect(reverse("dossier", args=[answered.code]) if answered else reverse("assisted_list"))


@needs(PERM, office=of_draft)
@require_safe
def filed(request: HttpRequest, draft: int) -> HttpResponse:
    """The code, and the receipt to print and hand over."""
    if Draft.objects.filter(pk=draft, filed_by=officer(request)).exists():
        return HttpResponseRedirect(DESK.address("review", draft))
    dossier = _dossier_of(request, draft)
    return render(request, "procedures/assisted/filed.html", {"dossier": dossier, "slip": _receipt(dossier)})


@needs(PERM, office=of_draft)
@require_safe
def receipt(request: HttpRequest, draft: int) -> HttpResponse:
    """Slip 01 of what was filed in this session."""
    if Draft.objects.filter(pk=draft, filed_by=officer(request)).exists():
        return HttpResponseRedirect(DESK.address("review", draft))
    dossier = _dossier_of(request, draft)
    slip = _receipt(dossier)
    consent = Consent.objects.filter(dossier=dossier, purpose=consents.ASSISTED).order_by("-given_at").first()
    if slip is None or consent is None or dossier.received_by is None:
        raise Http404
    looking.opened(consent=consent, office=dossier.received_by, by=officer(request))
    answer = HttpResponse(documents.pdf(slip), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{dossier.code}.pdf"'
    return answer


def _dossier_of(request: HttpRequest, draft: int) -> Dossier:
    """What this very session filed. Raises Http404 for all else: from then on it is the queue's, with its purposes."""
    dossier = made_of(draft) if draft in request.session.get(FILED, []) else None
    if dossier is None:
        raise Http404
    return dossier


def _receipt(dossier: Dossier) -> Document | None:
    slips = Document.objects.filter(case=dossier.code, kind=RECEIPT, revoked_at=None)
    return slips.order_by("-issued_at").first()


def _office(draft: Draft) -> Office:
    assert draft.office is not None  # noqa: S101 - a constraint of the table
    return draft.office
