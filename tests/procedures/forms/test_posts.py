"""What a browser sends: rows that come and go without a script, and answers that were emptied."""

from keng.procedures import forms
from tests.procedures.forms.forms import posted, version

FORM = version()
WHO, WHAT, PAPERS = forms.pages(FORM)


def test_a_page_is_read_and_its_empty_fields_are_said_to_be_empty() -> None:
    answers = forms.read_post(
        FORM, WHO, posted(name="  Quàng Văn An ", number="０１１０９００００１２３", born="4/5/1990")
    )
    assert answers == {
        "name": "Quàng Văn An",
        "number": "011090000123",
        "born": "1990-05-04",
        "phone": None,
        "email": None,
    }


def test_what_can_not_be_read_comes_back_as_typed() -> None:
    answers = forms.read_post(FORM, WHO, posted(name="An", number="mười hai số", born="hôm qua"))
    assert (answers["number"], answers["born"]) == ("mườihaisố", "hôm qua")
    assert 'value="hôm qua"' in forms.render_page(FORM, WHO, answers)


def test_choices_and_ticks() -> None:
    answers = forms.read_post(
        FORM, WHAT, posted(why="work", owns="no", needs=["home", "words", "home"], host__name="Lò")
    )
    assert (answers["why"], answers["owns"], answers["needs"]) == ("work", False, ["home", "words"])
    assert answers["host"] == {"name": "Lò"}
    assert forms.read_post(FORM, PAPERS, posted(pledge="yes")) == {"pledge": True}
    assert forms.read_post(FORM, PAPERS, posted()) == {"pledge": None}


def test_a_row_is_added_and_dropped_by_the_page_s_own_buttons() -> None:
    one = posted(members__0="1", members__0__name="Mai", _add="members")
    assert forms.stays(one)
    assert forms.read_post(FORM, WHAT, one)["members"] == [{"name": "Mai"}, {}]
    two = posted(members__0="1", members__0__name="Mai", members__4="1", members__4__name="Hặc", _drop="members.0")
    assert forms.read_post(FORM, WHAT, two)["members"] == [{"name": "Hặc"}]
    last = posted(members__4="1", members__4__name="Hặc", _drop="members.4")
    assert forms.read_post(FORM, WHAT, last)["members"] is None
    assert not forms.stays(posted(members__0="1"))


def test_there_are_never_more_rows_than_the_form_allows() -> None:
    many = {f"members__{number}": "1" for number in range(900)}
    assert len(forms.read_post(FORM, WHAT, posted(**many, _add="members"))["members"]) == 3


def test_rows_are_in_the_order_of_their_numbers() -> None:
    rows = forms.read_post(FORM, WHAT, posted(members__10__name="Sau", members__2__name="Trước"))["members"]
    assert [row["name"] for row in rows] == ["Trước", "Sau"]


def test_an_answer_that_was_emptied_is_forgotten() -> None:
    draft = {"name": "An", "email": "an@vidu.vn"}
    draft |= forms.read_post(FORM, WHO, posted(name="An", email=""))
    assert "email" not in forms.settled(FORM, draft)
