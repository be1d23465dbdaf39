"""`/services/status`: how far a dossier is, for who knows its code and the last digits of the applicant's id number.

The state, nothing more. What is wrong is not told. Tries slow the code, never an address;
nothing of the asker is kept.
"""

import secrets
import unicodedata
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.accounts import slowing
from keng.portal.pages import answering, page
from keng.procedures.models import Dossier, State

DIGITS = 4
LONGEST_CODE = 40
SAYS: dict[str, Promise] = {
    State.SUBMITTED: _("Đã nộp, cán bộ đang kiểm tra."),
    State.WAITING: _("Đang chờ bà con bổ sung giấy tờ. Xem yêu cầu ở trang riêng của mình hoặc hỏi nơi nộp."),
    State.PROCESSING: _("Đã tiếp nhận, đang giải quyết."),
    State.DONE: _("Đã có kết quả. Mời bà con đến nhận, hoặc xem ở trang riêng của mình."),
    State.RETURNED: _("Đã trả kết quả."),
    State.REFUSED: _("Không giải quyết được. Lý do ghi trong phiếu từ chối gửi bà con."),
    State.WITHDRAWN: _("Người nộp đã rút hồ sơ."),
    State.STOPPED: _("Đã dừng giải quyết. Lý do ghi trong phiếu gửi bà con."),
}
NOBODY = "0" * DIGITS


@dataclass(frozen=True)
class Standing:
    """What is told: the state's name and its sentence."""

    state: str | Promise
    says: Promise


class Unknown(Exception):
    """No such dossier, other digits, or an erased one: all the same."""


@answering("GET", "HEAD", "POST")
def status(request: HttpRequest, *, lang: str = "vi") -> HttpResponse:
    """The form; posted, the answer below it. The code typed comes back into the field, the digits never."""
    if request.method != "POST":
        return page("services/status", lang, door="status")
    code, digits = _plain(request.POST.get("code", "")).upper(), _plain(request.POST.get("digits", ""))
    if not code or len(digits) != DIGITS or not digits.isdigit():
        return page("services/status", lang, door="status", status=400, code=code, wrong="form")
    try:
        return page("services/status", lang, door="status", code=code, standing=ask(code, digits=digits))
    except slowing.TooSoon as too_soon:
        wait = int(too_soon.wait.total_seconds()) + 1
        answer = page("services/status", lang, door="status", status=429, code=code, wait=wait)
        answer.headers["Retry-After"] = str(wait)
        return answer
    except Unknown:
        return page("services/status", lang, door="status", status=404, code=code, wrong="unknown")


def ask(code: str, *, digits: str) -> Standing:
    """Raises Unknown, or slowing.TooSoon. A try is counted before anything is looked at, for codes that there are not alike."""
    counter = counter_of(code)
    slowing.begin(counter)
    found = Dossier.objects.filter(code=code, test=False, erased_at=None).values_list("citizen__number", "state")
    number, state = found.first() or (None, "")
    right = secrets.compare_digest((number or NOBODY)[-DIGITS:].encode(), digits.encode())
    if number is None or not right:
        raise Unknown
    # Not `forgive`: what strangers tried stays counted, for the holder's own look must not give them new tries.
    slowing.take_back(counter)
    return Standing(State(state).label, SAYS[state])


def counter_of(code: str) -> str:
    """Whose tries are counted: a digest, for people type other things into the field, and no officer's login looks like it."""
    return "hồ sơ " + salted_hmac("keng.portal.status", code, algorithm="sha256").hexdigest()[:40]


def _plain(typed: str) -> str:
    """Without blanks, full-width digits as plain ones, of bounded length."""
    folded = unicodedata.normalize("NFKC", typed[: LONGEST_CODE * 2])
    return "".join(char for char in folded if char.isascii() and char.isprintable() and not char.isspace())[
        :LONGEST_CODE
    ]
