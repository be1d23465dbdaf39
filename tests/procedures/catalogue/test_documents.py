"""A document of a procedure is tied to the form's field in which people send it: chosen by its title, kept by its name."""

import re
from html import unescape

import pytest

from keng.procedures.catalogue import services
from keng.procedures.catalogue.load import load_procedures
from keng.procedures.forms import services as form_services
from keng.procedures.models import Form, FormVersion, Procedure, ProcedureVersion
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db
ADDRESS = "/procedures/p/1.004194/section/documents/"


@pytest.fixture
def cast() -> Province:
    return Province()


@pytest.fixture
def drafted(cast) -> ProcedureVersion:
    load_procedures(by=cast.quan)
    return services.draft(procedure=Procedure.objects.get(code="1.004194"), by=cast.quan)


@pytest.fixture
def admin(desk, cast, drafted):
    straight_in(desk, cast.quan)
    return desk


def text(answer) -> str:
    return unescape(answer.content.decode())


def offered(page: str, index: int = 0) -> dict[str, str]:
    """What may be chosen of a row's file field: value → words."""
    select = re.search(rf'<select id="id_{index}-field".*?</select>', page, re.DOTALL)[0]
    return dict(re.findall(r'<option value="(.*?)"(?: selected)?>(.*?)</option>', select))


def chosen(page: str, index: int) -> str:
    select = re.search(rf'<select id="id_{index}-field".*?</select>', page, re.DOTALL)[0]
    return re.search(r'value="([^"]*)" selected', select)[1]


def as_shown(page: str) -> dict[str, str]:
    """Every field of the page as a browser without script would send it back."""
    sent = dict(re.findall(r'name="([\w-]+)" value="(.*?)"', page))
    sent |= dict(re.findall(r'<textarea id="\S+" name="(\S+)".*?>\n(.*?)</textarea>', page, re.DOTALL))
    rows = int(sent["count"])
    return sent | {f"{index}-field": chosen(page, index) for index in range(rows)} | {"do": "save"}


def test_the_file_fields_of_the_form_are_offered_by_their_titles(admin):
    assert offered(text(admin.get(ADDRESS))) == {"": "Chưa gắn ô nào", "proof": "Giấy tờ về chỗ ở", **extra_files()}


def extra_files() -> dict[str, str]:
    """The file fields of the sample form besides `proof`."""
    version = FormVersion.objects.get(form__slug="tam-tru")
    fields = version.schema["properties"].items()
    return {name: one["title"] for name, one in fields if one.get("format") == "files" and name != "proof"}


def test_saving_the_page_as_it_is_keeps_every_field_that_a_document_was_tied_to(admin, drafted):
    before = drafted.documents
    assert any(one["field"] for one in before)
    assert admin.post(ADDRESS, as_shown(text(admin.get(ADDRESS)))).status_code == 302
    drafted.refresh_from_db()
    assert drafted.documents == before


def test_a_document_is_tied_to_a_field_and_untied_again(admin, drafted):
    for value in ("proof", ""):
        page = as_shown(text(admin.get(ADDRESS)))
        assert admin.post(ADDRESS, page | {"0-field": value}).status_code == 302
        drafted.refresh_from_db()
        assert drafted.documents[0]["field"] == value


def test_a_field_that_the_form_does_not_have_stays_to_be_seen_and_is_said(admin, cast, drafted):
    documents = [{**drafted.documents[0], "field": "cu_ky"}]
    services.edit(version=drafted, content={"documents": documents}, by=cast.quan)
    page = text(admin.get(ADDRESS))
    assert offered(page)["cu_ky"] == "Biểu mẫu không có ô này: cu_ky"
    assert chosen(page, 0) == "cu_ky"


def test_without_a_form_or_its_file_fields_the_choice_may_stay_empty_and_the_page_says_why(admin, cast, drafted):
    assert "Thủ tục chưa có biểu mẫu" not in text(admin.get(ADDRESS))
    procedure = drafted.procedure
    procedure.form = form_services.begin(title="Đơn mới", by=cast.quan).form
    procedure.save()
    services.edit(version=drafted, content={"documents": [{"title": "Đơn"}]}, by=cast.quan)
    page = text(admin.get(ADDRESS))
    assert "Biểu mẫu điện tử chưa có ô tệp nào" in page
    assert offered(page) == {"": "Chưa gắn ô nào"}
    procedure.form = None
    procedure.save()
    page = text(admin.get(ADDRESS))
    assert "Thủ tục chưa có biểu mẫu điện tử" in page
    assert admin.post(ADDRESS, as_shown(page)).status_code == 302


def test_a_form_that_is_not_published_yet_already_offers_its_fields(admin, cast, drafted):
    made = form_services.begin(title="Đơn chép", template="tam-tru", by=cast.quan)
    Procedure.objects.filter(pk=drafted.procedure.pk).update(form=Form.objects.get(pk=made.form_id))
    assert offered(text(admin.get(ADDRESS)))["proof"] == "Giấy tờ về chỗ ở"


def test_a_number_of_copies_that_is_none_is_said_with_an_example_of_its_size(admin):
    page = as_shown(text(admin.get(ADDRESS))) | {"0-original": "một bản"}
    answer = text(admin.post(ADDRESS, page))
    assert "Thành phần hồ sơ, giấy tờ 1, Bản chính" in answer
    assert "Phải là số nguyên, ví dụ 3." in answer


def test_before_publishing_one_is_told_which_documents_can_not_be_sent_with_the_form(admin, cast, drafted):
    address = "/procedures/p/1.004194/publish/"
    documents = [{"title": "Giấy A"}, {"title": "Giấy B", "field": "cu_ky"}, {"title": "Giấy C", "field": "proof"}]
    services.edit(version=drafted, content={"documents": documents}, by=cast.quan)
    page = text(admin.get(address))
    assert "Chưa gắn ô tệp: Giấy A." in page
    assert "Gắn với ô tệp mà biểu mẫu không có: Giấy B." in page
    services.edit(version=drafted, content={"online": "none"}, by=cast.quan)
    assert "ô tệp" not in text(admin.get(address)).split("<form", 1)[0].split("</table>")[-1]


def test_people_see_no_name_of_a_form_field_and_no_number_without_its_meaning(admin, cast, drafted):
    documents = [{"title": "Giấy A", "original": 1, "copy": 2, "field": "proof"}]
    services.edit(version=drafted, content={"documents": documents}, by=cast.quan)
    page = text(admin.get("/procedures/p/1.004194/preview/"))
    assert "<li>Giấy A · bản chính: 1 · bản sao: 2</li>" in page
    assert "15.000 đồng" in page


def test_a_document_tied_to_another_field_is_a_change_that_one_reads(admin, cast, drafted):
    documents = [{**one, "field": ""} for one in drafted.documents]
    services.edit(version=drafted, content={"documents": documents}, by=cast.quan)
    assert "ô tệp trong biểu mẫu: proof</del>" in text(admin.get("/procedures/p/1.004194/publish/"))
