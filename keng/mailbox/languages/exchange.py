"""A catalogue as a table to work on elsewhere: CSV in UTF-8, one sentence a line, read back with a dry run that says what would change.

Columns: key, sort, vietnamese, text, state, reader, reviewed_on. A line without a text is left alone; nothing is removed by reading one.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.mailbox.errors import Malformed, Refused
from keng.mailbox.languages import wordings
from keng.mailbox.languages.catalogue import Standing, standing
from keng.mailbox.languages.sentences import Sentence, sentences
from keng.mailbox.models import Language, Wording

COLUMNS = ("key", "sort", "vietnamese", "text", "state", "reader", "reviewed_on")
NEEDED = ("key", "vietnamese", "text")
MOST = 512 * 1024  # bytes
LINES_MOST = 2000
# What a spreadsheet would take for a formula; an apostrophe before it keeps it a text.
FORMULA = ("=", "+", "-", "@", "'")

TOO_LARGE = _("Tệp lớn quá 512 KB.")
NOT_TEXT = _("Tệp không phải chữ UTF-8. Khi lưu bảng tính, đồng chí chọn kiểu “CSV UTF-8”.")
NOT_A_TABLE = _("Tệp không phải bảng CSV đọc được, hoặc có trên 2000 dòng.")
NO_COLUMNS = _("Dòng đầu phải có các cột key, vietnamese, text. Đồng chí tải bảng từ trang này rồi điền vào.")
OTHER_SOURCE = _("Câu tiếng Việt ở cột vietnamese khác câu đang dùng. Đồng chí tải bảng mới.")
TWICE = _("Câu này đã có ở dòng %(line)d.")
BAD_STATE = _("Cột state phải là draft hoặc reviewed.")
BAD_DAY = _("Ngày duyệt phải viết như 2026-11-22 và không sau hôm nay.")
UNCHANGED = _("Tệp không có gì mới so với danh mục.")
HAS_PROBLEMS = _("Tệp còn dòng sai, nên chưa nhập gì. Đồng chí sửa rồi nộp lại.")


@dataclass(frozen=True)
class Change:
    """`before` is None for a sentence that had no wording; `reader` is "" for a draft."""

    line: int
    sentence: Sentence
    before: str | None
    after: str
    reader: str
    on: date | None


@dataclass(frozen=True)
class Problem:
    line: int
    sentence: str | Promise


@dataclass
class Reading:
    """What a table would do. It does it only when there is no problem."""

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    same: int = 0


def table_of(language: Language) -> str:
    """The whole catalogue, with the mark by which spreadsheets know UTF-8."""
    kept = {one.key: one for one in language.wordings.all()}
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for key, sentence in sentences().items():
        wording = kept.get(key)
        how = standing(sentence, wording)
        shown = wording if how in (Standing.DRAFT, Standing.REVIEWED) else None
        reviewed = shown if how is Standing.REVIEWED else None
        row = [key, sentence.sort.value, sentence.text, shown.text if shown else ""]
        row += (
            [shown.state, reviewed.reader, str(reviewed.reviewed_on)]
            if shown and reviewed
            else [shown.state if shown else "", "", ""]
        )
        writer.writerow([_as_text(cell) for cell in row])
    return out.getvalue()


def read_file(raw: bytes) -> str:
    """Raises Refused."""
    if len(raw) > MOST:
        raise Refused("too_large", 413, TOO_LARGE)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(NOT_TEXT) from error


def read(language: Language, text: str) -> Reading:
    """A dry run: changes nothing. Raises Malformed for what is no table of ours at all."""
    if len(text.encode()) > MOST:
        raise Refused("too_large", 413, TOO_LARGE)
    kept = {one.key: one for one in language.wordings.all()}
    reading, seen = Reading(), dict[str, int]()
    for line, row in _rows(text):
        if not row["text"].strip():
            continue
        try:
            change = _change(line, row, kept, seen)
        except Refused as refused:
            reading.problems.append(Problem(line, refused.sentence))
            continue
        if change is None:
            reading.same += 1
        else:
            reading.changes.append(change)
    return reading


@transaction.atomic
def apply(*, language: Language, text: str, by: str, office: str, vouches: bool = False) -> Reading:
    """Does all that `read` says, or nothing. Raises Refused."""
    reading = read(language, text)
    if reading.problems:
        raise Malformed(HAS_PROBLEMS, "problems")
    if not reading.changes:
        raise Malformed(UNCHANGED, "unchanged")
    for change in reading.changes:
        key, text = change.sentence.key, change.after
        wordings.write(language=language, key=key, text=text, by=by, office=office)
        if change.reader:
            wordings.review(
                language=language,
                key=key,
                text=text,
                reader=change.reader,
                on=change.on,
                by=by,
                office=office,
                vouches=vouches,
            )
    return reading


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)  # Vietnamese spreadsheets write semicolons
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restval="")
    try:
        if not set(NEEDED) <= set(table.fieldnames or ()):
            raise Malformed(NO_COLUMNS)
        for count, row in enumerate(table):
            if count >= LINES_MOST:
                raise Malformed(NOT_A_TABLE)
            yield table.line_num, {name: _plain(row.get(name) or "") for name in COLUMNS}
    except csv.Error as error:
        raise Malformed(NOT_A_TABLE) from error


def _change(line: int, row: dict[str, str], kept: dict[str, Wording], seen: dict[str, int]) -> Change | None:
    """None where nothing would change. Raises Refused with the line's fault."""
    sentence = wordings.sentence_of(row["key"].strip())
    if sentence.key in seen:
        raise Malformed(TWICE % {"line": seen[sentence.key]})
    seen[sentence.key] = line
    if row["vietnamese"].strip() != sentence.text:
        raise Malformed(OTHER_SOURCE)
    text = wordings.check_text(sentence, row["text"])
    reader, on = _reviewed(row)
    now = kept.get(sentence.key)
    if now is not None and now.source == sentence.text and now.text == text and (not reader or _is_by(now, reader, on)):
        return None
    return Change(line, sentence, now.text if now else None, text, reader, on)


def _reviewed(row: dict[str, str]) -> tuple[str, date | None]:
    """Reader and day of a reviewed line, `("", None)` of a draft. Raises Refused."""
    state = row["state"].strip().lower()
    if state in ("", Wording.State.DRAFT):
        return "", None
    if state != Wording.State.REVIEWED:
        raise Malformed(BAD_STATE)
    reader = " ".join(row["reader"].split())
    if not reader:
        raise Malformed(wordings.NO_READER)
    try:
        on = date.fromisoformat(row["reviewed_on"].strip())
    except ValueError as error:
        raise Malformed(BAD_DAY) from error
    if on > localdate():
        raise Malformed(BAD_DAY)
    return reader, on


def _is_by(wording: Wording, reader: str, on: date | None) -> bool:
    return wording.state == Wording.State.REVIEWED and (wording.reader, wording.reviewed_on) == (reader, on)


def _as_text(cell: str) -> str:
    return "'" + cell if cell.startswith(FORMULA) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
