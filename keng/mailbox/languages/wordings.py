"""Languages and their wordings, as officers keep them: added, written, reviewed, taken back. Each deed bumps the language's version."""

import re
import unicodedata
from datetime import date
from http import HTTPStatus

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.ledger.services import append
from keng.mailbox.errors import NotAllowed, Refused
from keng.mailbox.languages.catalogue import COMPILED
from keng.mailbox.languages.sentences import PLACE, Sentence, Sort, sentences
from keng.mailbox.models import Language, Wording

VERBS = {
    "mailbox.language.added": "thêm một thứ tiếng",
    "mailbox.wording.written": "viết lời dịch của một câu",
    "mailbox.wording.reviewed": "ghi người bản ngữ đã duyệt lời dịch",
    "mailbox.wording.removed": "bỏ lời dịch của một câu",
}
# BCP 47 (RFC 5646) in lower case: a language of two or three letters, perhaps a script or region, perhaps a private ending.
CODE = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-[a-z]{2})?(-x(-[a-z0-9]{1,8})+)?", re.ASCII)
CODE_MOST = 16
# Ready to choose: code, name in Vietnamese. Hmong has two scripts; a private ending tells the Vietnamese one of 1961 from RPA, for no
# subtag is registered for it. What people call their own language is theirs to write.
READY = (
    ("hmv", _("Mông, chữ RPA")),
    ("hmv-x-vn1961", _("Mông, chữ Mông Việt Nam 1961")),
    ("blt", _("Thái đen")),
    ("twh", _("Thái trắng")),
    ("ium", _("Dao")),
    ("pcc", _("Giáy")),
    ("hni", _("Hà Nhì")),
    ("zng", _("Mảng")),
)
NAME_MOST = 60
READER_MOST = 80
# A wording may be so much longer than its Vietnamese, and a short word so many characters: more would break the page.
LONGER, SPARE = 4, 60
MARKUP = re.compile(r"[<>]|&#?\w+;")
MARKS_IN_A_ROW = 4

BAD_CODE = _("Mã tiếng gồm hai hoặc ba chữ thường, ví dụ hmv; phần đuôi riêng viết sau -x-, ví dụ hmv-x-vn1961.")
CODE_TAKEN = _("Đã có thứ tiếng mang mã này.")
NO_NAME = _("Chưa có tên của thứ tiếng.")
NO_SENTENCE = _("Không có câu này trong danh mục.")
NO_WORDING = _("Câu này chưa có lời dịch.")
EMPTY = _("Chưa có chữ nào.")
TOO_LONG = _("Lời dịch dài quá %(most)d ký tự nên không vừa trang.")
HAS_MARKUP = _("Lời dịch không được có < > hay mã HTML.")
BAD_CHARACTERS = _("Lời dịch có ký tự ẩn, ký tự đổi chiều chữ hoặc xuống dòng. Đồng chí gõ lại bằng tay.")
RIGHT_TO_LEFT = _("Chữ viết từ phải sang trái chưa dùng được trên trang này.")
OTHER_PLACES = _("Chỗ điền phải đúng như câu tiếng Việt: %(places)s.")
NO_PLACES = _("Câu tiếng Việt không có chỗ điền nào, nên lời dịch không được có dấu { }.")
NO_READER = _("Chưa ghi tên người bản ngữ đã duyệt, theo cách người ấy muốn được gọi.")
NOT_FOR_YOU = _("Câu đồng ý và lời dặn thì quản trị ghi người duyệt. Đồng chí đưa bản nháp cho quản trị.")
CHANGED = _("Câu tiếng Việt hoặc lời dịch vừa thay đổi. Đồng chí xem lại rồi làm lại.")
BAD_DAY = _("Ngày duyệt không thể sau hôm nay.")


class BadWording(Refused):
    """What was written can't be shown."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__("bad_wording", HTTPStatus.BAD_REQUEST, sentence)


def check_text(sentence: Sentence, text: str) -> str:
    """The wording as it is kept: composed (NFC), without spaces round it. Raises BadWording."""
    clean = unicodedata.normalize("NFC", text.strip())
    most = LONGER * len(sentence.text) + SPARE
    if not clean:
        raise BadWording(EMPTY)
    if len(clean) > most:
        raise BadWording(TOO_LONG % {"most": most})
    _check_characters(clean)
    if MARKUP.search(clean):
        raise BadWording(HAS_MARKUP)
    places = sorted(PLACE.findall(sentence.text))
    bare = PLACE.sub("", clean)
    if sorted(PLACE.findall(clean)) != places or "{" in bare or "}" in bare:
        raise BadWording(OTHER_PLACES % {"places": ", ".join(places)} if places else NO_PLACES)
    return clean


def _check_characters(text: str) -> None:
    """Letters of any script that runs from left to right; nothing that hides, turns or piles up."""
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        if category in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"):
            raise BadWording(BAD_CHARACTERS)
        if unicodedata.bidirectional(letter) in ("R", "AL", "AN"):
            raise BadWording(RIGHT_TO_LEFT)
        marks = marks + 1 if category == "Mn" else 0
        if marks > MARKS_IN_A_ROW:
            raise BadWording(BAD_CHARACTERS)


@transaction.atomic
def add_language(*, code: str, name: str, name_in_vietnamese: str, by: str, office: str) -> Language:
    """Its catalogue is empty: until somebody writes, its page is Vietnamese. Raises Refused."""
    code = code.strip()
    if len(code) > CODE_MOST or not CODE.fullmatch(code):
        raise Refused("bad_code", HTTPStatus.BAD_REQUEST, BAD_CODE)
    if code in COMPILED or Language.objects.filter(code=code).exists():
        raise Refused("taken", HTTPStatus.CONFLICT, CODE_TAKEN)
    own, vietnamese = _name(name, NAME_MOST), _name(name_in_vietnamese, NAME_MOST)
    if not own or not vietnamese:
        raise Refused("no_name", HTTPStatus.BAD_REQUEST, NO_NAME)
    made = Language.objects.create(code=code, name=own, name_in_vietnamese=vietnamese, added_on=localdate())
    append(verb="mailbox.language.added", subject=code, office=office, by=by)
    return made


@transaction.atomic
def write(*, language: Language, key: str, text: str, by: str, office: str) -> Wording:
    """A draft for the sentence as its Vietnamese is now. What was reviewed and reads the same stays so. Raises Refused, BadWording."""
    sentence = sentence_of(key)
    clean = check_text(sentence, text)
    _touch(language)
    wording = _wording(language, key)
    if wording is not None and (wording.text, wording.source) == (clean, sentence.text):
        return wording
    fields = {
        "source": sentence.text, "text": clean, "state": Wording.State.DRAFT, "reader": "", "reviewed_on": None,
    }  # fmt: skip
    wording, _new = Wording.objects.update_or_create(language=language, key=key, defaults=fields)
    append(verb="mailbox.wording.written", subject=f"{language.code} {key}", office=office, by=by)
    return wording


@transaction.atomic
def review(
    *,
    language: Language,
    key: str,
    text: str,
    reader: str,
    by: str,
    office: str,
    on: date | None = None,
    vouches: bool = False,
) -> Wording:
    """`reader`, a native reader by the name they wish, has read `text` beside today's Vietnamese and found it right.

    The catalogue is everybody's, and whoever drafts could write down a reader: consents and legal sentences stand only when somebody who
    `vouches` (an administrator who keeps languages) wrote it down. Raises Refused.
    """
    sentence = sentence_of(key)
    if sentence.sort is not Sort.PLAIN and not vouches:
        raise NotAllowed(NOT_FOR_YOU, "not_for_you")
    name, on = _name(reader, READER_MOST), on or localdate()
    if not name:
        raise Refused("no_reader", HTTPStatus.BAD_REQUEST, NO_READER)
    if on > localdate():
        raise Refused("bad_day", HTTPStatus.BAD_REQUEST, BAD_DAY)
    _touch(language)
    wording = _wording(language, key)
    if wording is None:
        raise NotAllowed(NO_WORDING, "no_wording")
    if (wording.text, wording.source) != (unicodedata.normalize("NFC", text.strip()), sentence.text):
        raise NotAllowed(CHANGED, "changed")
    wording.state, wording.reader, wording.reviewed_on = Wording.State.REVIEWED, name, on
    wording.save(update_fields=["state", "reader", "reviewed_on"])
    append(verb="mailbox.wording.reviewed", subject=f"{language.code} {key}", office=office, by=by)
    return wording


@transaction.atomic
def remove(*, language: Language, key: str, by: str, office: str) -> None:
    """The sentence goes back to Vietnamese alone. Raises Refused when there is nothing to remove."""
    _touch(language)
    if not Wording.objects.filter(language=language, key=key).delete()[0]:
        raise NotAllowed(NO_WORDING, "no_wording")
    append(verb="mailbox.wording.removed", subject=f"{language.code} {key}", office=office, by=by)


def sentence_of(key: str) -> Sentence:
    """Raises Refused (`no_sentence`, 404)."""
    found = sentences().get(key)
    if found is None:
        raise Refused("no_sentence", HTTPStatus.NOT_FOUND, NO_SENTENCE)
    return found


def _wording(language: Language, key: str) -> Wording | None:
    return Wording.objects.filter(language=language, key=key).first()


def _touch(language: Language) -> None:
    """Takes the language's row first, so that two deeds on one sentence come one after the other."""
    Language.objects.filter(pk=language.pk).update(version=F("version") + 1)


def _name(text: str, most: int) -> str:
    """A name as one line of visible characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:most]
