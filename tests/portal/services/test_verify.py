"""`/verify/<code>`: genuine, taken back, or none of ours; of whom, never."""

import pytest
from django.db import transaction

from keng.core import at_rest
from keng.signing import documents
from keng.signing.kinds import kinds
from keng.signing.models import Document
from tests.conftest import FaceClient
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Province:
    return Province()


@pytest.fixture
def document(cast: Province) -> Document:
    at_rest.ensure()
    kind = next(name for name, _kind in kinds)
    with transaction.atomic():
        made = documents.issue(
            kind=kind, case="H11.03349-261122-0001", title="Giấy tiếp nhận", office=cast.centre,
            values={"name": "Quàng Văn An"},
        )  # fmt: skip
    Document.objects.filter(pk=made.pk).update(sha256="ab" * 32)
    return made


def test_a_genuine_paper_tells_its_kind_office_day_and_hash_and_nobodys_name(
    public: FaceClient, document: Document
) -> None:
    answer = public.get(f"/verify/{document.code}")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<h1>Giấy thật</h1>" in html
    assert kinds[document.kind].title in html
    assert "Trung tâm Phục vụ hành chính công xã Thanh Yên" in html
    assert "ab" * 32 in html
    for secret in ("Quàng", "261122-0001", "011090000123"):
        assert secret not in html
    assert "Genuine" in html or public.get(f"/verify/{document.code}/en").status_code == 200


def test_the_code_may_be_typed_in_any_case_and_without_groups(public: FaceClient, document: Document) -> None:
    typed = document.code.replace("-", "").lower()
    assert public.get(f"/verify/{typed}").status_code == 200
    box = public.get("/verify", {"code": typed})
    assert box.status_code == 302
    assert box.headers["Location"] == f"/verify/{typed}"
    assert public.get("/verify/en", {"code": typed}).headers["Location"] == f"/verify/{typed}/en"


def test_one_taken_back_says_so_and_when(public: FaceClient, cast: Province, document: Document) -> None:
    with transaction.atomic():
        documents.revoke(document=document, by=cast.thu)
    html = public.get(f"/verify/{document.code}").content.decode()
    assert "Giấy thật nhưng đã thu hồi" in html
    assert f"đã thu hồi ngày {document.revoked_at:%d/%m/%Y}" in html or "đã thu hồi ngày" in html
    assert "thu" not in html.replace("đã thu hồi", "").split("<dl")[1].split("</dl>")[0]


@pytest.mark.parametrize(
    "code",
    [
        "0000-0000-0000-0000",
        "x",
        "ABCD",
        "zzzz-zzzz-zzzz-zzzz-zzzz",
        "%00",
        "%ff%fe",
        "1.004194",
        "<script>",
        "a" * 3000,
    ],
)
def test_s3_a_code_of_no_paper_is_answered_alike_whatever_it_is(public: FaceClient, code: str) -> None:
    answer = public.get(f"/verify/{code}")
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "Không có giấy nào mang mã này" in html
    assert "<script" not in html
    nothing = public.get("/verify/0000-0000-0000-0001").content
    assert html.split("<footer>")[0] == nothing.decode().split("<footer>")[0]


def test_a_kind_that_is_no_longer_registered_is_told_by_its_title(public: FaceClient, document: Document) -> None:
    Document.objects.filter(pk=document.pk).update(kind="gone", title="Giấy cũ")
    assert "Giấy cũ" in public.get(f"/verify/{document.code}").content.decode()


def test_asking_writes_nothing_and_takes_few_queries(
    public: FaceClient, document: Document, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        public.get(f"/verify/{document.code}")
    with django_assert_num_queries(1):  # type: ignore[operator]
        public.get("/verify/0000-0000-0000-0001")
    assert public.post(f"/verify/{document.code}").status_code == 405
