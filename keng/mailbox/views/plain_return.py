"""`/r/plain`: returning without JavaScript. Each step carries the receipt in its form; the server derives from it, answers and forgets."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.mailbox import plain, plain_thread
from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.kinds import told
from keng.mailbox.models import Box, State
from keng.mailbox.sealing import ReceiptError, ReceiptKeys, read_receipt
from keng.mailbox.services import delete
from keng.mailbox.views.html import address, by_method, languages, page, read_form, storing

PATH = "/r/plain"
NOT_FOUND = _("Không tìm thấy tin nào với mã này. Có thể mã sai, hoặc tin đã xoá.")
NOT_SURE = _("Muốn xoá tin, bà con đánh dấu vào ô bên dưới rồi bấm xoá.")
RECEIPT = {
    "letters": _("Mã chỉ gồm các chữ số. Bà con xem lại rồi gõ lại."),
    "length": _("Mã có đủ 24 chữ số, sáu nhóm bốn số. Bà con xem lại có thiếu hay thừa số nào."),
    "check": _("Có chữ số gõ nhầm. Bà con xem lại từng nhóm bốn số."),
}
SENT = _("Đã đến nơi.")
Said = dict[str, str]


def show_form(request: HttpRequest, lang: str) -> HttpResponse:
    """Shapes: 200."""
    return _ask(lang)


def open_thread(request: HttpRequest, lang: str) -> HttpResponse:
    """Shapes: 200 with the thread; 400, 404 with the form and a sentence."""
    return _with_receipt(request, lang, lambda keys, said: _thread(keys, said, lang))


def write_again(request: HttpRequest, lang: str) -> HttpResponse:
    """Shapes: 200 with the thread; 400, 409, 413 with the thread, the text still in its field, and a sentence."""

    def write(keys: ReceiptKeys, said: Said) -> HttpResponse:
        try:
            text = plain.checked_text(said.get("text", ""))
            storing(plain_thread.write_again)(keys=keys, text=text, form=said.get("form", ""))
        except Refused as refused:
            return _thread(keys, said, lang, refused=refused)
        return _thread(keys, {**said, "text": ""}, lang, done=SENT)

    return _with_receipt(request, lang, write)


def delete_report(request: HttpRequest, lang: str) -> HttpResponse:
    """Shapes: 200 with the day of erasure or that it is gone; 400 with the thread when the box was not ticked."""

    def erase(keys: ReceiptKeys, said: Said) -> HttpResponse:
        if said.get("sure") != "yes":
            return _thread(keys, said, lang, refused=Malformed(NOT_SURE, "not_sure"))
        return page("plain_deleted", lang, {**_common(lang), "day": delete(token=keys.token)})

    return _with_receipt(request, lang, erase)


@storing
def _with_receipt(request: HttpRequest, lang: str, then: Callable[[ReceiptKeys, Said], HttpResponse]) -> HttpResponse:
    """Reads the receipt in the form and works out its keys; a refusal is the first page again, with the code as typed."""
    said = read_form(request)
    try:
        receipt = _read(said.get("code", ""))
        with plain.returners.hold():
            return then(plain.keys_of(receipt, "return"), {**said, "code": receipt})
    except Refused as refused:
        return _ask(lang, refused=refused, code=said.get("code", ""))


def _read(typed: str) -> str:
    try:
        return read_receipt(typed)
    except ReceiptError as error:
        raise Malformed(RECEIPT[error.kind], "receipt") from None


def _ask(lang: str, *, refused: Refused | None = None, code: str = "") -> HttpResponse:
    if refused is not None and refused.code == "no_thread":
        refused = Refused("no_thread", HTTPStatus.NOT_FOUND, NOT_FOUND)
    context = {**_common(lang), "code": code[:80], "error": refused.sentence if refused else ""}
    return page("plain_return", lang, context, refused.status if refused else HTTPStatus.OK)


def _thread(
    keys: ReceiptKeys, said: Said, lang: str, *, refused: Refused | None = None, done: str | Promise = ""
) -> HttpResponse:
    thread = plain_thread.open_thread(keys)
    titles = dict(
        Box.objects.filter(slug__in=[one.forwarded_to for one in thread.answers]).values_list("slug", "title")
    )
    context = {
        **_common(lang),
        "thread": thread,
        "state": told(thread.kind, thread.state),
        "unopened": thread.state == State.RECEIVED,
        "erase_on": parse_date(thread.erase_on or ""),
        "answers": [(one, titles.get(one.forwarded_to, one.forwarded_to)) for one in thread.answers],
        "code": said["code"],
        "form": plain.new_form(),
        "text": said.get("text", ""),
        "most": plain.TEXT_MOST,
        "error": refused.sentence if refused else "",
        "done": done,
    }
    return page("plain_thread", lang, context, refused.status if refused else HTTPStatus.OK)


def _common(lang: str) -> dict[str, object]:
    return {
        "here": address(PATH, lang),
        "writing": address(f"{PATH}/write", lang),
        "deleting": address(f"{PATH}/delete", lang),
        "sealed_page": address("/r", lang),
        "languages": languages(PATH, lang, set(dict(settings.LANGUAGES))),
    }


returning = by_method(get=show_form, post=open_thread)
writing = by_method(post=write_again)
deleting = by_method(post=delete_report)
