"""A catalogue goes out as a table and comes back: first what it would change and what is wrong line by line, then all of it or nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.mailbox.errors import Refused
from keng.mailbox.languages import exchange, wordings
from keng.mailbox.languages.sentences import sentences
from keng.mailbox.models import Language, Wording
from tests.mailbox.languages.conftest import WHO

pytestmark = pytest.mark.django_db
HEAD = "key,vietnamese,text,state,reader,reviewed_on"


def line(key: str, text: str, *rest: str, vietnamese: str = "") -> str:
    out = io.StringIO()
    csv.writer(out).writerow([key, vietnamese or sentences()[key].text, text, *rest])
    return out.getvalue().strip()


def table(*lines: str) -> str:
    return "\n".join([HEAD, *lines])


def test_what_goes_out_comes_back_unchanged(language: Language) -> None:
    for key, text in {
        "page.look": "Vizu",
        "phone.waiting": 'Ta {seconds}, "ko"; va',
        "page.what": "-Vako?",
        "page.place": "'Zo",
    }.items():
        wordings.write(language=language, key=key, text=text, **WHO)
    wordings.review(language=language, key="page.look", text="Vizu", reader="Bà Zabu", **WHO)
    out = exchange.table_of(language)
    assert out.startswith("\ufeffkey,sort,vietnamese,text")
    assert "'-Vako?" in out  # no formula for a spreadsheet
    reading = exchange.read(language, exchange.read_file(out.encode()))
    assert (reading.changes, reading.problems, reading.same) == ([], [], 4)
    other = wordings.add_language(code="mww", name="Zobu", name_in_vietnamese="Thử khác", **WHO)
    exchange.apply(language=other, text=exchange.read_file(out.encode()), **WHO)
    assert {(one.key, one.text, one.state) for one in other.wordings.all()} == {
        (one.key, one.text, one.state) for one in language.wordings.all()
    }


def test_the_dry_run_says_what_would_change_and_changes_nothing(language: Language) -> None:
    wordings.write(language=language, key="page.look", text="Vizu", **WHO)
    text = table(
        line("page.look", "Vizu lomo"),
        line("page.what", "Vako", "reviewed", "Bà Zabu", "2026-01-05"),
        line("page.exit", ""),
    )
    reading = exchange.read(language, text)
    assert [(one.line, one.before, one.after, one.reader) for one in reading.changes] == [
        (2, "Vizu", "Vizu lomo", ""),
        (3, None, "Vako", "Bà Zabu"),
    ]
    assert Wording.objects.get().text == "Vizu"
    exchange.apply(language=language, text=text, **WHO)
    assert {one.key: one.state for one in Wording.objects.all()} == {"page.look": "draft", "page.what": "reviewed"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("page.nothing", "Zabu", "", "", "", "x"), wordings.NO_SENTENCE),
        (("phone.waiting", "không có chỗ điền"), wordings.OTHER_PLACES % {"places": "{seconds}"}),
        (("page.look", "x" * 5000), None),
        (("page.look", "\u202eVizu"), wordings.BAD_CHARACTERS),
        (("page.look", "<i>Vizu"), wordings.HAS_MARKUP),
        (("page.look", "Vizu", "xong"), exchange.BAD_STATE),
        (("page.look", "Vizu", "reviewed", "", "2026-01-05"), wordings.NO_READER),
        (("page.look", "Vizu", "reviewed", "Bà Zabu", "5/1/2026"), exchange.BAD_DAY),
        (("page.look", "Vizu", "reviewed", "Bà Zabu", "2999-01-05"), exchange.BAD_DAY),
    ],
)
def test_s3_a_wrong_line_is_named_and_nothing_is_taken(
    language: Language, wrong: tuple[str, ...], sentence: object
) -> None:
    key, text, *rest = wrong
    vietnamese = "" if key in sentences() else "Câu lạ"
    whole = table(line("page.what", "Vako"), line(key, text, *rest[:3], vietnamese=vietnamese))
    reading = exchange.read(language, whole)
    assert [one.line for one in reading.problems] == [3]
    if sentence:
        assert str(reading.problems[0].sentence) == str(sentence)
    with pytest.raises(Refused) as refused:
        exchange.apply(language=language, text=whole, **WHO)
    assert refused.value.code == "problems"
    assert not Wording.objects.exists()


def test_a_line_of_another_vietnamese_or_a_second_one_of_the_same_sentence_is_wrong(language: Language) -> None:
    whole = table(
        line("page.look", "Vizu", vietnamese="Xem đi"), line("page.what", "Vako"), line("page.what", "Vako zu")
    )
    assert [str(one.sentence) for one in exchange.read(language, whole).problems] == [
        str(exchange.OTHER_SOURCE),
        exchange.TWICE % {"line": 3},
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"key\n",
        b"PK\x03\x04 xlsx",
        b"a,b,c\n1,2,3\n",
        b"\xff\xfek\x00e\x00y\x00",
        b'key,vietnamese,text\n"' + b"x" * 200_000,
    ],
)
def test_s3_what_is_no_table_is_refused_in_one_sentence(language: Language, raw: bytes) -> None:
    with pytest.raises(Refused):
        exchange.read(language, exchange.read_file(raw))


def test_s3_a_large_file_and_one_of_many_lines_are_refused(language: Language) -> None:
    with pytest.raises(Refused) as refused:
        exchange.read_file(b"x" * (exchange.MOST + 1))
    assert refused.value.status == 413
    with pytest.raises(Refused):
        exchange.read(language, table(*["a,b,"] * 2001))


def test_semicolons_and_tabs_are_understood(language: Language) -> None:
    for delimiter in ";\t":
        text = (
            delimiter.join(["key", "vietnamese", "text"]) + "\r\n" + delimiter.join(["page.what", "Chuyện gì?", "Vako"])
        )
        assert [one.after for one in exchange.read(language, text).changes] == ["Vako"]


@given(st.text(max_size=300))
def test_s3_no_text_makes_the_reader_fail_otherwise_than_by_refusing(text: str) -> None:
    try:
        reading = exchange.read(Language(code="zzz"), f"key,vietnamese,text\n{text}")
    except Refused:
        return
    assert reading.changes == []
