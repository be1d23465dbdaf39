"""What the dialect refuses at its edges, whoever wrote the file: numbers of fields and pages, files, groups, conditions."""

from dataclasses import replace
from typing import Any

import pytest

from keng.procedures.forms import checking, editing
from keng.procedures.forms.dialect import Malformed, read
from keng.procedures.forms.fields import MOST_FIELDS, MOST_PAGES, Condition, Field, Kind, Page
from keng.procedures.forms.item_forms import FieldForm, answers_of
from keng.procedures.forms.writing import write
from tests.procedures.forms.forms import posted

HELP = Field("help", Kind.SEVERAL, "Cần giúp", choices=(("home", "Tại nhà"), ("words", "Phiên dịch")))
NOTE = Field("note", Kind.TEXT, "Thứ tiếng", required=True, when=Condition("help", ("words",)))


def texts(count: int, before: str = "o") -> tuple[Field, ...]:
    return tuple(Field(f"{before}{number}", Kind.TEXT, "Ô") for number in range(count))


def refused(*pages: Page) -> str:
    with pytest.raises(Malformed) as raised:
        read(*write(list(pages)))
    return raised.value.sentence


def test_fields_in_groups_count_towards_the_most_of_a_form() -> None:
    """Seventy-five rows' fields and as many of the form's own are one too many with the group itself."""
    half = MOST_FIELDS // 2
    fits = Page("Trang", items=(Field("all", Kind.GROUP, "Nhóm", fields=texts(half)), *texts(half - 1)))
    assert len(read(*write([fits]))[0].fields) == half
    over = replace(fits, items=(*fits.items, Field("more", Kind.TEXT, "Ô nữa")))
    assert f"quá {MOST_FIELDS} ô" in refused(over)


def test_a_form_has_no_more_pages_than_the_most() -> None:
    pages = [Page(f"Trang {number}", items=texts(1, f"o{number}_")) for number in range(MOST_PAGES + 1)]
    assert len(read(*write(pages[:-1]))) == MOST_PAGES == 20
    assert "quá 20 trang" in refused(*pages)


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        ({"accept": ["text/html"]}, "chỉ nhận tệp PDF"),
        ({"accept": ["application/pdf", "application/zip"]}, "chỉ nhận tệp PDF"),
        ({"accept": []}, "chỉ nhận tệp PDF"),
        ({"megabytes": 6}, "từ 1 đến 5"),
        ({"megabytes": 0}, "từ 1 đến 5"),
    ],
)
def test_a_file_field_takes_only_our_kinds_and_sizes(shown: dict[str, Any], says: str) -> None:
    schema, display = write([Page("Trang", items=(Field("proof", Kind.FILE, "Giấy tờ"),))])
    display.setdefault("fields", {})["proof"] = shown
    with pytest.raises(Malformed, match=says):
        read(schema, display)


def test_no_group_stands_in_a_group_and_no_file_in_either() -> None:
    inner = Field("inner", Kind.GROUP, "Trong", fields=texts(1))
    assert "không được lồng" in refused(Page("Trang", items=(Field("outer", Kind.GROUP, "Ngoài", fields=(inner,)),)))
    file = Field("proof", Kind.FILE, "Giấy tờ")
    for kind in (Kind.GROUP, Kind.ROWS):
        assert "không đặt trong nhóm" in refused(
            Page("Trang", items=(Field("outer", kind, "Ngoài", fields=(*texts(1), file)),))
        )


def test_a_condition_within_a_row_asks_a_field_that_stands_before_it() -> None:
    row = Field("rows", Kind.ROWS, "Người", fields=(HELP, NOTE))
    assert read(*write([Page("Trang", items=(row,))]))[0].fields[0].fields == (HELP, NOTE)
    assert "đứng trước nó" in refused(Page("Trang", items=(replace(row, fields=(NOTE, HELP)),)))


def test_one_of_several_answers_is_enough_for_a_condition() -> None:
    for chosen, problems in ((["home"], []), (["home", "words"], ["note"])):
        pages = [Page("Trang", items=(HELP, NOTE))]
        found = checking.problems(write(pages)[0], pages, {"help": chosen}, {})
        assert [problem.path for problem in found] == problems
        assert checking.settled((HELP, NOTE), {"help": chosen, "note": "Mông"}).get("note") == (
            "Mông" if problems else None
        )


def test_no_page_is_called_after_what_may_not_be_asked() -> None:
    assert "Không được hỏi dân tộc" in refused(Page("Tôn giáo", items=texts(1)))


def test_a_question_and_its_answer_are_read_as_one_sentence() -> None:
    asked = Field("abroad", Kind.YES_NO, "Người kia là người nước ngoài?")
    assert [words for _value, words in answers_of([asked, HELP])] == [
        "Người kia là người nước ngoài? Có",
        "Người kia là người nước ngoài? Không",
        "Cần giúp: Tại nhà",
        "Cần giúp: Phiên dịch",
    ]


def test_a_condition_of_answers_to_two_questions_is_refused() -> None:
    asked = Field("abroad", Kind.YES_NO, "Ở nước ngoài")
    values = {"label": "Thứ tiếng", "when": ["abroad:yes", "help:words"]}
    inputs = FieldForm(posted(**values), NOTE, [asked, HELP])
    assert not inputs.is_valid()
    assert inputs.errors["when"] == ["Chỉ chọn câu trả lời của một ô."]
    assert FieldForm(posted(**{**values, "when": ["help:home", "help:words"]}), NOTE, [asked, HELP]).is_valid()


def test_choices_that_nobody_wrote_are_found_wherever_they_stand() -> None:
    new = editing.new_field(Kind.ONE, "Tình trạng", set())
    written = replace(new, choices=(("a", "Chưa kết hôn"), ("b", "Đã ly hôn")))
    half = replace(new, choices=(("a", "Chưa kết hôn"), ("b", "Lựa chọn thứ hai")))
    row = Field("rows", Kind.ROWS, "Người", fields=(new,))
    found = [editing.unwritten([Page("Trang", items=(field,))]) for field in (new, written, half, row, HELP)]
    assert found == [new, None, half, new, None]
