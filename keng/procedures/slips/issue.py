"""Each slip by a function: it takes the dossier as it now stands, gathers what is printed, and issues the document.

All stand in the transaction of the deed that they belong to, and are Vietnamese whoever does it. Slips 06 and 07 are no documents of this
kind: 06 is laid out anew from the events whenever the office looks, 07 is a list; neither leaves the office, so their QR leads to their own
page on the desk. `by` is who does the deed, whose name and duty stand below it; without one it is the dossier's owner.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import override

from keng.accounts.models import Citizen, Role, User
from keng.procedures.dossiers.routing import counter_of
from keng.procedures.models import Channel, Dossier
from keng.procedures.slips import control as control_slip
from keng.procedures.slips import register as register_slip
from keng.procedures.slips import wording
from keng.procedures.slips.kinds import APOLOGY, RECEIPT, REFUSAL, RESULT, STOP, SUPPLEMENT, TITLES
from keng.signing import documents
from keng.signing.models import Document
from keng.units.letterhead import heading
from keng.units.models import Office

SAMPLE = "Thủ tục mẫu của phần mềm: phải đối chiếu danh mục đã công bố trước khi dùng."
TEST = "HỒ SƠ THỬ, KHÔNG CÓ GIÁ TRỊ"
NOBODY = "(hồ sơ thử, không có người nộp)"
SIGN, SIGN_AND_STAMP = "(Ký, ghi rõ họ tên)", "(Ký tên, đóng dấu)"
APPLICANT, HEAD = "Người nộp hồ sơ", "Thủ trưởng cơ quan, đơn vị"
# What stands before the stroke is the dossier's code: one dossier has one slip of a kind at a time.
MARKS = {RECEIPT: "TNHS", SUPPLEMENT: "HDHS", REFUSAL: "TCHS", APOLOGY: "PXL", STOP: "TBD", RESULT: "TBKQ"}
Block = dict[str, object]


class NothingToSay(ValueError):
    """A slip without what it is for: a refusal without a reason, an apology without a new day."""


@override("vi")
def receipt(dossier: Dossier, *, by: User | None = None) -> Document:
    """Slip 01: what was received, and when the result is due. One that was given for the dossier before is taken back."""
    version = dossier.version
    facts = [
        ["Nội dung yêu cầu giải quyết", wording.what_for(version, dossier.procedure.code)],
        ["Cách thức nộp", f"Nộp {Channel(dossier.channel).label}"],
    ]
    times = [
        ["Số lượng hồ sơ", "01 bộ"],
        ["Thời gian giải quyết theo quy định", wording.promised(version)],
        ["Phí, lệ phí", wording.costs(version)],
        ["Thời gian nhận hồ sơ", wording.moment(dossier.accepted_at or dossier.submitted_at)],
        [
            "Thời gian trả kết quả",
            wording.moment(dossier.due) if dossier.due else "Tính từ khi hồ sơ hợp lệ, sẽ báo sau",
        ],
        ["Nơi nhận kết quả", _where(dossier)],
    ]
    body = [
        _facts([*_person(dossier), *facts]),
        _list("Thành phần hồ sơ nộp gồm", wording.papers(dossier)),
        _facts(times),
        _note("Phiếu này lập thành hai bản: một bản giao cho người nộp, một bản lưu theo hồ sơ."),
    ]
    return _issue(
        RECEIPT, dossier, by, body, signs=[_applicant(dossier), _officer("Người tiếp nhận hồ sơ", dossier, by)]
    )


@override("vi")
def supplement(dossier: Dossier, *, by: User | None = None) -> Document:
    """Slip 02: everything that is missing, at once, with the day by which it is awaited. Raises NothingToSay."""
    asked = dossier.supplement
    if not asked.items:
        raise NothingToSay("a supplement that asks for nothing")
    office = dossier.office
    reach = f", số điện thoại {office.phone}" if office.phone else ""
    body = [
        _facts(
            [
                *_person(dossier),
                ["Nội dung yêu cầu giải quyết", wording.what_for(dossier.version, dossier.procedure.code)],
            ]
        ),
        _table(
            "Để hồ sơ được giải quyết, đề nghị ông (bà) bổ sung, hoàn thiện những nội dung sau:",
            wording.numbered(asked.items),
        ),
        _text(
            f"Thời hạn bổ sung: hết {wording.day(asked.by_day)}. Đây là yêu cầu đầy đủ, chỉ một lần. Thời gian chờ bổ sung không tính vào "
            "thời gian giải quyết; quá thời hạn trên mà không bổ sung thì hồ sơ dừng giải quyết."
        ),
        _text(
            f"Trong khi hoàn thiện hồ sơ, nếu có vướng mắc, ông (bà) liên hệ với {office.name}{reach} để được hướng dẫn."
        ),
    ]
    return _issue(SUPPLEMENT, dossier, by, body, signs=[_officer("Người hướng dẫn", dossier, by)])


@override("vi")
def refusal(dossier: Dossier, *, reason: str = "", by: User | None = None) -> Document:
    """Slip 03: `reason`, else the note of the refusal's event. Raises NothingToSay without either."""
    body = [
        _facts(
            [
                *_person(dossier),
                ["Nội dung yêu cầu giải quyết", wording.what_for(dossier.version, dossier.procedure.code)],
            ]
        ),
        _text(f"Qua xem xét hồ sơ, {dossier.office.name} không tiếp nhận, không giải quyết hồ sơ này vì lý do sau:"),
        _quote(_why(dossier, "refused", reason)),
        _text(
            "Xin thông báo để ông (bà) được biết. Nếu không đồng ý, ông (bà) có quyền khiếu nại theo quy định của pháp luật."
        ),
    ]
    return _issue(REFUSAL, dossier, by, body, signs=[_applicant(dossier), _officer("Người lập phiếu", dossier, by)])


@override("vi")
def apology(dossier: Dossier, *, reason: str = "", was: datetime | None = None, by: User | None = None) -> Document:
    """Slip 04: sorry, why, and the new day. `was` is the day that can't be kept, else the first that was promised. Raises NothingToSay."""
    broken = was or dossier.first_due
    if broken is None or dossier.due is None:
        raise NothingToSay("an apology without a day")
    name, office = _name(dossier), dossier.office.name
    body = [
        _to(f"Kính gửi: Ông (bà) {name}"),
        _text(
            f"{wording.day_of(dossier.accepted_at or dossier.submitted_at).capitalize()}, {office} tiếp nhận hồ sơ mã số {dossier.code} "
            f"của ông (bà) về việc: {wording.what_for(dossier.version, dossier.procedure.code)}. "
            f"Thời gian hẹn trả kết quả: {wording.moment(broken)}."
        ),
        _text(f"{office} chưa trả được kết quả đúng hạn đã hẹn, vì lý do sau:"),
        _quote(_why(dossier, "extended", reason)),
        _text(
            f"{office} xin lỗi ông (bà) vì sự chậm trễ này và hẹn trả kết quả vào lúc {wording.moment(dossier.due)}."
        ),
        _text("Rất mong nhận được sự thông cảm của ông (bà)."),
    ]
    return _issue(APOLOGY, dossier, by, body, signs=[(HEAD, SIGN_AND_STAMP, "")])


@override("vi")
def stop(dossier: Dossier, *, reason: str = "", by: User | None = None) -> Document:
    """Slip 05: the dossier is worked on no more, and why. Raises NothingToSay."""
    body = [
        _facts(
            [
                *_person(dossier),
                ["Nội dung yêu cầu giải quyết", wording.what_for(dossier.version, dossier.procedure.code)],
            ]
        ),
        _text(f"{dossier.office.name} thông báo dừng giải quyết hồ sơ nói trên, vì lý do sau:"),
        _quote(_why(dossier, "stopped", reason)),
        _text("Giấy tờ đã nộp được trả lại theo quy định. Khi có đủ điều kiện, ông (bà) có thể nộp hồ sơ mới."),
    ]
    return _issue(STOP, dossier, by, body, signs=[_officer("Người lập phiếu", dossier, by), (HEAD, SIGN_AND_STAMP, "")])


@override("vi")
def result(dossier: Dossier, *, note: str = "", by: User | None = None) -> Document:
    """The notice that a result is there: what was applied for, what came of it, and each file of the result with its fingerprint."""
    told = note or _note_of(dossier, "finished")
    files = dossier.attachments.filter(result=True).order_by("given_at", "pk").values_list("title", "name", "sha256")
    body = [
        _facts(
            [
                *_person(dossier),
                ["Nội dung yêu cầu giải quyết", wording.what_for(dossier.version, dossier.procedure.code)],
                ["Kết quả", dossier.version.result],
                ["Ngày có kết quả", wording.moment(dossier.closed_at) if dossier.closed_at else ""],
                ["Nơi nhận kết quả", _where(dossier)],
            ]
        ),
        *([_quote(told)] if told else []),
        *([_files([[title or name, sha256] for title, name, sha256 in files])] if files else []),
    ]
    return _issue(
        RESULT, dossier, by, body, signs=[_officer("Người lập phiếu", dossier, by), (HEAD, SIGN_AND_STAMP, "")]
    )


@override("vi")
def control(dossier: Dossier, *, address: str) -> bytes:
    """Slip 06 as PDF, from the events as they are now: no issued document, for it is never finished and nobody outside asks for it."""
    return control_slip.pdf_of(dossier, address)


@override("vi")
def register(office: Office, first: date, last: date, *, address: str) -> bytes:
    """Slip 07 as PDF: what the office received from `first` to `last`, both included. It names nobody."""
    return register_slip.pdf_of(office, first, last, address)


def _issue(
    kind: str, dossier: Dossier, by: User | None, body: list[Block], *, signs: list[tuple[str, str, str]]
) -> Document:
    values: Mapping[str, object] = {
        **heading(dossier.office),
        "number": f"Số: {dossier.code}/{MARKS[kind]}",
        "code": dossier.code,
        "notices": [*([TEST] if dossier.test else []), *([SAMPLE] if dossier.version.sample else [])],
        "body": body,
        "signatures": signs,
        "foot": f"Mã hồ sơ {dossier.code}. Người lập: {_duty(dossier, by)}, {dossier.office.name}.",
    }
    for before in documents.of_case(dossier.code):
        if before.kind == kind and before.revoked_at is None:
            documents.revoke(document=before, by=by)
    return documents.issue(
        kind=kind, case=dossier.code, title=TITLES[kind], office=dossier.office, values=values, by=by
    )


def _person(dossier: Dossier) -> list[list[str]]:
    """Whose it is, as the form has it; what isn't known is left out rather than dotted."""
    citizen: Citizen | None = dossier.citizen
    if citizen is None:
        return [["Hồ sơ của", NOBODY]]
    known = [["Hồ sơ của", citizen.name], ["Số điện thoại", citizen.phone], ["Thư điện tử", citizen.email]]
    return [row for row in known if row[1]]


def _name(dossier: Dossier) -> str:
    return dossier.citizen.name if dossier.citizen else NOBODY


def _applicant(dossier: Dossier) -> tuple[str, str, str]:
    return APPLICANT, SIGN, dossier.citizen.name if dossier.citizen else ""


def _officer(what: str, dossier: Dossier, by: User | None) -> tuple[str, str, str]:
    who = by or dossier.owner
    return what, SIGN, who.name if who else ""


def _duty(dossier: Dossier, by: User | None) -> str:
    return str(Role.CASEWORKER.label) if by or dossier.owner else "hệ thống"


def _where(dossier: Dossier) -> str:
    counter = counter_of(dossier) or dossier.office
    if dossier.channel == Channel.ONLINE:
        return f"Trên trang của ông (bà), hoặc tại {counter.name}"
    return f"{counter.name}{', ' + counter.address if counter.address else ''}"


def _why(dossier: Dossier, event: str, reason: str) -> str:
    said = reason.strip() or _note_of(dossier, event).strip()
    if not said:
        raise NothingToSay(f"{event} without a reason")
    return said


def _note_of(dossier: Dossier, event: str) -> str:
    notes = dossier.events.filter(kind=event).order_by("-at", "-pk").values_list("note", flat=True)
    return notes.first() or ""


def _facts(rows: list[list[str]]) -> Block:
    return {"sort": "facts", "rows": [row for row in rows if row[1]]}


def _list(title: str, items: list[str]) -> Block:
    return {"sort": "list", "title": title, "items": items}


def _table(title: str, rows: list[list[str]]) -> Block:
    return {"sort": "table", "title": title, "rows": rows}


def _files(rows: list[list[str]]) -> Block:
    return {"sort": "files", "rows": rows}


def _text(text: str) -> Block:
    return {"sort": "text", "text": text}


def _quote(text: str) -> Block:
    return {"sort": "quote", "text": text}


def _to(text: str) -> Block:
    return {"sort": "to", "text": text}


def _note(text: str) -> Block:
    return {"sort": "note", "text": text}
