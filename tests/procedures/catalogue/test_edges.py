"""The catalogue at its edges: how much a section holds, what a file may not say, how far ahead a day may be."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from keng.ledger.models import Entry
from keng.procedures.catalogue import incoming, json_in, outgoing, services
from keng.procedures.catalogue.differences import differences
from keng.procedures.catalogue.editing import Rows
from keng.procedures.catalogue.load import load_procedures
from keng.procedures.catalogue.sections import MOST_ROWS, TABLES, clean, content_of, lacks, read_frame
from keng.procedures.errors import Refused
from keng.procedures.models import Field, Procedure, ProcedureVersion
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province

WAY = {"way": "counter", "note": ""}


def problems(**content: Any) -> list[tuple[tuple[str | int, ...], str]]:
    return [(problem.path, problem.sentence) for problem in clean(content)[1] if problem.path[0] in content]


def test_a_section_holds_no_more_than_the_most_rows() -> None:
    assert problems(ways=[WAY] * MOST_ROWS) == []
    assert problems(ways=[WAY] * (MOST_ROWS + 1)) == [(("ways",), "Nhiều quá 60 dòng.")]


def test_what_no_column_is_called_is_said_in_its_row_and_not_dropped_unseen() -> None:
    assert problems(ways=[WAY, {**WAY, "dan_toc": "Thái"}]) == [(("ways", 1, "dan_toc"), "Không có mục này.")]


def test_rows_in_another_order_are_a_change() -> None:
    before = clean({"ways": [WAY, {"way": "post"}]})[0]
    after = {**before, "ways": before["ways"][::-1]}
    assert [(one.name, one.gone, one.come) for one in differences(before, after)] == [
        ("ways", (), ("Đổi thứ tự các dòng.",))
    ]


@pytest.fixture
def cast(db: None) -> Province:
    made = Province()
    load_procedures(by=made.quan)
    return made


@pytest.mark.parametrize("days", [-1, 367, 3650])
def test_a_procedure_is_retired_from_today_within_a_year(cast: Province, days: int) -> None:
    procedure = Procedure.objects.get(code="1.004194")
    today = timezone.localdate()
    with pytest.raises(Refused) as refused:
        services.retire(procedure=procedure, on=today + timedelta(days=days), by=cast.quan)
    assert "từ hôm nay, trong vòng một năm" in refused.value.sentence
    services.retire(procedure=procedure, on=today + timedelta(days=366), by=cast.quan)
    procedure.refresh_from_db()
    assert procedure.retired_on == today + timedelta(days=366)


def test_a_plan_with_one_error_does_nothing_at_all(cast: Province) -> None:
    """Whoever calls it: the page never comes so far."""
    whole = outgoing.everything()
    whole["fields"].append({"slug": "moi", "name": "Mới", "order": 9})
    whole["procedures"][0]["amount"] = 9
    whole["procedures"][1]["field"] = "khong-co"
    made = incoming.plan(json_in.read(outgoing.as_json(whole)))
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        incoming.carry_out(made, by=cast.quan, publish_from=None)
    assert "còn 1 chỗ sai" in refused.value.sentence
    assert (Entry.objects.count(), ProcedureVersion.objects.filter(published_at=None).count()) == (before, 0)
    assert not Field.objects.filter(slug="moi").exists()


def test_what_fails_half_way_leaves_nothing_behind(cast: Province) -> None:
    """The first procedure could be published, the second not from that day: neither is, nor is there a draft."""
    later = services.draft(procedure=Procedure.objects.get(code="1.004222"), by=cast.quan)
    day = timezone.localdate() + timedelta(days=30)
    services.publish(version=later, valid_from=day, by=cast.quan)
    whole = outgoing.everything()
    for one in whole["procedures"]:
        if one["code"] in ("1.004194", "1.004222"):
            one["amount"] = 9
    made = incoming.plan(json_in.read(outgoing.as_json(whole)), publish=True)
    assert [one.incoming.code for one in made.changed] == ["1.004194", "1.004222"]
    before = {version.pk: content_of(version) for version in ProcedureVersion.objects.all()}
    with pytest.raises(Refused):
        incoming.carry_out(made, by=cast.quan, publish_from=timezone.localdate())
    assert {version.pk: content_of(version) for version in ProcedureVersion.objects.all()} == before


def test_a_page_adds_no_row_to_a_section_that_is_full() -> None:
    rows = Rows(TABLES["ways"], [dict(WAY) for _number in range(MOST_ROWS - 1)])
    for _time in range(3):
        rows.turn("add")
    assert len(rows.rows) == MOST_ROWS


@pytest.mark.parametrize("name", ["name", "agency", "result", "amount", "ways", "steps", "bases"])
def test_nothing_is_published_without_what_people_go_by(name: str) -> None:
    whole: dict[str, Any] = {
        "name": "Tên", "agency": "Công an xã", "result": "Giấy", "amount": 3, "ways": [WAY],
        "steps": [{"title": "Ký", "hours": 2}], "bases": [{"title": "Luật"}],
    }  # fmt: skip
    assert lacks(clean(whole)[0]) == []
    assert [problem.path for problem in lacks(clean({**whole, name: None if name == "amount" else []})[0])] == [(name,)]


def test_a_code_is_no_longer_than_its_column() -> None:
    for code, said in (("1." + "0" * 38, 0), ("1." + "0" * 39, 1)):
        assert len([one for one in read_frame({"code": code})[1] if one.path == ("code",)]) == said


def test_the_day_offered_for_a_version_is_never_before_that_of_the_former(cast: Province, desk: Any) -> None:
    straight_in(desk, cast.quan)
    procedure = Procedure.objects.get(code="1.004194")
    day = timezone.localdate() + timedelta(days=20)
    services.publish(version=services.draft(procedure=procedure, by=cast.quan), valid_from=day, by=cast.quan)
    services.draft(procedure=procedure, by=cast.quan)
    page = desk.get("/procedures/p/1.004194/publish/").content.decode()
    assert f'name="day" value="{day.isoformat()}"' in page
