"""A form's page as HTML: labels, help, errors beside and above, and no need of a script."""

import re
from types import SimpleNamespace

from keng.procedures import forms
from keng.procedures.forms.fields import Condition, Field, Kind, Page
from tests.procedures.forms.forms import GOOD, one, version

FORM = version()
WHO, WHAT, PAPERS = forms.pages(FORM)


def tag(html: str, name: str) -> str:
    """The input called so."""
    found = re.search(rf'<(?:input|textarea)[^>]*name="{re.escape(name)}"[^>]*>', html)
    assert found, name
    return found[0]


def test_every_input_has_a_label_or_a_legend_of_its_own() -> None:
    for page in (WHO, WHAT, PAPERS):
        html = re.sub(r"<template>.*?</template>", "", forms.render_page(FORM, page, GOOD), flags=re.DOTALL)
        ids = re.findall(r'<(?:input|textarea)[^>]* id="([^"]+)"', html)
        assert ids
        assert all(f'<label for="{id}">' in html or f'for="{id}"' in html for id in ids)
        assert len(ids) == len(set(ids))
        assert html.count("<legend>") == html.count("<fieldset")
        for refers in re.findall(r'aria-describedby="([^"]+)"', html):
            assert all(f'id="{id}"' in html for id in refers.split())


def test_what_is_required_is_said_in_words() -> None:
    html = forms.render_page(FORM, WHO, {})
    assert html.count("(bắt buộc)") == 2
    assert 'aria-required="true"' in tag(html, "name")
    assert "aria-required" not in tag(html, "email")


def test_phones_offer_the_right_keys_and_what_they_remember() -> None:
    html = forms.render_page(FORM, WHO, {})
    assert 'autocomplete="name"' in tag(html, "name")
    assert 'autocomplete="bday"' in tag(html, "born")
    assert 'type="tel"' in tag(html, "phone")
    assert 'type="email"' in tag(html, "email")
    assert 'inputmode="numeric"' in tag(html, "number")
    assert 'autocomplete="off"' in tag(html, "number")


def test_errors_stand_beside_their_field_and_above_with_a_link() -> None:
    answers = GOOD | {"number": "123"}
    html = forms.render_page(FORM, WHO, answers, forms.check(form=FORM, answers=answers, files={}))
    assert 'role="alert"' in html
    assert '<a href="#f-number">Số định danh</a>: Số định danh cá nhân có đúng 12 chữ số.' in html
    assert 'aria-invalid="true"' in tag(html, "number")
    assert "f-number-error" in tag(html, "number")
    assert 'value="123"' in tag(html, "number")
    assert "Giấy tờ nhà" not in html  # another page's


def test_a_link_of_the_summary_leads_to_something_on_the_page() -> None:
    problems = forms.check(form=FORM, answers={"members": [{"name": "A"}], "owns": False}, files={})
    for page in (WHO, WHAT, PAPERS):
        html = forms.render_page(FORM, page, {"members": [{"name": "A"}], "owns": False}, problems)
        assert all(f'id="{id}"' in html for id in re.findall(r'href="#([^"]+)"', html))


def test_without_a_script_a_field_says_when_it_is_asked_for() -> None:
    html = forms.render_page(FORM, WHAT, {})
    assert "Chỉ điền khi mục “Lý do” là “Lý do khác”." in html
    assert "Chỉ điền khi mục “Nhà của mình?” là “Không”." in html
    assert 'data-when="members.0.child" data-is="[&quot;yes&quot;]"' in html


def test_a_field_that_an_earlier_page_decided_against_is_not_there() -> None:
    split = version(
        Page("Một", items=(Field("a", Kind.YES_NO, "A"),)),
        Page("Hai", items=(Field("b", Kind.TEXT, "B", when=Condition("a", (True,))),)),
    )
    first, second = forms.pages(split)
    assert 'name="b"' not in forms.render_page(split, second, {"a": False})
    assert 'name="b"' in forms.render_page(split, second, {"a": True})
    assert not forms.asked(split, second, {"a": False})
    assert forms.asked(split, second, {"a": True})
    assert forms.asked(split, first, {})


def test_rows_can_be_added_and_dropped_by_submits_until_there_are_enough() -> None:
    html = forms.render_page(FORM, WHAT, {"members": [{"name": "Mai"}, {}]})
    assert '<button type="submit" class="add" name="_add" value="members" formnovalidate>' in html
    assert 'name="_drop" value="members.1"' in html
    assert 'value="Mai"' in tag(html, "members.0.name")
    assert "disabled>+" in forms.render_page(FORM, WHAT, {"members": [{}] * 3})


def test_the_enter_key_drops_no_row() -> None:
    """A browser presses the first submit button of a form: it must be one that says nothing."""
    html = forms.render_page(FORM, WHAT, {"members": [{}]})
    assert re.search(r"<button[^>]*>", html)[0] == '<button type="submit" hidden>'


def test_given_files_are_listed_and_can_be_taken_away() -> None:
    given = {"proof": [SimpleNamespace(pk=7, name="so-do.pdf", size=1200)]}
    html = forms.render_page(FORM, PAPERS, {}, files=given)
    assert "so-do.pdf" in html
    assert 'name="_remove" value="7"' in html
    assert 'accept="application/pdf,image/jpeg,image/png"' in tag(html, "proof")
    assert "nhiều nhất 2 tệp, mỗi tệp không quá 5 MB" in html
    full = forms.render_page(FORM, PAPERS, {}, files={"proof": given["proof"] * 2})
    assert 'type="file"' not in full
    assert "Đã đủ số tệp." in full


def test_markup_in_words_and_answers_is_text() -> None:
    form = one(
        Field("a", Kind.TEXT, "<b>Tên</b>", help="<i>"), Field("c", Kind.ONE, "C", choices=(('"><script>', "<u>"),))
    )
    html = forms.render_page(form, forms.pages(form)[0], {"a": '"><script>alert(1)</script>'})
    assert "<script" not in html
    assert "<b>" not in html
    assert "<u>" not in html
    assert "<i>" not in html


def test_numbers_stand_as_they_are_written_here() -> None:
    html = forms.render_page(FORM, WHAT, {"income": 1500000, "area": 25.5, "months": 12})
    assert 'value="1.500.000"' in tag(html, "income")
    assert 'value="25,5"' in tag(html, "area")
    assert 'value="12"' in tag(html, "months")
