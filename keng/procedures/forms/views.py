"""Forms on the desk: which there are, a new one, one with its versions; publishing, import and export."""

import json
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts.models import User
from keng.accounts.permissions import needs
from keng.procedures import forms
from keng.procedures.errors import Refused
from keng.procedures.forms import samples, services
from keng.procedures.forms.differences import Change, differences
from keng.procedures.forms.reading import Malformed
from keng.procedures.models import Form, FormVersion
from keng.procedures.scope import of_province

PERM = "procedures.edit_catalogue"
A_PAGE = 50


def who(request: HttpRequest) -> User:
    return cast(User, request.user)


def draft_of(slug: str) -> FormVersion:
    """The form's draft; 404 where it has none."""
    return get_object_or_404(FormVersion.objects.select_related("form"), form__slug=slug, published_at=None)


def version_of(slug: str, number: int) -> FormVersion:
    return get_object_or_404(FormVersion.objects.select_related("form", "published_by"), form__slug=slug, number=number)


@needs(PERM, office=of_province)
@require_GET
def forms_list(request: HttpRequest) -> HttpResponse:
    """Every form: its version in use, its draft, how many procedures it serves. Three queries, whatever the count."""
    published = Q(versions__published_at__isnull=False)
    rows = Form.objects.annotate(
        newest=Max("versions__number", filter=published),
        draft=Max("versions__number", filter=Q(versions__published_at=None)),
        serves=Count("procedures", distinct=True),
    ).order_by("title", "slug")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "procedures/forms/list.html", {"page": page})


@needs(PERM, office=of_province)
@require_http_methods(["GET", "POST"])
def form_new(request: HttpRequest) -> HttpResponse:
    """A title and what to begin with; the draft is made and opened."""
    title, template = request.POST.get("title", ""), request.POST.get("template", "")
    problem, status = "", 200
    if request.method == "POST":
        try:
            made = services.begin(title=title.replace("\0", ""), template=template, by=who(request))
        except Malformed as refusal:
            problem, status = refusal.sentence, 400
        except Refused as refusal:
            problem, status = refusal.sentence, refusal.status
        else:
            messages.success(request, _("Đã lập bản nháp. Đồng chí sửa các ô, xem thử bên cạnh rồi công bố."))
            return redirect("form_edit", made.form.slug)
    there = dict(Form.objects.order_by("title").values_list("slug", "title")[:200])
    offered = [(slug, samples.sample(slug)["title"]) for slug in samples.slugs() if slug not in there]
    context = {"title": title, "template": template, "samples": offered, "there": there.items(), "problem": problem}
    return render(request, "procedures/forms/new.html", context, status=status)


@needs(PERM, office=of_province)
@require_GET
def form(request: HttpRequest, form: str) -> HttpResponse:
    """A form: its versions, what the draft changes, which procedures use it."""
    return overview(request, get_object_or_404(Form, slug=form))


def overview(request: HttpRequest, form: Form, *, problem: str = "", status: int = 200) -> HttpResponse:
    versions = list(form.versions.select_related("published_by").order_by("-number")[:A_PAGE])
    draft = next((one for one in versions if one.published_at is None), None)
    newest = next((one for one in versions if one.published_at is not None), None)
    context = {
        "form": form,
        "versions": versions,
        "draft": draft,
        "newest": newest,
        "seen": services.token(draft) if draft else "",
        "changes": changes(newest, draft) if draft and newest else [],
        "procedures": form.procedures.order_by("code")[:A_PAGE],
        "problem": problem,
    }
    return render(request, "procedures/forms/form.html", context, status=status)


def changes(old: FormVersion, new: FormVersion) -> list[Change]:
    return differences(forms.pages(old), forms.pages(new))


@needs(PERM, office=of_province)
@require_POST
def form_rename(request: HttpRequest, form: str) -> HttpResponse:
    found = get_object_or_404(Form, slug=form)
    try:
        services.rename(form=found, title=request.POST.get("title", "").replace("\0", ""), by=who(request))
    except Malformed as refusal:
        return overview(request, found, problem=refusal.sentence, status=400)
    except Refused as refusal:
        return overview(request, found, problem=refusal.sentence, status=refusal.status)
    return redirect("form", form)


@needs(PERM, office=of_province)
@require_POST
def form_draft(request: HttpRequest, form: str) -> HttpResponse:
    """The draft of the next version, opened."""
    services.draft(form=get_object_or_404(Form, slug=form), by=who(request))
    return redirect("form_edit", form)


@needs(PERM, office=of_province)
@require_POST
def form_publish(request: HttpRequest, form: str) -> HttpResponse:
    draft = draft_of(form)
    try:
        services.publish(version=draft, seen=request.POST.get("seen", ""), by=who(request))
    except Refused as refusal:
        return overview(request, draft.form, problem=refusal.sentence, status=refusal.status)
    messages.success(request, _("Đã công bố. Thủ tục dùng bản này từ khi có bản mới của thủ tục."))
    return redirect("form", form)


@needs(PERM, office=of_province)
@require_POST
def form_discard(request: HttpRequest, form: str) -> HttpResponse:
    draft = draft_of(form)
    try:
        services.discard(version=draft, by=who(request))
    except Refused as refusal:
        return overview(request, draft.form, problem=refusal.sentence, status=refusal.status)
    messages.success(request, _("Đã bỏ bản nháp."))
    return redirect("form", form)


@needs(PERM, office=of_province)
@require_POST
def form_import(request: HttpRequest, form: str) -> HttpResponse:
    """The draft becomes what the file says."""
    found = get_object_or_404(Form, slug=form)
    upload = request.FILES.get("file")
    if upload is None:
        return overview(request, found, problem=_("Đồng chí chọn tệp JSON."), status=400)
    try:
        pages = services.pages_of_json(upload.read())
        draft = services.draft(form=found, by=who(request))
        services.edit(version=draft, pages=pages, seen=services.token(draft), by=who(request))
    except Malformed as refusal:
        return overview(request, found, problem=refusal.sentence, status=400)
    except Refused as refusal:
        return overview(request, found, problem=refusal.sentence, status=refusal.status)
    messages.success(request, _("Đã nhập vào bản nháp. Đồng chí xem lại rồi công bố."))
    return redirect("form_edit", form)


@needs(PERM, office=of_province)
@require_GET
def form_version(request: HttpRequest, form: str, number: int) -> HttpResponse:
    """One version to look at, and what it changed against the one before."""
    version = version_of(form, number)
    before = FormVersion.objects.filter(form=version.form, number__lt=number).order_by("-number").first()
    context = {
        "version": version,
        "form": version.form,
        "preview": preview(version),
        "changes": changes(before, version) if before else None,
    }
    return render(request, "procedures/forms/version.html", context)


@needs(PERM, office=of_province)
@require_GET
def form_export(request: HttpRequest, form: str, number: int) -> HttpResponse:
    """The version as JSON, to be kept or brought into another house."""
    body = json.dumps(services.as_json(version_of(form, number)), ensure_ascii=False, indent=1)
    disposition = f'attachment; filename="{form}-{number}.json"'
    return HttpResponse(
        body, content_type="application/json; charset=utf-8", headers={"Content-Disposition": disposition}
    )


def preview(version: FormVersion) -> list[tuple[str, str]]:
    """(title, HTML) of each page as a resident sees it."""
    return [(page.title, forms.render_page(version, page, {})) for page in forms.pages(version)]
