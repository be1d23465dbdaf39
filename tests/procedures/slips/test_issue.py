"""Slips 01 to 05 and the notice of a result: what they say, for whom, and what proves them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from keng.core import at_rest
from keng.ledger.models import Entry
from keng.portal.services import wording as public
from keng.procedures.catalogue.sections import TABLES
from keng.procedures.models import CostKind, Dossier
from keng.procedures.slips import issue, wording
from keng.signing import documents
from keng.signing.models import Document
from tests.procedures.cast import Province
from tests.procedures.slips.dossiers import DUE, asks, dossier, event, paper
from tests.procedures.slips.reading import codes, pages, words

STATE = "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


def supplement(of: Dossier) -> Document:
    asks(of, ("Hợp đồng thuê nhà có chữ ký chủ nhà", "Thiếu trang cuối."), ("Giấy khai sinh của con", ""))
    return issue.supplement(of)


def apology(of: Dossier) -> Document:
    of.due = DUE + timedelta(days=4)
    return issue.apology(of, reason="Phải chờ xác minh ở xã bên.")


def result(of: Dossier) -> Document:
    of.closed_at = DUE
    paper(of, "Thông báo kết quả đăng ký tạm trú", result=True)
    return issue.result(of, note="Đã cập nhật nơi tạm trú.")


SLIPS: dict[str, tuple[Callable[[Dossier], Document], list[str]]] = {
    "01": (
        lambda of: issue.receipt(of),
        [
            "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
            "Số: H11-261102-0001/TNHS",
            "Tờ khai điện tử: Đăng ký tạm trú",
            "3 ngày làm việc, kể từ khi nhận đủ hồ sơ hợp lệ",
            "08 giờ 05 phút, ngày 02 tháng 11 năm 2026",
            "17 giờ 00 phút, ngày 05 tháng 11 năm 2026",
            "NGƯỜI NỘP HỒ SƠ",
            "NGƯỜI TIẾP NHẬN HỒ SƠ",
            "Không thu",
        ],
    ),
    "02": (
        supplement,
        [
            "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
            "Hợp đồng thuê nhà có chữ ký chủ nhà",
            "Thiếu trang cuối.",
            "hết ngày 20 tháng 11 năm 2026",
            "chỉ một lần",
            "NGƯỜI HƯỚNG DẪN",
        ],
    ),
    "03": (
        lambda of: issue.refusal(of, reason="Chỗ ở không được đăng ký tạm trú mới."),
        ["PHIẾU TỪ CHỐI TIẾP NHẬN, GIẢI QUYẾT HỒ SƠ", "Chỗ ở không được đăng ký tạm trú mới.", "quyền khiếu nại"],
    ),
    "04": (
        apology,
        [
            "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ",
            "17 giờ 00 phút, ngày 05 tháng 11 năm 2026",
            "17 giờ 00 phút, ngày 09 tháng 11 năm 2026",
            "xin lỗi",
            "Phải chờ xác minh ở xã bên.",
            "THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ",
        ],
    ),
    "05": (
        lambda of: issue.stop(of, reason="Quá thời hạn bổ sung."),
        ["PHIẾU DỪNG GIẢI QUYẾT HỒ SƠ", "Quá thời hạn bổ sung."],
    ),
    "result": (
        result,
        [
            "THÔNG BÁO KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
            "Thông báo kết quả đăng ký tạm trú",
            "ab" * 32,
            "Đã cập nhật nơi tạm trú.",
        ],
    ),
}


@pytest.mark.parametrize("which", SLIPS)
def test_each_slip_says_what_the_circular_asks_for(cast: Province, which: str) -> None:
    of = dossier(cast)
    make, sentences = SLIPS[which]
    document = make(of)
    file = documents.pdf(document)
    text = words(file)
    usual = [STATE, MOTTO, "CÔNG AN XÃ THANH YÊN", "Quàng Văn An", of.code, document.code, "Thanh Yên, ngày"]
    for sentence in [*usual, *sentences]:
        assert sentence in text, sentence
    assert pages(file) == 1
    assert cast.an.number not in text


@pytest.mark.parametrize("which", SLIPS)
def test_a_phone_reads_where_to_ask_whether_a_slip_is_genuine(cast: Province, which: str) -> None:
    document = SLIPS[which][0](dossier(cast))
    assert codes(document) == [f"{settings.PUBLIC_ORIGIN}/verify/{document.code}"]
    assert documents.verify(document.code) == document
    assert "Quàng" not in document.title


def test_who_printed_it_stands_below_with_duty_and_office(cast: Province) -> None:
    text = words(documents.pdf(issue.receipt(dossier(cast), by=cast.thu)))
    assert "Lò Thị Thu" in text
    assert "Người lập: cán bộ hồ sơ, Công an xã Thanh Yên." in text
    assert Entry.objects.get(verb=documents.ISSUED).by == "thu"


NASTY = 'Nguyễn #panic("x") [*_$`@<a>\\] "' + "'" + "}}{{ =tên // /* - +"


def test_markup_in_a_name_is_data(cast: Province) -> None:
    """Nobody's name, paper or reason runs as typst."""
    cast.an.name = NASTY
    cast.an.save()
    of = dossier(cast)
    paper(of, '#read("/etc/passwd")')
    text = words(documents.pdf(issue.receipt(of)))
    assert NASTY in text
    assert '#read("/etc/passwd")' in text
    assert "#import" in words(documents.pdf(issue.refusal(of, reason='#import "official.typ"')))


def test_long_names_and_many_papers_lay_out_over_pages(cast: Province) -> None:
    cast.an.name = "Nguyễn Phúc Công Tằng Tôn Nữ " + "X" * 80
    cast.an.save()
    of = dossier(cast)
    for number in range(70):
        paper(of, f"Giấy tờ số {number} có tên khá dài, để chữ phải xuống dòng khi vượt quá một dòng của tờ giấy")
    document = issue.receipt(of)
    file = documents.pdf(document)
    assert pages(file) >= 3
    text = words(file)
    assert "Giấy tờ số 69 có tên" in text
    assert "X" * 40 not in text.replace("X" * 24 + " ", "")  # broken into pieces that fit
    assert codes(document) == [f"{settings.PUBLIC_ORIGIN}/verify/{document.code}"]


def test_a_sample_procedure_and_a_test_dossier_are_marked_as_such(cast: Province) -> None:
    of = dossier(cast)
    assert issue.SAMPLE not in words(documents.pdf(issue.receipt(of)))
    of.version.sample, of.test, of.citizen = True, True, None
    text = words(documents.pdf(issue.receipt(of)))
    assert issue.SAMPLE in text
    assert issue.TEST in text
    assert issue.NOBODY in text


def test_what_has_nothing_to_say_is_not_issued(cast: Province) -> None:
    of = dossier(cast)
    asks(of)
    of.first_due = None
    for make in (issue.refusal, issue.stop, issue.supplement, issue.apology):
        with pytest.raises(issue.NothingToSay):
            make(of)
    assert not Document.objects.exists()


def test_the_reason_is_the_events_where_none_is_given(cast: Province) -> None:
    of = dossier(cast)
    event(of, "refused", DUE - timedelta(hours=1), note="Lý do cũ.")
    event(of, "refused", DUE, note="Thiếu điều kiện cư trú.")
    text = words(documents.pdf(issue.refusal(of)))
    assert "Thiếu điều kiện cư trú." in text
    assert "Lý do cũ." not in text


def test_a_new_slip_of_a_kind_takes_back_the_one_before(cast: Province) -> None:
    of = dossier(cast)
    first = issue.receipt(of)
    other = supplement(of)
    second = issue.receipt(of)
    standing = {one.pk: one.revoked_at is None for one in documents.of_case(of.code)}
    assert standing == {first.pk: False, other.pk: True, second.pk: True}


def test_a_slip_keeps_what_was_true_when_it_was_issued(cast: Province) -> None:
    of = dossier(cast)
    document = issue.receipt(of)
    cast.an.name = "Tên Khác"
    cast.an.save()
    of.due = DUE + timedelta(days=9)
    of.save()
    text = words(documents.pdf(document))
    assert "Quàng Văn An" in text
    assert "Tên Khác" not in text
    assert "ngày 05 tháng 11 năm 2026" in text


def test_an_apology_names_the_promise_that_is_broken_also_where_a_supplement_had_moved_it(cast: Province) -> None:
    of = dossier(cast)
    of.due = DUE + timedelta(days=7)
    text = words(documents.pdf(issue.apology(of, reason="Chờ xác minh.", was=DUE + timedelta(days=4))))
    assert "Thời gian hẹn trả kết quả: 17 giờ 00 phút, ngày 09 tháng 11 năm 2026" in text
    assert "hẹn trả kết quả vào lúc 17 giờ 00 phút, ngày 12 tháng 11 năm 2026" in text
    assert "05 tháng 11" not in text


def test_a_receipt_has_the_day_as_it_is_promised_now_and_the_papers_that_were_handed_in(cast: Province) -> None:
    of = dossier(cast)
    of.due = DUE + timedelta(days=4)
    paper(of, "Giấy thuê nhà")
    paper(of, "Thông báo của cơ quan", result=True)
    text = words(documents.pdf(issue.receipt(of)))
    assert "17 giờ 00 phút, ngày 09 tháng 11 năm 2026" in text
    assert "05 tháng 11" not in text
    assert "Giấy thuê nhà" in text
    assert "Thông báo của cơ quan" not in text


def test_a_result_lists_its_own_files_and_not_what_was_handed_in(cast: Province) -> None:
    of = dossier(cast)
    paper(of, "Giấy thuê nhà")
    text = words(documents.pdf(result(of)))
    assert "Thông báo kết quả đăng ký tạm trú" in text
    assert "Giấy thuê nhà" not in text


@pytest.mark.parametrize(("channel", "online"), [("online", True), ("counter", False), ("home", False)])
def test_a_result_is_fetched_where_the_slip_says(cast: Province, channel: str, online: bool) -> None:
    """On the resident's page too, if they filed there; from the counter that took it in."""
    of = dossier(cast, channel=channel, received_by=None if online else cast.centre)
    text = words(documents.pdf(issue.receipt(of)))
    assert ("Trên trang của ông (bà)" in text) == online
    assert (cast.neighbour.name if online else cast.centre.name) in text


def test_days_on_slips_are_local_ones(cast: Province) -> None:
    """Half past midnight on the third in Vietnam is still the second in UTC."""
    at = datetime(2026, 11, 2, 17, 30, tzinfo=UTC)
    assert wording.day_of(at) == "ngày 03 tháng 11 năm 2026"
    assert wording.short(at) == "03/11/2026 00:30"


@pytest.mark.parametrize("kind", CostKind.values)
def test_a_slip_calls_a_cost_as_the_public_page_and_the_catalogue_do(cast: Province, kind: str) -> None:
    """Lệ phí is no phí (Law 97/2015/QH13): what the board says and what the receipt says are one thing."""
    version = dossier(cast).version
    version.costs = [{"kind": kind, "amount": 15000, "note": ""}]
    [(posted, amount, _note)] = public.costs(version)
    choices = next(column.choices for column in TABLES["costs"].columns if column.name == "kind")
    assert wording.costs(version) == f"{posted}: {amount}"
    assert dict(choices)[kind] == posted.lower()


@pytest.mark.parametrize("number", SLIPS)
def test_a_slip_is_vietnamese_whoever_issues_it(cast: Province, number: str) -> None:
    _ = cast.thu
    made, _said = SLIPS[number]
    of = dossier(cast)
    of.version.costs = [{"kind": "fee", "amount": 15000, "note": ""}]

    def printed(language: str) -> object:
        again = Dossier.objects.get(pk=of.pk)
        again.version = of.version
        with transaction.atomic(), override(language):
            sealed = made(again).values
            transaction.set_rollback(True)
        return json.loads(at_rest.unseal(bytes(sealed or b"")))

    assert printed("en") == printed("vi")


def test_fees_and_charges_are_called_by_their_names(cast: Province) -> None:
    of = dossier(cast)
    of.version.costs = [
        {"kind": "fee", "amount": 12000, "note": ""},
        {"kind": "charge", "amount": 8000, "note": "mỗi bản"},
        {"kind": "fee", "amount": 0},
    ]
    assert wording.costs(of.version) == "Lệ phí: 12.000 đồng; Phí: 8.000 đồng (mỗi bản); Lệ phí: không thu"
