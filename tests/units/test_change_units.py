"""`manage.py change_units`: an operator enters a decision."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from keng.ledger.models import Entry
from keng.units.models import Unit
from tests.units.places import commune, dien_bien, names

pytestmark = pytest.mark.django_db
DECISION = ["--date", "2026-10-01", "--decision", "12/NQ", "--by", "quan"]


def run(*words: str) -> str:
    out = StringIO()
    call_command("change_units", *DECISION, *words, stdout=out)
    return out.getvalue().strip()


@pytest.fixture(autouse=True)
def _places() -> None:
    commune("03164", "Quảng Lâm", "Bản 1", "Bản 2")
    commune("03165", "Nậm Vì")


def test_a_unit_is_renamed_and_changes_kind() -> None:
    assert run("rename", "03164", "Quảng Sơn") == "Quảng Lâm → Quảng Sơn"
    assert run("kind", "03164", "phuong") == "xã → phường"
    assert Unit.objects.get(code="03164").full_name == "Phường Quảng Sơn"
    assert set(Entry.objects.values_list("by", "case")) == {("quan", "12/NQ")}


def test_units_merge_into_an_old_one_or_a_new_one() -> None:
    assert run("merge", "03164", "03165", "--new", "03199", "xa", "Quảng Nậm") == "Xã Quảng Nậm"
    commune("03166", "Na Sang")
    assert run("merge", "03199", "--into", "03166") == "Xã Na Sang"
    assert names(Unit.objects.get(code="03166")) == ["Bản 1", "Bản 2"]


def test_a_unit_splits_with_its_villages_a_province_with_its_communes() -> None:
    assert run("split", "03164", "--part", "03199", "xa", "Na Cô Sa", "--give", "03199", "Bản 2") == "Xã Na Cô Sa"
    assert names(Unit.objects.get(code="03199")) == ["Bản 2"]
    assert run("split", "11", "--part", "13", "tinh", "Mường Nhé", "--give", "13", "03165") == "Tỉnh Mường Nhé"
    assert Unit.objects.get(code="03165").parent_id == "13"
    assert dien_bien().children.count() == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["rename", "99999", "X"], "Không có đơn vị mã 99999"),
        (["rename", "03164", "Quảng Lâm"], "đã mang tên này"),
        (["kind", "03164", "tinh"], "không thể đổi"),
        (["merge", "03164", "--into", "03164"], "ít nhất hai"),
        (["split", "03164", "--part", "03199", "xa", "X", "--give", "03199", "Bản 9"], "không có bản Bản 9"),
        (["split", "03164", "--part", "03199", "xa", "X", "--give", "03198", "Bản 1"], "không có trong --part"),
        (["split", "11", "--part", "13", "tinh", "X", "--give", "13", "99999"], "không thuộc"),
        (["merge", "03164"], "--into"),
        (["fly", "03164"], "fly"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(words: list[str], sentence: str) -> None:
    before = list(Unit.objects.order_by("code").values_list())
    with pytest.raises(CommandError, match=sentence):
        run(*words)
    assert list(Unit.objects.order_by("code").values_list()) == before
    assert not Entry.objects.exists()
