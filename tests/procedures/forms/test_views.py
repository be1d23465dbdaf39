"""The desk's pages of forms: an administrator makes one without writing JSON and without a script."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.core.calendar.load import load_calendar
from keng.procedures import forms
from keng.procedures.forms import samples, services
from keng.procedures.models import Dossier, Draft, Form, FormVersion
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province
from tests.procedures.forms.forms import EVERY_KIND, version

pytestmark = pytest.mark.django_db
URL = "/procedures/forms/"


@pytest.fixture
def cast() -> Province:
    return Province()


@pytest.fixture
def admin(desk: Any, cast: Province) -> Any:
    straight_in(desk, cast.quan)
    return desk


@pytest.fixture
def draft(cast: Province) -> FormVersion:
    return services.begin(title="Đơn xin xác nhận", by=cast.quan)


def text(answer: Any) -> str:
    return answer.content.decode()


def now(draft: FormVersion) -> FormVersion:
    return FormVersion.objects.select_related("form").get(pk=draft.pk)


def do(client: Any, draft: FormVersion, address: str, **values: Any) -> Any:
    """A post of the editor, made from the draft's present state."""
    return client.post(f"{URL}{draft.form.slug}/{address}", {"seen": services.token(now(draft)), **values})


def named(draft: FormVersion) -> list[list[str]]:
    return [[field.name for field in page.fields] for page in forms.pages(now(draft))]


def test_with_no_form_yet_the_list_says_what_to_do(admin: Any) -> None:
    assert "Lập biểu mẫu đầu tiên từ một mẫu có sẵn" in text(admin.get(URL))


def test_the_list_costs_the_same_however_many_forms_there_are(admin: Any, cast: Province) -> None:
    samples.load(by=cast.quan)
    admin.get(URL)  # the first page of a session costs more
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert "Tờ khai đăng ký tạm trú" in text(admin.get(URL))
        counts.append(len(queries))
        Form.objects.bulk_create(Form(slug=f"f{turn}-{n}", title=f"Đơn {n}") for n in range(30))
    assert counts[0] == counts[1]


def test_a_form_is_made_from_a_sample_in_one_step(admin: Any) -> None:
    assert "Tờ khai đăng ký kết hôn" in text(admin.get(f"{URL}new/"))
    answer = admin.post(f"{URL}new/", {"title": "Đăng ký kết hôn ở xã", "template": "ket-hon"})
    assert answer["Location"] == f"{URL}dang-ky-ket-hon-o-xa/edit/"
    page = text(admin.get(answer["Location"]))
    assert "Trang 1: Bên nữ" in page
    assert "Bước 1 trong 3" in page


@pytest.mark.parametrize(
    "values", [{"title": ""}, {"title": "Đơn", "template": "khong-co"}, {"title": "Khai tôn giáo"}, {}]
)
def test_a_form_that_can_not_begin_is_told_why(admin: Any, values: dict[str, str]) -> None:
    answer = admin.post(f"{URL}new/", values)
    assert answer.status_code == 400
    assert "Chưa làm được." in text(answer)
    assert not Form.objects.exists()


def test_fields_are_added_changed_moved_and_taken_away_by_plain_posts(admin: Any, draft: FormVersion) -> None:
    answer = do(admin, draft, "edit/1/add/", kind="one", title="Lý do")
    assert answer["Location"].endswith("/edit/1.0/")
    assert "Mỗi dòng một lựa chọn." in text(admin.get(answer["Location"]))
    changed = {"label": "Vì sao", "choices": "Đi học\nĐi làm", "required": "on", "help": "Chọn một."}
    assert do(admin, draft, "edit/1.0/", **changed).status_code == 302
    field = forms.pages(now(draft))[1].fields[0]
    assert (field.name, field.label, field.required) == ("ly_do", "Vì sao", True)
    assert field.choices == (("di_hoc", "Đi học"), ("di_lam", "Đi làm"))
    do(admin, draft, "edit/1.0/move/", to="down")
    assert named(draft)[1] == ["pledge", "ly_do"]
    do(admin, draft, "edit/1.1/drop/")
    assert named(draft)[1] == ["pledge"]
    do(admin, draft, "edit/add/", title="Giấy tờ")
    do(admin, draft, "edit/2/add/", kind="file")
    do(admin, draft, "edit/2/", title="Giấy tờ kèm theo", help="Chụp rõ.")
    assert forms.pages(now(draft))[2].title == "Giấy tờ kèm theo"
    assert named(draft)[2] == ["giay_to_kem_theo"]


def test_a_condition_is_a_tick_at_an_answer(admin: Any, draft: FormVersion) -> None:
    do(admin, draft, "edit/0/add/", kind="yes_no", title="Ở nhà thuê?")
    do(admin, draft, "edit/0/add/", kind="text", title="Chủ nhà")
    page = text(admin.get(f"{URL}{draft.form.slug}/edit/0.4/"))
    assert "Ở nhà thuê? Có" in page
    assert do(admin, draft, "edit/0.4/", label="Chủ nhà", required="on", when="o_nha_thue:yes").status_code == 302
    made = now(draft)
    assert made.schema["allOf"][0]["then"] == {"required": ["chu_nha"]}
    problems = forms.check(form=made, answers={"o_nha_thue": True}, files={})
    assert "chu_nha" in [problem.path for problem in problems]
    assert "Chỉ điền khi mục “Ở nhà thuê?” là “Có”." in text(admin.get(f"{URL}{draft.form.slug}/edit/"))
    refused = do(admin, draft, "edit/0.3/drop/")
    assert refused.status_code == 400
    assert "Điều kiện của ô “Chủ nhà”" in text(refused)
    assert named(draft)[0][-2:] == ["o_nha_thue", "chu_nha"]
    assert do(admin, draft, "edit/0.4/", label="Chủ nhà").status_code == 302
    assert do(admin, draft, "edit/0.3/drop/").status_code == 302


def test_every_kind_has_a_page_that_saves_what_it_shows(admin: Any, draft: FormVersion, cast: Province) -> None:
    """Opening a field and saving it without a change changes nothing."""
    services.edit(version=draft, pages=EVERY_KIND, seen=services.token(draft), by=cast.quan)
    before = now(draft)
    spots = [f"{p}.{i}" for p, page in enumerate(EVERY_KIND) for i in range(len(page.items))] + ["0", "1.5.3"]
    for spot in spots:
        answer = admin.get(f"{URL}{draft.form.slug}/edit/{spot}/")
        form = answer.context["form"]
        values = {
            name: bound.value()
            for name, bound in ((one.name, one) for one in form)
            if bound.value() not in (None, False)
        }
        assert do(admin, draft, f"edit/{spot}/", **values).status_code == 302, spot
    assert (now(draft).schema, now(draft).display) == (before.schema, before.display)


@pytest.mark.parametrize(
    "values",
    [
        {"label": ""},
        {"label": "Dân tộc"},
        {"label": "x" * 201},
        {"label": "Tên\0"},
        {"label": "Tên", "low": "5", "high": "3"},
        {"label": "Tên", "low": "abc"},
        {"label": "Tên", "high": "99999999999999999999"},
        {"label": "Tên", "when": "zzz:yes"},
        {},
    ],
)
def test_what_a_field_can_not_be_is_said_beside_it_and_nothing_is_saved(
    admin: Any, draft: FormVersion, values: dict[str, str]
) -> None:
    before = now(draft).schema
    answer = do(admin, draft, "edit/0.0/", **values)
    if "when" not in values:  # nothing stands before the first field: there is nothing to ask for
        assert answer.status_code == 400
        assert 'role="alert"' in text(answer)
        assert now(draft).schema == before


@pytest.mark.parametrize(
    "address", ["edit/9/", "edit/0.99/", "edit/0.0.0/", "edit/abc/", "edit/0.0.0.0/", "v/9/", "v/9/try/"]
)
def test_what_is_not_there_is_not_found(admin: Any, draft: FormVersion, address: str) -> None:
    assert admin.get(f"{URL}{draft.form.slug}/{address}").status_code == 404
    assert admin.get(f"{URL}khong-co/").status_code == 404


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("edit/9/add/", {"kind": "text"}), ("edit/0.0/add/", {"kind": "text"}), ("edit/0/add/", {"kind": "zzz"}),
        ("edit/9/move/", {"to": "up"}), ("edit/9/drop/", {}), ("edit/0/add/", {"kind": "text", "title": "Dân tộc"}),
        ("edit/0/add/", {"kind": "text", "title": "\0"}), ("edit/0/add/", {"kind": "text", "title": "x" * 5000}),
    ],
)  # fmt: skip
def test_a_step_that_makes_no_sense_changes_nothing(
    admin: Any, draft: FormVersion, address: str, values: dict[str, str]
) -> None:
    before = now(draft).schema
    assert do(admin, draft, address, **values).status_code in (400, 404)
    assert now(draft).schema == before


def test_two_windows_do_not_overwrite_each_other(admin: Any, draft: FormVersion) -> None:
    old = services.token(draft)
    do(admin, draft, "edit/add/", title="Ba")
    late = admin.post(f"{URL}{draft.form.slug}/edit/1/drop/", {"seen": old})
    assert late.status_code == 409
    assert "vừa được sửa ở một cửa sổ khác" in text(late)
    assert len(named(draft)) == 3


def test_a_draft_is_published_and_then_only_looked_at(admin: Any, draft: FormVersion) -> None:
    page = text(admin.get(f"{URL}{draft.form.slug}/"))
    assert "Chưa công bố: bà con chưa thấy biểu mẫu này." in page
    assert do(admin, draft, "publish/").status_code == 302
    assert admin.get(f"{URL}{draft.form.slug}/edit/").status_code == 404
    assert "Công bố" in text(admin.get(f"{URL}{draft.form.slug}/v/1/"))
    assert admin.post(f"{URL}{draft.form.slug}/draft/").status_code == 302
    second = draft.form.versions.get(number=2)
    do(admin, second, "edit/0/add/", kind="email")
    page = text(admin.get(f"{URL}{draft.form.slug}/"))
    assert re.search(r"Thêm</span> <b>Thư điện tử</b>", page)
    assert do(admin, second, "discard/").status_code == 302
    assert draft.form.versions.count() == 1


def test_an_empty_page_holds_up_publishing_with_a_sentence(admin: Any, draft: FormVersion) -> None:
    do(admin, draft, "edit/add/", title="Trống")
    answer = do(admin, draft, "publish/")
    assert answer.status_code == 400
    assert "Trang “Trống” chưa có ô nào" in text(answer)


def test_a_form_is_exported_and_brought_in_again(admin: Any, draft: FormVersion) -> None:
    answer = admin.get(f"{URL}{draft.form.slug}/v/1/export.json")
    assert "attachment" in answer["Content-Disposition"]
    said = json.loads(answer.content)
    said["display"]["pages"][0]["title"] = "Tên trang khác"
    file = SimpleUploadedFile("don.json", json.dumps(said).encode())
    assert admin.post(f"{URL}{draft.form.slug}/import/", {"file": file}).status_code == 302
    assert forms.pages(now(draft))[0].title == "Tên trang khác"


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[" * 5000, b'{"schema": {"$ref": "#"}, "display": {}}', b"\0\xff", b" " * 300_000]
)
def test_a_bad_import_is_refused_with_a_sentence(admin: Any, draft: FormVersion, raw: bytes) -> None:
    before = now(draft).schema
    answer = admin.post(f"{URL}{draft.form.slug}/import/", {"file": SimpleUploadedFile("x.json", raw)})
    assert answer.status_code == 400
    assert "Chưa làm được." in text(answer)
    assert now(draft).schema == before
    assert admin.post(f"{URL}{draft.form.slug}/import/").status_code == 400


def test_a_form_is_tried_and_shows_what_would_be_received(admin: Any, draft: FormVersion) -> None:
    address = f"{URL}{draft.form.slug}/v/1/try/"
    assert "Không dùng tên, số của người thật" in text(admin.get(address))
    bad = admin.post(address, {"name": "Người Thử", "number": "123"})
    assert bad.status_code == 400
    assert "đúng 12 chữ số" in text(bad)
    good = admin.post(
        address, {"name": "Người Thử", "number": "０１１０９００００１２３", "phone": "0912345678", "pledge": "yes"}
    )
    assert good.status_code == 200
    assert "Đủ và đúng." in text(good)
    assert "<dd>011090000123</dd>" in text(good)
    assert not Dossier.objects.exists()
    assert not Draft.objects.exists()


def test_adding_a_row_while_trying_checks_nothing(admin: Any, cast: Province) -> None:
    samples.load(by=cast.quan)
    answer = admin.post(f"{URL}tam-tru/v/1/try/", {"members.0": "1", "members.0.name": "Mai", "_add": "members"})
    assert answer.status_code == 200
    assert 'name="members.1.name"' in text(answer)
    assert "Xin xem lại" not in text(answer)


def test_a_test_dossier_is_filed_and_marked_as_one(admin: Any, cast: Province) -> None:
    """It has a code of its own series, concerns nobody and is in no figure."""
    _ = cast.version, cast.centre
    load_calendar()
    address = f"{URL}tam-tru/v/1/try/"
    assert "Nộp thử thành hồ sơ" in text(admin.get(address))
    answer = admin.post(f"{address}file/", {"address": "Bản Pom Lót"})
    assert answer.status_code == 200, text(answer)
    made = Dossier.objects.get()
    assert (made.test, made.citizen, made.answers) == (True, None, {"address": "Bản Pom Lót"})
    assert made.code in text(answer)
    assert not Draft.objects.exists()
    assert admin.post(f"{address}file/", {"address": ""}).status_code == 400
    assert Dossier.objects.count() == 1


def test_a_draft_is_not_filed_even_as_a_test(admin: Any, draft: FormVersion) -> None:
    values = {"name": "Người Thử", "number": "011090000123", "phone": "0912345678", "pledge": "yes"}
    answer = admin.post(f"{URL}{draft.form.slug}/v/1/try/file/", values)
    assert answer.status_code == 400
    assert "Bản nháp chỉ điền thử được." in text(answer)
    assert not Dossier.objects.exists()


def test_a_form_is_renamed_but_keeps_its_address(admin: Any, draft: FormVersion) -> None:
    assert do(admin, draft, "rename/", title="Đơn mới").status_code == 302
    assert Form.objects.get().title == "Đơn mới"
    assert do(admin, draft, "rename/", title="").status_code == 400


def test_the_editor_shows_every_kind_and_its_preview(admin: Any, draft: FormVersion, cast: Province) -> None:
    services.edit(version=draft, pages=EVERY_KIND, seen=services.token(draft), by=cast.quan)
    page = text(admin.get(f"{URL}{draft.form.slug}/edit/"))
    for field in (field for page_ in forms.pages(version()) for field in page_.fields):
        assert f'name="{field.name}' in page
    assert "style=" not in page
