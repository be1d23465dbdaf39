"""Languages of the reporter's page: which there are, what each says for every sentence, who read it. One catalogue for all offices."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts.permissions import may, needs, offices
from keng.desk.languages import progress
from keng.desk.languages.asked import language_of, office_of, sentence_of, told_in_words, user_of
from keng.desk.languages.forms import LanguageForm, TableForm
from keng.mailbox.errors import Refused
from keng.mailbox.languages import exchange, wordings
from keng.mailbox.languages.catalogue import STANDING_NAMES, Standing
from keng.mailbox.languages.sentences import SORT_NAMES, Sort
from keng.mailbox.models import Box, Language

ADD, WRITE, RECORD, APPROVE = "desk.add_language", "desk.write_wording", "desk.record_prompt", "desk.approve_prompt"
A_PAGE = 50
BOXES_A_PAGE = 25


@needs(WRITE)
@require_GET
def languages(request: HttpRequest) -> HttpResponse:
    """Each language with its progress; each box in reach with what can be heard there."""
    user = request.user
    open_boxes = Box.objects.filter(office__in=offices(user, WRITE), closed_on=None).order_by(
        "training", "title", "slug"
    )
    page = Paginator(open_boxes, BOXES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "languages": progress.of_languages(Language.objects.order_by("name_in_vietnamese", "code")),
        "page": page,
        "boxes": progress.of_boxes(page),
        "adds": may(user, ADD),
        "records": may(user, RECORD),
        "approves": may(user, APPROVE),
    }
    return render(request, "desk/languages/list.html", context)


@needs(ADD)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = LanguageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("code", "name", "name_in_vietnamese")}
        user = user_of(request)
        try:
            made = wordings.add_language(**said, by=user.username, office=office_of(user, ADD))
        except Refused as refused:
            form.add_error("code", str(refused.sentence))
        else:
            messages.success(
                request, _("Đã thêm thứ tiếng. Bước tiếp theo: viết lời dịch, rồi thêm thứ tiếng cho hộp thư.")
            )
            return redirect(_address("language_sentences", language=made.code))
    return render(request, "desk/languages/add.html", {"form": form}, status=400 if form.errors else 200)


@needs(WRITE)
@require_GET
@told_in_words
def sentences(request: HttpRequest) -> HttpResponse:
    """`?show=` chooses missing, draft, stale or reviewed ones."""
    language = language_of(request.GET)
    rows = progress.rows_of(language)
    show = request.GET.get("show", "")
    shown = [row for row in rows if row.standing == show] if show in STANDING_NAMES else rows
    context = {
        "language": language,
        "progress": progress.of_wordings({row.sentence.key: row.wording for row in rows if row.wording}),
        "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
        "show": show,
        "sorts": SORT_NAMES,
    }
    return render(request, "desk/languages/sentences.html", context)


@needs(WRITE)
@require_GET
@told_in_words
def sentence(request: HttpRequest) -> HttpResponse:
    return _sentence_page(request, language_of(request.GET), sentence_of(request.GET).key)


@needs(WRITE)
@require_POST
@told_in_words
def write(request: HttpRequest) -> HttpResponse:
    """Keeps a draft and goes on to the next sentence that lacks one; an empty text takes the wording back."""
    language, key = language_of(request.POST), sentence_of(request.POST).key
    text, who = request.POST.get("text", ""), _who(request)
    try:
        if text.strip():
            wordings.write(language=language, key=key, text=text, **who)
        else:
            wordings.remove(language=language, key=key, **who)
    except Refused as refused:
        return _sentence_page(request, language, key, wrong=refused, text=text)
    messages.success(request, _("Đã lưu bản nháp.") if text.strip() else _("Đã bỏ lời dịch."))
    following = _next_missing(language, key) if request.POST.get("next") else key
    if following is None:
        return redirect(_address("language_sentences", language=language.code))
    return redirect(_address("language_sentence", language=language.code, key=following))


@needs(WRITE)
@require_POST
@told_in_words
def review(request: HttpRequest) -> HttpResponse:
    language, key = language_of(request.POST), sentence_of(request.POST).key
    text, reader, user = request.POST.get("text", ""), request.POST.get("reader", ""), user_of(request)
    office = office_of(user, WRITE)
    try:
        wordings.review(
            language=language,
            key=key,
            text=text,
            reader=reader,
            by=user.username,
            office=office,
            vouches=may(user, ADD),
        )
    except Refused as refused:
        return _sentence_page(request, language, key, wrong=refused, reader=reader)
    messages.success(request, _("Đã ghi người duyệt. Từ giờ bà con thấy lời dịch này."))
    return redirect(_address("language_sentence", language=language.code, key=key))


@needs(WRITE)
@require_GET
@told_in_words
def table(request: HttpRequest) -> HttpResponse:
    """The catalogue as CSV."""
    language = language_of(request.GET)
    response = HttpResponse(exchange.table_of(language), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="keng-{language.code}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@needs(WRITE)
@require_http_methods(["GET", "POST"])
@told_in_words
def look_at_table(request: HttpRequest) -> HttpResponse:
    """A dry run: what a filled table would change, and its mistakes line by line."""
    language = language_of(request.GET)
    form = TableForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"language": language, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            text = exchange.read_file(form.cleaned_data["table"].read(exchange.MOST + 1))
            context |= {"reading": exchange.read(language, text), "text": text}
        except Refused as refused:
            form.add_error("table", str(refused.sentence))
    return render(request, "desk/languages/table.html", context, status=400 if form.errors else 200)


@needs(WRITE)
@require_POST
@told_in_words
def take_table(request: HttpRequest) -> HttpResponse:
    """What the dry run showed, all of it or nothing."""
    language = language_of(request.POST)
    reading = exchange.apply(
        language=language, text=request.POST.get("text", ""), vouches=may(request.user, ADD), **_who(request)
    )
    messages.success(request, _("Đã nhập %(count)d câu.") % {"count": len(reading.changes)})
    return redirect(_address("language_sentences", language=language.code))


def _sentence_page(
    request: HttpRequest,
    language: Language,
    key: str,
    *,
    wrong: Refused | None = None,
    text: str | None = None,
    reader: str = "",
) -> HttpResponse:
    row = next(row for row in progress.rows_of(language) if row.sentence.key == key)
    context = {
        "language": language,
        "row": row,
        "sort": SORT_NAMES[row.sentence.sort],
        "text": text if text is not None else row.wording.text if row.wording else "",
        "reader": reader,
        "wrong": wrong.sentence if wrong else "",
        "following": _next_missing(language, key),
        "may_review": row.sentence.sort is Sort.PLAIN or may(request.user, ADD),
    }
    return render(request, "desk/languages/sentence.html", context, status=wrong.status if wrong else 200)


def _next_missing(language: Language, key: str) -> str | None:
    """The next sentence without a wording that counts, going round; None when there is none."""
    rows = progress.rows_of(language)
    at = next(i for i, row in enumerate(rows) if row.sentence.key == key)
    lacking = (row for row in rows[at + 1 :] + rows[:at] if row.standing in (Standing.MISSING, Standing.STALE))
    found = next(lacking, None)
    return found.sentence.key if found else None


def _who(request: HttpRequest) -> dict[str, str]:
    user = user_of(request)
    return {"by": user.username, "office": office_of(user, WRITE)}


def _address(name: str, **said: str) -> str:
    return f"{reverse(name)}?{urlencode(said)}"
