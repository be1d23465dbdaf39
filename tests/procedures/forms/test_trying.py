"""What happens to drafts and test dossiers of a form at the edges: nothing half done stays, nobody loses what they are writing."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keng.procedures.errors import Refused
from keng.procedures.forms import editing, services, trying
from keng.procedures.forms import pages as pages_of
from keng.procedures.forms.checking import Problem
from keng.procedures.forms.fields import Kind
from keng.procedures.models import Dossier, Draft, FormVersion, ProcedureVersion
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Province:
    return Province()


def test_a_form_is_not_published_while_a_choice_is_one_that_nobody_wrote(cast: Province) -> None:
    draft = services.begin(title="Đơn xin xác nhận", by=cast.quan)
    pages, spot = editing.add(pages_of(draft), (1,), Kind.ONE, "Tình trạng hôn nhân")
    services.edit(version=draft, pages=pages, seen=services.token(draft), by=cast.quan)
    draft.refresh_from_db()
    with pytest.raises(Refused) as refused:
        services.publish(version=draft, seen=services.token(draft), by=cast.quan)
    assert "Ô “Tình trạng hôn nhân” còn lựa chọn đặt sẵn." in refused.value.sentence
    asked = editing.at(pages, spot)
    pages = editing.put(pages, spot, replace(asked, choices=(("a", "Chưa kết hôn"), ("b", "Đã ly hôn"))))  # type: ignore[type-var]
    services.edit(version=draft, pages=pages, seen=services.token(draft), by=cast.quan)
    draft.refresh_from_db()
    assert services.publish(version=draft, seen=services.token(draft), by=cast.quan).published_at


def test_a_draft_by_which_somebody_fills_in_a_form_is_not_thrown_away(cast: Province) -> None:
    draft = services.draft(form=cast.version.form.form, by=cast.quan)  # type: ignore[union-attr]
    filling = Draft.objects.create(version=cast.version, form=draft, test=True)
    with pytest.raises(Refused) as refused:
        services.discard(version=draft, by=cast.quan)
    assert "Đang có người điền bản này" in refused.value.sentence
    filling.delete()
    services.discard(version=draft, by=cast.quan)
    assert FormVersion.objects.get() == cast.version.form


def test_a_test_dossier_that_is_refused_leaves_no_draft_and_no_file_behind(cast: Province) -> None:
    form = cast.version.form
    assert form
    for answers, uploads in (
        ({"address": ""}, {}),
        ({"address": "Bản Hạ"}, {"proof": [SimpleUploadedFile("a.pdf", b"<html>no pdf</html>")]}),
    ):
        if uploads:
            form = _with_a_file(cast)
        with pytest.raises(Refused):
            trying.file_test(version=form, answers=answers, uploads=uploads, by=cast.quan)
        assert not Draft.objects.exists()
        assert not Dossier.objects.exists()


def _with_a_file(cast: Province) -> FormVersion:
    """The next version of the form, which asks for a file, published and held by its procedure."""
    draft = services.draft(form=cast.version.form.form, by=cast.quan)  # type: ignore[union-attr]
    pages, _spot = editing.add(pages_of(draft), (0,), Kind.FILE, "Proof")
    services.edit(version=draft, pages=pages, seen=services.token(draft), by=cast.quan)
    draft.refresh_from_db()
    return services.publish(version=draft, seen=services.token(draft), by=cast.quan)


def test_a_test_dossier_is_filed_under_the_procedure_that_holds_this_very_version(cast: Province) -> None:
    first = cast.version
    newer = _with_a_file(cast)
    assert trying.filed_under(newer) == first
    other = ProcedureVersion.objects.get(pk=first.pk)
    procedure = other.procedure
    procedure.pk, procedure.code = None, "9.000001"
    procedure.save()
    other.pk, other.procedure, other.form = None, procedure, newer
    other.save()
    assert trying.filed_under(newer) == other
    assert trying.filed_under(first.form) == first  # type: ignore[arg-type]


def test_a_sentence_is_not_followed_by_two_marks() -> None:
    labels = {
        "Có dùng ở nước ngoài không?": "Có dùng ở nước ngoài không",
        "Tôi cam đoan.": "Tôi cam đoan",
        "Tên": "Tên",
    }
    assert {label: Problem("a", "Xin điền ô này.", label).about for label in labels} == labels


@pytest.mark.parametrize("rest", ["0/", "0.0/", "0.0/move/", "0.0/drop/", "0/add/", "add/"])
def test_a_window_that_shows_an_older_draft_changes_nothing_of_the_newer(desk: Any, cast: Province, rest: str) -> None:
    """Whatever it asks for: a page, a field, a move, a field taken away, a field or a page more."""
    straight_in(desk, cast.quan)
    draft = services.begin(title="Đơn xin xác nhận", by=cast.quan)
    seen = services.token(draft)
    pages = editing.add_page(pages_of(draft), "Của cửa sổ kia")
    services.edit(version=draft, pages=pages, seen=seen, by=cast.quan)
    draft.refresh_from_db()
    before = (draft.schema, draft.display)
    said = {"seen": seen, "title": "Tên khác", "label": "Tên khác", "kind": "text", "to": "down"}
    address = f"/procedures/forms/{draft.form.slug}/edit/{rest}"
    answer = desk.post(address, said)
    assert answer.status_code == 409
    assert "vừa được sửa ở một cửa sổ khác" in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.schema, draft.display) == before
    assert desk.post(address, said | {"seen": services.token(draft)}).status_code == 302


def test_whoever_tries_a_form_is_told_that_its_files_are_to_be_chosen_again(desk: Any, cast: Province) -> None:
    straight_in(desk, cast.quan)
    version = _with_a_file(cast)
    address = f"/procedures/forms/{version.form.slug}/v/{version.number}/try/"
    says = "chọn lại tệp"
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.4")
    for values, status, told in (({"address": "", "proof": file}, 400, True), ({"address": ""}, 400, False)):
        answer = desk.post(address, values)
        assert (answer.status_code, says in answer.content.decode()) == (status, told)
    file.seek(0)
    answer = desk.post(address, {"address": "Bản Hạ", "proof": file})
    assert (answer.status_code, says in answer.content.decode()) == (200, False)
