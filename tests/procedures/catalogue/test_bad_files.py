"""S3: files that are no catalogue, or were made to hurt: one clear sentence, 4xx, nothing changed, no wait."""

import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keng.core import confined
from keng.ledger.models import Entry
from keng.procedures.catalogue import handing_in, outgoing, workbook_in
from keng.procedures.models import HandedIn, Procedure
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province
from tests.procedures.catalogue.books import book, packed, parts, saved

pytestmark = pytest.mark.django_db
MB = 1024 * 1024


@pytest.fixture
def admin(desk):
    straight_in(desk, Province().quan)
    return desk


def good() -> dict[str, bytes]:
    return parts(outgoing.template())


def with_sheet(xml: bytes) -> bytes:
    """The template with its second sheet replaced."""
    return packed(good() | {"xl/worksheets/sheet2.xml": xml})


def sheet(rows: bytes, before: bytes = b"") -> bytes:
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return (
        b'<?xml version="1.0"?>'
        + before
        + b"<worksheet "
        + space
        + b"><sheetData>"
        + rows
        + b"</sheetData></worksheet>"
    )


def many_rows() -> bytes:
    made = openpyxl.Workbook(write_only=True)
    drawn = made.create_sheet("Thủ tục")
    for number in range(100_000):
        drawn.append([f"1.{number}"])
    return saved(made)


def lying() -> bytes:
    """A part whose directory entry says that it is small."""
    body = bytearray(packed(good() | {"xl/worksheets/sheet2.xml": b"A" * MB}))
    place = body.rindex(b"xl/worksheets/sheet2.xml") - 46
    body[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return bytes(body)


BAD = {
    "empty": ("a.xlsx", lambda: b"", "Chưa chọn tệp|Tệp rỗng"),
    "a picture": ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"x" * 500, "không phải bảng tính"),
    "another ending": ("a.csv", lambda: b"a,b", "Chỉ nhận tệp"),
    "no ending": ("xlsx", lambda: b"PK", "Chỉ nhận tệp|hỏng|không phải"),
    "an old workbook": ("a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "kiểu cũ"),
    "a workbook with a password": ("a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "mật khẩu"),
    "a macro": ("a.xlsx", lambda: packed(good() | {"xl/vbaProject.bin": b"x"}), "macro"),
    "a macro by its name": ("a.xlsm", lambda: packed(good()), "macro"),
    "a zip of something else": ("a.xlsx", lambda: packed({"readme.txt": b"hello"}), "không phải bảng tính"),
    "half a file": ("a.xlsx", lambda: outgoing.template()[:-400], "hỏng"),
    "only a beginning": ("a.xlsx", lambda: b"PK\x03\x04", "hỏng"),
    "a zip bomb": ("a.xlsx", lambda: packed(good() | {"xl/bomb.xml": b"\0" * (60 * MB)}), "mở ra lớn quá"),
    "thousands of parts": ("a.xlsx", lambda: packed(good() | {f"xl/{n}": b"" for n in range(2000)}), "mở ra lớn quá"),
    "a directory that lies": ("a.xlsx", lying, "hỏng"),
    "a hundred thousand rows": ("a.xlsx", many_rows, "nhiều dòng quá"),
    "a row far down": ("a.xlsx", lambda: with_sheet(sheet(b'<row r="1048576"><c r="A1048576"/></row>')), "nhiều dòng quá"),
    "entities": (
        "a.xlsx",
        lambda: with_sheet(sheet(b"", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>')),
        "hỏng",
    ),
    "broken XML": ("a.xlsx", lambda: with_sheet(b"<worksheet><sheetData><row"), "hỏng|không có cột|Thiếu cột"),
    "no sheet of procedures": ("a.xlsx", lambda: saved(openpyxl.Workbook()), "thiếu trang “Thủ tục”"),
    "no JSON": ("a.json", lambda: b'{"procedures": [', "không phải JSON"),
    "JSON of another shape": ("a.json", lambda: b"[1, 2]", "danh sách “procedures”"),
    "JSON in UTF-16": ("a.json", lambda: '{"procedures": []}'.encode("utf-16"), "UTF-8"),
    "NUL characters": ("a.json", lambda: b'{"procedures": [\0]}', "không phải JSON"),
    "deep JSON": ("a.json", lambda: b"[" * 100_000 + b"]" * 100_000, "quá sâu"),
    "a number of ten thousand digits": ("a.json", lambda: b'{"procedures": [' + b"9" * 10_000 + b"]}", "không phải JSON"),
    "a name twice": ("a.json", lambda: b'{"procedures": [{"code": "1", "code": "2"}]}', "“code” hai lần"),
    "half a character as a name": ("a.json", lambda: b'{"procedures": [], "x\\ud800": 1}', "ký tự lạ"),
    "too many procedures": ("a.json", lambda: b'{"procedures": [' + b"1," * 9000 + b"1]}", "chia làm nhiều tệp"),
    "too large": ("a.json", lambda: b" " * (2 * MB + 1), "lớn quá 2 MB"),
    "far too large": ("a.json", lambda: b" " * (6 * MB), "lớn quá 2 MB"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_s3_a_bad_file_gets_one_sentence_and_changes_nothing(admin, what):
    name, made, says = BAD[what]
    before = Entry.objects.count()
    answer = admin.post("/procedures/files/look/", {"file": SimpleUploadedFile(name, made()), "what": "draft"})
    assert 400 <= answer.status_code < 500
    page = answer.content.decode()
    assert any(part in page for part in says.split("|")), page[page.index("<h1>") :][:600]
    assert (Entry.objects.count(), Procedure.objects.count(), HandedIn.objects.count()) == (before, 0, 0)


def test_no_file_at_all_is_said(admin):
    answer = admin.post("/procedures/files/look/", {"what": "draft"})
    assert answer.status_code == 400
    assert "Chưa chọn tệp" in answer.content.decode()


def test_a_day_that_is_no_day_is_said_before_the_file_is_read(admin):
    file = SimpleUploadedFile("a.xlsx", b"x")
    answer = admin.post("/procedures/files/look/", {"file": file, "what": "publish", "day": "mai"})
    assert answer.status_code == 400
    assert "Không phải ngày" in answer.content.decode()


def test_a_cell_far_to_the_right_costs_nothing_and_is_not_read(admin):
    body = with_sheet(sheet(b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 5000))))
    assert workbook_in.read(body).procedures == []


def test_a_file_that_takes_too_long_or_finds_no_place_is_told_from_a_bad_one(monkeypatch):
    for error, status, says in ((confined.Unfit(""), 400, "lâu quá"), (confined.Busy(), 503, "đang bận")):

        def fail(*_args, error=error):
            raise error

        monkeypatch.setattr(confined, "run", fail)
        with pytest.raises(handing_in.Refused) as refused:
            workbook_in.read(saved(book({"fields": [], "life_events": [], "procedures": []})))
        assert (refused.value.status, says in str(refused.value.sentence)) == (status, True)


def test_what_many_errors_say_stays_readable(admin):
    rows = [{"code": f"bad {number}"} for number in range(900)]
    answer = admin.post(
        "/procedures/files/look/", {"file": SimpleUploadedFile("a.json", json.dumps({"procedures": rows}).encode())}
    )
    assert answer.status_code == 400
    assert answer.content.decode().count("<tr>") <= 201
