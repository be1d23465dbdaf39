"""`/services`: what may be applied for, found by words, life event or field; and one page of each procedure."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from keng.desk.figures.suppression import FEW
from keng.portal import found
from keng.portal.pages import asked, page, read_only, refusal
from keng.portal.services import board as boards
from keng.portal.services import wording
from keng.portal.services.icons import outline
from keng.procedures import search
from keng.procedures.models import Field, LifeEvent, ProcedureVersion
from keng.units.models import Office, OfficeKind, Unit

MANY = 20
ON_A_PAGE = 60
COMMUNES = 6


@read_only
def index(request: HttpRequest, *, lang: str = "vi") -> HttpResponse:
    """The search first, then life events and fields. `?q=` finds procedures, and a commune's service centre by the commune's name."""
    query = asked(request)
    posted = search.posted()
    context: dict[str, Any] = {
        "events": [
            (event, outline(event.icon, event.slug), posted.of_event[event.pk])
            for event in LifeEvent.objects.order_by("order", "name")
            if posted.of_event[event.pk]
        ],
        "fields": [
            (field, posted.in_field[field.pk])
            for field in Field.objects.order_by("order", "name")
            if posted.in_field[field.pk]
        ],
    }
    if query:
        communes = found.with_service_centres(found.communes(query, near=settings.PROVINCE))
        # Whoever types a commune's whole name is after its centre, and not after a procedure that has some letters of it.
        context |= {
            "versions": _shown(search.find(query, MANY), lang),
            "communes": communes,
            "place": any(one.meant for one in communes),
        }
    return page("services/index", lang, door="services", query=query, many=found.MOST_COMMUNES, **context)


@read_only
def event(request: HttpRequest, *, slug: str, lang: str = "vi") -> HttpResponse:
    of = LifeEvent.objects.filter(slug=slug).first()
    if of is None:
        return refusal(404, lang)
    return _list(request, lang, f"/services/event/{slug}", of, outline(of.icon, of.slug), procedure__life_events=of)


@read_only
def field(request: HttpRequest, *, slug: str, lang: str = "vi") -> HttpResponse:
    of = Field.objects.filter(slug=slug).first()
    if of is None:
        return refusal(404, lang)
    return _list(request, lang, f"/services/field/{slug}", of, outline(of.slug), procedure__field=of)


def _list(
    request: HttpRequest, lang: str, path: str, of: LifeEvent | Field, icon: str, **chosen: LifeEvent | Field
) -> HttpResponse:
    versions = ProcedureVersion.objects.in_force().filter(**chosen).select_related("procedure__field")
    pages = Paginator(versions.defer(*search.LONG).order_by("search_key", "pk"), ON_A_PAGE)
    shown = pages.get_page(request.GET.get("page", "1"))
    tail = f"?{urlencode({'page': shown.number})}" if shown.number > 1 else ""
    return page(
        "services/list",
        lang,
        door="services",
        path=path,
        tail=tail,
        of=of,
        icon=icon,
        versions=_shown(list(shown), lang),
        pages=shown,
    )


@read_only
def procedure(request: HttpRequest, *, code: str, lang: str = "vi") -> HttpResponse:
    """One procedure as it is posted today, or as it was (`?v=`). `?xa=` is the code of a commune, `?noi=` what was typed to find one."""
    version = _version(code, request.GET.get("v", ""))
    if version is None:
        return refusal(404, lang)
    unit = _unit(request.GET.get("xa", ""))
    typed = asked(request, "noi")
    communes = found.communes(typed, near=settings.PROVINCE) if typed and unit is None else []
    if len(communes) == 1:
        unit, communes = communes[0].unit, []
    with translation.override(lang):
        context = _all_of(version, unit)
    return page(
        "services/procedure",
        lang,
        door="services",
        path=f"/services/p/{code}",
        tail=f"?{urlencode({'xa': unit.code})}" if unit else "",
        typed=typed,
        communes=communes[:COMMUNES],
        **context,
    )


@read_only
def board(request: HttpRequest, *, code: str, lang: str = "vi") -> HttpResponse:
    """The sheet that an office posts, A3 or A4 (`?size=`) across. `?xa=`: with the offices of this commune."""
    version, size = _version(code, ""), request.GET.get("size", "a3")
    if version is None:
        return refusal(404, lang)
    if size not in boards.SIZES:
        return refusal(400, lang)
    unit = _unit(request.GET.get("xa", ""))
    offices = _offices(version, unit)
    answer = HttpResponse(boards.as_pdf(version, size=size, unit=unit, offices=offices), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="bang-niem-yet.pdf"'
    return answer


def _version(code: str, number: str) -> ProcedureVersion | None:
    """The version in force or, by its number, one that was published. One query."""
    versions = ProcedureVersion.objects.select_related("procedure__field", "procedure__form", "form")
    code = code.replace("\x00", "")
    if number.isascii() and number.isdigit() and len(number) < 5:
        past = versions.filter(procedure__code=code, number=int(number), published_at__isnull=False)
        return past.first()
    return versions.in_force().filter(procedure__code=code).first()


def _unit(code: str) -> Unit | None:
    if not (code.isascii() and code.isdigit() and len(code) == 5):
        return None
    return Unit.objects.current().select_related("parent").filter(pk=code, parent__isnull=False).first()


def _offices(version: ProcedureVersion, unit: Unit | None) -> list[Office]:
    """Who takes it in at the commune, then who decides it. One query."""
    if unit is None:
        return []
    kinds = [version.competent]
    if version.level == ProcedureVersion.Level.COMMUNE:
        kinds = [OfficeKind.SERVICE_CENTRE, *kinds]
    return sorted(found.offices_of(unit, kinds), key=lambda office: kinds.index(office.kind))


def _all_of(version: ProcedureVersion, unit: Unit | None) -> dict[str, Any]:
    """All that the page shows of a version, in the language of now."""
    today = timezone.localdate()
    begun = version.valid_from <= today and (version.valid_to is None or version.valid_to > today)
    retired = version.procedure.retired_on
    return {
        "version": version,
        "code": version.procedure.code,
        "in_force": begun and (retired is None or retired > today),
        "level": wording.LEVEL[version.level],
        "online": wording.ONLINE[version.online],
        "online_says": wording.ONLINE_SAYS[version.online],
        "identity": wording.identity(version),
        "apply": f"{settings.MY_ORIGIN}/apply/{version.procedure.code}" if version.online != "none" else "",
        "promised": wording.span(version.amount, unit=version.time_unit),
        "costs": list(wording.costs(version)),
        "documents": list(wording.documents(version)),
        "steps": list(wording.steps(version)),
        "ways": wording.ways(version),
        "conditions": wording.conditions(version),
        "bases": wording.bases(version),
        "unit": unit,
        "offices": _offices(version, unit),
        "real": wording.real_times(version, unit=unit, today=today) if unit else None,
        "few": FEW,
        "versions": ProcedureVersion.objects.filter(procedure=version.procedure, published_at__isnull=False)
        .only("number", "valid_from", "valid_to", "procedure_id")
        .order_by("-number"),
        "address": f"{settings.PUBLIC_ORIGIN}/services/p/{version.procedure.code}",
    }


def _shown(versions: list[ProcedureVersion], lang: str) -> list[tuple[ProcedureVersion, str, str]]:
    """Each with its time and online level, in a language."""
    with translation.override(lang):
        return [
            (one, wording.span(one.amount, unit=one.time_unit), str(wording.ONLINE[one.online])) for one in versions
        ]
