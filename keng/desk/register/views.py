"""The pages of the register: which boxes have one, a box's book of a year or month, and its print."""

from http import HTTPStatus

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from keng.accounts.errors import answer
from keng.accounts.permissions import needs, offices
from keng.desk.mailbox.access import open_boxes
from keng.desk.register import book, paper
from keng.desk.register.chart import months
from keng.desk.scope import of_box
from keng.mailbox.errors import Malformed
from keng.mailbox.models import Box

SEE = "desk.see_register"
A_PAGE = 50


@needs(SEE)
@require_GET
def registers(request: HttpRequest) -> HttpResponse:
    """The registers in reach; who has but one of real work is taken to it, unless they ask for `all`."""
    this_year = Count("register", filter=Q(register__year=timezone.localdate().year))
    boxes = Box.objects.filter(office__in=offices(request.user, SEE)).annotate(this_year=this_year)
    ordered = boxes.select_related("office").order_by("training", "office__name", "title", "slug")
    page = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    only = [one for one in page if not one.training] or list(page)
    if len(only) == 1 and not page.has_other_pages() and "all" not in request.GET:
        return redirect("register", only[0].slug)
    return render(request, "desk/register/registers.html", {"page": page, "year": timezone.localdate().year})


@needs(SEE, office=of_box)
@require_GET
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """A box's register, the last number first."""
    box = get_object_or_404(Box.objects.select_related("office"), slug=slug)
    try:
        period = book.read_period(request.GET.get("year", ""), request.GET.get("month", ""))
    except Malformed as refused:
        return _no_such(request, refused)
    newest = book.entries(box, period).order_by("-number")
    page = Paginator(newest, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "box": box,
        "period": period,
        "page": page,
        "lines": book.lines(box, page.object_list),  # type: ignore[arg-type]
        "summary": book.summary(box, period),
        "chart": months(book.by_month(box, period.year), period.month),
        "years": book.years(box),
        "others": Box.objects.filter(office__in=offices(request.user, SEE)).exclude(pk=box.pk).exists(),
        "opens": box in open_boxes(request.user),
    }
    return render(request, "desk/register/register.html", context)


@needs(SEE, office=of_box)
@require_GET
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The same year or month, whole, to print and sign."""
    box = get_object_or_404(Box.objects.select_related("office__above", "office__province"), slug=slug)
    try:
        period = book.read_period(request.GET.get("year", ""), request.GET.get("month", ""))
    except Malformed as refused:
        return _no_such(request, refused)
    when = f"{period.year}-{period.month:02d}" if period.month else str(period.year)
    return as_file(paper.as_pdf(box, period), f"so-tiep-nhan-tin-{box.slug}-{when}.pdf")


def as_file(made: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows and nobody keeps on the way."""
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _no_such(request: HttpRequest, refused: Malformed) -> HttpResponse:
    return answer(request, HTTPStatus.BAD_REQUEST, ("malformed", _("Không mở được sổ này"), str(refused.sentence)))
