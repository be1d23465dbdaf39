"""The administrator's pages of the catalogue: the list, one procedure, and its sections, each written on a page of its own."""

import json
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts.models import User
from keng.accounts.permissions import needs
from keng.procedures import forms
from keng.procedures.catalogue import services
from keng.procedures.catalogue.differences import row_text
from keng.procedures.catalogue.editing import Rows, inputs, posted
from keng.procedures.catalogue.keeping import PERM
from keng.procedures.catalogue.listing import Standing, found, standing, standings
from keng.procedures.catalogue.sections import COLUMNS, FRAME, MOST_ROWS, PLAIN, TABLES, Problem, content_of, lacks
from keng.procedures.errors import Refused
from keng.procedures.models import Field, Procedure, ProcedureVersion
from keng.procedures.scope import of_province

A_PAGE = 50
GENERAL = tuple(column.name for column in PLAIN)
PLACE = tuple(column.name for column in FRAME if column.name != "code")
FIRST = ("code", "name", "field", "life_events", "level", "competent", "form")
# The pages on which a draft is written, in the order in which one goes through them.
PAGES = ("general", *TABLES)
TITLES = {"general": gettext_lazy("Thông tin chung"), **{name: table.label for name, table in TABLES.items()}}
CHANGED_MEANWHILE = gettext_lazy(
    "Mục này vừa có người khác sửa. Dưới đây là phần đồng chí viết; lưu lần nữa thì thay phần của người kia."
)


@needs(PERM, office=of_province)
@require_GET
def procedures(request: HttpRequest) -> HttpResponse:
    """All procedures, by field; searched by name without accents, or code."""
    asked, field = request.GET.get("q", "")[:200], request.GET.get("field", "")[:60]
    page = Paginator(found(asked, field), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": standings(page),
        "asked": asked,
        "field": field,
        "fields": Field.objects.order_by("order", "name"),
        "all": page.paginator.count,
    }
    return render(request, "procedures/catalogue/list.html", context)


@needs(PERM, office=of_province)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new procedure: its code, its name, who decides it and where it is found; then on to its sections."""
    values: dict[str, Any] = posted(FIRST, request.POST) if request.method == "POST" else {}
    problems, sentence = [], ""
    if request.method == "POST":
        try:
            frame = {name: values[name] for name in ("code", *PLACE)}
            content = {name: value for name, value in values.items() if name not in frame}
            made = services.add(frame=frame, content=content, by=by(request))
        except services.Incomplete as error:
            sentence = str(error.sentence)
            problems = sorted(error.problems, key=lambda problem: FIRST.index(str(problem.path[0])))
        else:
            messages.success(request, _("Đã thêm thủ tục, chưa ai thấy. Đồng chí điền tiếp từng mục, rồi công bố."))
            return redirect("procedure_general", made.procedure.code)
    context = {"fields": inputs(FIRST, values, problems), "problems": problems, "sentence": sentence}
    return page_of(request, "add", context, bool(problems))


@needs(PERM, office=of_province)
@require_GET
def procedure(request: HttpRequest, procedure: str) -> HttpResponse:
    """One procedure: how it stands, its draft section by section, what is posted."""
    row, state = standing_of(procedure)
    shown = state.draft or state.newest
    missing = lacks(content_of(shown)) if state.draft else []
    pages = [
        (name, TITLES[name], _says(shown, name), [p for p in missing if _page_of(p.path[0]) == name]) for name in PAGES
    ]
    form = services.newest_form(row)
    context = {
        "procedure": row,
        "state": state,
        "pages": pages,
        "missing": missing,
        "frame": [(column.label, _frame_says(row, column.name)) for column in FRAME if column.name != "code"],
        "public": public_address(row) if state.posted else "",
        "form": form,
        "newer_form": bool(state.posted and form and not state.draft and state.posted.form_id != form.pk),
    }
    return render(request, "procedures/catalogue/procedure.html", context)


@needs(PERM, office=of_province)
@require_POST
def draft(request: HttpRequest, procedure: str) -> HttpResponse:
    """Begins the next version."""
    row, _state = standing_of(procedure)
    try:
        services.draft(procedure=row, by=by(request))
    except Refused as error:
        messages.error(request, str(error.sentence))
    return redirect("procedure", procedure)


@needs(PERM, office=of_province)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, procedure: str) -> HttpResponse:
    """Field, life events and form."""
    row, state = standing_of(procedure)
    values = services.frame_of(row)
    problems: list[Problem] = []
    if request.method == "POST":
        values = posted(PLACE, request.POST)
        try:
            services.place(procedure=row, frame=values, by=by(request))
        except services.Incomplete as error:
            problems = error.problems
        except Refused as error:
            messages.error(request, str(error.sentence))
            return redirect("procedure", procedure)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("procedure", procedure)
    context = {"procedure": row, "state": state, "fields": inputs(PLACE, values, problems), "problems": problems}
    return page_of(request, "place", context, bool(problems))


@needs(PERM, office=of_province)
@require_http_methods(["GET", "POST"])
def general(request: HttpRequest, procedure: str) -> HttpResponse:
    """The sections of a draft that are one value each."""
    row, state, edited = draft_of(procedure)
    values = content_of(edited)
    problems: list[Problem] = []
    if request.method == "POST":
        wanted = posted(GENERAL, request.POST)
        problems, answer = _save(request, edited, wanted, "general")
        if answer:
            return answer
        values = wanted
    context = {
        "procedure": row,
        "state": state,
        "fields": inputs(GENERAL, values, problems),
        "problems": problems,
        "was": _mark(edited, "general"),
        "pages": [(name, TITLES[name]) for name in PAGES],
        "current": "general",
        "next": TITLES[PAGES[1]],
    }
    return page_of(request, "general", context, bool(problems))


@needs(PERM, office=of_province)
@require_http_methods(["GET", "POST"])
def rows(request: HttpRequest, procedure: str, section: str) -> HttpResponse:
    """A section of several rows. Its buttons add, move and drop rows on the page; nothing is kept before it is saved."""
    if section not in TABLES:
        raise Http404
    row, state, edited = draft_of(procedure)
    shown, deed = Rows(TABLES[section], list(getattr(edited, section))), ""
    files = file_fields(row) if section == "documents" else []
    if request.method == "POST":
        shown, deed = Rows.from_post(section, request.POST), request.POST.get("do", "save")
        if deed in ("save", "next"):
            shown.problems, answer = _save(request, edited, {section: shown.rows}, section)
            if answer:
                return answer
        else:
            shown.turn(deed)
    shown.files = files
    following = PAGES[PAGES.index(section) + 1 :]
    context = {
        "procedure": row,
        "state": state,
        "table": TABLES[section],
        "rows": shown.drawn,
        "problems": shown.problems,
        "was": _mark(edited, section) if deed in ("", "save", "next") else request.POST.get("was", ""),
        "pages": [(name, TITLES[name]) for name in PAGES],
        "current": section,
        "next": TITLES[following[0]] if following else "",
        "no_files": section == "documents" and not files,
        "full": len(shown.rows) >= MOST_ROWS,
    }
    return page_of(request, "rows", context, bool(shown.problems))


@needs(PERM, office=of_province)
@require_GET
def preview(request: HttpRequest, procedure: str) -> HttpResponse:
    """The draft as people will read it, or (without one) what is posted."""
    row, state = standing_of(procedure)
    version = ProcedureVersion.objects.get(pk=(state.draft or state.posted or state.newest).pk)
    tables = [
        (table, [row_text(table, {**one, "field": ""}) for one in getattr(version, name)])
        for name, table in TABLES.items()
        if name != "steps"
    ]
    context = {
        "procedure": row,
        "state": state,
        "version": version,
        "tables": tables,
        "missing": lacks(content_of(version)),
    }
    return render(request, "procedures/catalogue/preview.html", context)


def by(request: HttpRequest) -> User:
    return cast(User, request.user)


def page_of(request: HttpRequest, name: str, context: dict[str, Any], wrong: bool) -> HttpResponse:
    status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
    return render(request, f"procedures/catalogue/{name}.html", context, status=status)


def standing_of(code: str) -> tuple[Procedure, Standing]:
    """The procedure of that code and how it stands. 404 where there is none."""
    row = get_object_or_404(Procedure.objects.select_related("field", "form"), code=code)
    return row, standing(row, list(row.versions.select_related("form").order_by("number")))


def draft_of(code: str) -> tuple[Procedure, Standing, ProcedureVersion]:
    """Likewise, with its draft. 404 where it has none."""
    row, state = standing_of(code)
    if state.draft is None:
        raise Http404
    return row, state, state.draft


def public_address(row: Procedure) -> str:
    return f"{settings.PUBLIC_ORIGIN}/services/p/{row.code}"


def file_fields(row: Procedure) -> list[tuple[str, str]]:
    """(name, title) of the fields of the procedure's form that take files: what a document may name.

    Of the version that a publication would hold fast, and where there is none yet, of the draft.
    """
    version = services.newest_form(row) or (row.form.versions.order_by("-number").first() if row.form else None)
    return [(name, one.label) for name, one in forms.file_fields(version).items()] if version else []


def untied(row: Procedure, version: ProcedureVersion) -> tuple[list[str], list[str]]:
    """Titles of the documents that people can't send with the form: those tied to no field, and those whose field it doesn't have."""
    known = dict(file_fields(row))
    none = [one["title"] for one in version.documents if not one.get("field")]
    gone = [one["title"] for one in version.documents if one.get("field") and one["field"] not in known]
    return none, gone


def _save(
    request: HttpRequest, edited: ProcedureVersion, content: dict[str, Any], name: str
) -> tuple[list[Problem], HttpResponse | None]:
    """Keeps a section. What is wrong with it, or where to go on."""
    code = edited.procedure.code
    if request.POST.get("was", "") != _mark(edited, name):
        return [Problem((name,), str(CHANGED_MEANWHILE))], None
    try:
        services.edit(version=edited, content=content, by=by(request))
    except services.Incomplete as error:
        return error.problems, None
    except Refused as error:
        messages.error(request, str(error.sentence))
        return [], redirect("procedure", code)
    messages.success(request, _("Đã lưu: %(section)s.") % {"section": TITLES[name]})
    following = PAGES[PAGES.index(name) + 1 :]
    if request.POST.get("do") == "next" and following:
        return [], redirect("procedure_rows", code, following[0])
    return [], redirect("procedure", code)


def _mark(version: ProcedureVersion, page: str) -> str:
    content = content_of(version)
    return services.mark(json.dumps([content[name] for name in (GENERAL if page == "general" else (page,))]))


def _page_of(section: str | int) -> str:
    return str(section) if section in TABLES else "general"


def _says(version: ProcedureVersion, page: str) -> str:
    """What a page of a version holds, in a few words."""
    if page == "general":
        unit = COLUMNS["time_unit"].shown(version.time_unit)
        return ", ".join(
            part
            for part in (version.agency, f"{version.amount} {unit}" if version.amount else "", version.result)
            if part
        )
    held = getattr(version, page)
    return _("%(count)d dòng") % {"count": len(held)} if held else ""


def _frame_says(row: Procedure, name: str) -> str:
    says = {
        "field": row.field.name,
        "life_events": ", ".join(event.name for event in row.life_events.all()),
        "form": row.form.title if row.form else "",
    }
    return says[name] if name in says else COLUMNS[name].shown(getattr(row, name))
