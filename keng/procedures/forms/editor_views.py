"""The editor: a draft's pages and items, changed by plain posts. Every post says which state it was made from."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts.permissions import needs
from keng.procedures import forms
from keng.procedures.errors import Refused
from keng.procedures.forms import editing, services
from keng.procedures.forms.editing import HEADING, INNER_KINDS, NOTE, NoSuchSpot, Pages
from keng.procedures.forms.fields import HOLDERS, LABELS, Field, Heading, Item, Kind, Note, Page, all_fields
from keng.procedures.forms.item_forms import FieldForm, PageForm, TextForm
from keng.procedures.forms.reading import Malformed
from keng.procedures.forms.rendering import asks
from keng.procedures.forms.views import PERM, draft_of, preview, who
from keng.procedures.models import FormVersion
from keng.procedures.scope import of_province

ItemForm = PageForm | TextForm | FieldForm
Verb = Callable[..., HttpResponse]


def refusals(view: Verb) -> Verb:
    """What can't be done is said above the editor, and nothing was changed; a spot that isn't there is not found."""

    @wraps(view)
    def checked(request: HttpRequest, form: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, form, *args, **kwargs)
        except NoSuchSpot:
            raise Http404 from None
        except Malformed as refusal:
            return show(request, draft_of(form), problem=refusal.sentence, status=400)
        except Refused as refusal:
            return show(request, draft_of(form), problem=refusal.sentence, status=refusal.status)

    return checked


@needs(PERM, office=of_province)
@require_GET
def form_edit(request: HttpRequest, form: str) -> HttpResponse:
    """The draft: its pages with what stands on them, and beside them how it looks on a phone."""
    return show(request, draft_of(form))


def show(request: HttpRequest, draft: FormVersion, *, problem: str = "", status: int = 200) -> HttpResponse:
    pages = forms.pages(draft)
    fields = list(all_fields(pages))
    context = {
        "form": draft.form,
        "draft": draft,
        "seen": services.token(draft),
        "pages": [rows_of(number, page, fields) for number, page in enumerate(pages)],
        "kinds": [*((kind.value, LABELS[kind]) for kind in Kind), (HEADING, _("Tiêu đề")), (NOTE, _("Lời dặn"))],
        "preview": preview(draft),
        "problem": problem,
    }
    return render(request, "procedures/forms/edit.html", context, status=status)


def rows_of(number: int, page: Page, fields: list[Field]) -> dict[str, Any]:
    rows = [row_of(f"{number}.{place}", item, fields) for place, item in enumerate(page.items)]
    return {"spot": str(number), "page": page, "rows": rows}


def row_of(spot: str, item: Item, beside: list[Field]) -> dict[str, Any]:
    """One line of the editor."""
    if not isinstance(item, Field):
        return {
            "spot": spot,
            "anchor": anchor(spot),
            "label": item.text,
            "kind": _("Tiêu đề") if isinstance(item, Heading) else _("Lời dặn"),
            "inner": [],
        }
    return {
        "spot": spot,
        "anchor": anchor(spot),
        "label": item.label,
        "kind": LABELS[item.kind],
        "required": item.required,
        "when": asks(item, beside),
        "inner": [row_of(f"{spot}.{place}", one, list(item.fields)) for place, one in enumerate(item.fields)],
        "holds": item.kind in HOLDERS,
    }


@needs(PERM, office=of_province)
@require_POST
@refusals
def form_page_add(request: HttpRequest, form: str) -> HttpResponse:
    pages = save(request, form, lambda pages: editing.add_page(pages, title_of(request)))
    return back(form, str(len(pages) - 1))


@needs(PERM, office=of_province)
@require_POST
@refusals
def form_add(request: HttpRequest, form: str, spot: str) -> HttpResponse:
    """A field, heading or note at the end of a page, a group or the rows; it opens to be filled in."""
    draft = draft_of(form)
    pages, new = editing.add(forms.pages(draft), editing.spot_of(spot), request.POST.get("kind", ""), title_of(request))
    services.edit(version=draft, pages=pages, seen=request.POST.get("seen", ""), by=who(request))
    return redirect("form_item", form, ".".join(map(str, new)))


@needs(PERM, office=of_province)
@require_POST
@refusals
def form_move(request: HttpRequest, form: str, spot: str) -> HttpResponse:
    by = {"up": -1, "down": 1}.get(request.POST.get("to", ""), 0)
    save(request, form, lambda pages: editing.move(pages, editing.spot_of(spot), by))
    return back(form, spot)


@needs(PERM, office=of_province)
@require_POST
@refusals
def form_drop(request: HttpRequest, form: str, spot: str) -> HttpResponse:
    save(request, form, lambda pages: editing.put(pages, editing.spot_of(spot), None))
    return back(form, spot.split(".")[0])


@needs(PERM, office=of_province)
@require_http_methods(["GET", "POST"])
def form_item(request: HttpRequest, form: str, spot: str) -> HttpResponse:
    """What stands at the spot, to be changed."""
    draft = draft_of(form)
    pages = forms.pages(draft)
    try:
        place = editing.spot_of(spot)
        item = editing.at(pages, place)
    except NoSuchSpot:
        raise Http404 from None
    inputs = form_of(pages, place, item, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if inputs.is_valid():
            try:
                new = inputs.changed(item)  # type: ignore[arg-type]
                seen = request.POST.get("seen", "")
                services.edit(version=draft, pages=editing.put(pages, place, new), seen=seen, by=who(request))
            except Malformed as refusal:
                inputs.add_error(None, refusal.sentence)
            except Refused as refusal:
                status = refusal.status
                inputs.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("Đã lưu."))
                return back(form, spot)
    context = {"form_": draft.form, "form": inputs, "seen": services.token(draft), "spot": spot, **named(item)}
    return render(request, "procedures/forms/item.html", context, status=status)


def form_of(pages: Pages, place: tuple[int, ...], item: Page | Item, post: Any) -> ItemForm:
    if isinstance(item, Page):
        return PageForm.of(item, post)
    if isinstance(item, Heading | Note):
        return TextForm.of(item, post)
    return FieldForm(post, item, before(pages, place))


def before(pages: Pages, place: tuple[int, ...]) -> list[Field]:
    """The fields that a condition of the one at `place` may ask: those before it, beside it."""
    if len(place) == 3:
        holder = pages[place[0]].items[place[1]]
        return list(holder.fields[: place[2]]) if isinstance(holder, Field) else []
    here = [item for item in pages[place[0]].items[: place[1]] if isinstance(item, Field)]
    return [*all_fields(pages[: place[0]]), *here]


def named(item: Page | Item) -> dict[str, Any]:
    if isinstance(item, Page):
        return {"called": item.title, "kind": _("Trang")}
    if isinstance(item, Field):
        inner = (
            [(kind.value, LABELS[kind]) for kind in Kind if kind.value in INNER_KINDS] if item.kind in HOLDERS else []
        )
        return {"called": item.label, "kind": LABELS[item.kind], "inner_kinds": inner}
    return {"called": item.text, "kind": _("Tiêu đề") if isinstance(item, Heading) else _("Lời dặn")}


def save(request: HttpRequest, form: str, step: Callable[[Pages], Pages]) -> Pages:
    draft = draft_of(form)
    pages = step(forms.pages(draft))
    services.edit(version=draft, pages=pages, seen=request.POST.get("seen", ""), by=who(request))
    return pages


def title_of(request: HttpRequest) -> str:
    return " ".join(request.POST.get("title", "").split())


def back(form: str, spot: str) -> HttpResponse:
    """To the editor, at the place that was changed."""
    return redirect(f"{reverse('form_edit', args=[form])}#s-{anchor(spot)}")


def anchor(spot: str) -> str:
    return spot.replace(".", "-")
