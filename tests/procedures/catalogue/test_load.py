"""The samples that come with Kẻng, and the command that loads them."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from keng.core.models import Clock
from keng.ledger.models import Entry
from keng.procedures.catalogue import load, services
from keng.procedures.catalogue.sections import content_of, lacks
from keng.procedures.models import Field, LifeEvent, Procedure, ProcedureVersion
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db
CODES = {"1.004222", "1.004194", "1.003677", "1.010028", "MAU-CAN-CUOC", "1.001193", "1.000894", "1.001776"}
A_DAY = 7.5  # working hours, by the calendar's office hours
FORMS = Path(load.__file__).parents[1] / "forms/samples"


@pytest.fixture
def cast() -> Province:
    return Province()


def test_the_eight_samples_are_posted_whole_and_each_says_that_it_is_one(cast):
    assert set(load.load_procedures(by=cast.quan)) == CODES
    posted = ProcedureVersion.objects.in_force()
    assert {version.procedure.code for version in posted} == CODES
    for version in posted:
        assert version.sample
        assert lacks(content_of(version)) == []
        assert version.documents
        assert version.conditions
        assert version.applicants
        assert version.procedure.life_events.exists()
        assert version.form.form == version.procedure.form
        assert version.form.published_by == cast.quan
    assert Field.objects.count() == 4
    assert all(event.icon for event in LifeEvent.objects.all())


def test_they_hold_since_local_government_has_two_levels(cast):
    load.load_procedures(by=cast.quan)
    assert set(ProcedureVersion.objects.values_list("valid_from", "published_by")) == {(date(2025, 7, 1), cast.quan.pk)}


def test_loading_again_changes_nothing_even_where_the_province_wrote_its_own(cast):
    load.load_procedures(by=cast.quan)
    procedure = Procedure.objects.get(code="1.004194")
    draft = services.draft(procedure=procedure, by=cast.quan)
    services.edit(version=draft, content={"amount": 2}, by=cast.quan)
    before = list(ProcedureVersion.objects.order_by("pk").values()), Entry.objects.count()
    assert load.load_procedures(by=cast.quan) == []
    assert (list(ProcedureVersion.objects.order_by("pk").values()), Entry.objects.count()) == before


def test_the_internal_steps_of_each_fit_into_the_time_that_it_promises():
    hours = {Clock.Unit.WORKING_DAYS: A_DAY, Clock.Unit.WORKING_HOURS: 1}
    for one in load.catalogue().procedures:
        spent = sum(step["hours"] for step in one.content["steps"])
        assert 0 < spent <= one.content["amount"] * hours[one.content["time_unit"]], one.code
        assert next(step for step in one.content["steps"] if step["hours"])["office"] == "service_centre", one.code


def test_every_legal_basis_has_its_number_and_its_day():
    for one in load.catalogue().procedures:
        for basis in one.content["bases"]:
            assert re.fullmatch(r"\d+/\d{4}/[A-ZĐ0-9-]+", basis["number"]), basis
            assert date.fromisoformat(basis["date"]).year == int(basis["number"].split("/")[1])
            assert basis["issuer"]


def test_no_sample_asks_for_what_must_not_be_known():
    for path in load.SAMPLES.glob("*.json"):
        assert not re.search("dân tộc|tôn giáo|tín ngưỡng|quan điểm", path.read_text().casefold()), path.name


def test_each_sample_is_a_file_that_may_be_imported_by_itself():
    for path in sorted(load.SAMPLES.glob("*.json")):
        whole = load.json_in.read(path.read_bytes())
        assert whole.errors == []
        assert [one.frame["form"] for one in whole.procedures] == [path.stem]
        assert json.loads(path.read_text())["procedures"][0]["sample"] is True


def test_the_command_publishes_in_the_name_of_the_only_administrator_or_of_whom_it_is_told(cast, capsys):
    with pytest.raises(CommandError, match="--by"):
        call_command("load_procedures")
    _ = cast.quan
    call_command("load_procedures")
    assert "thêm 8" in capsys.readouterr().out
    call_command("load_procedures", by="quan")
    assert "không có gì thay đổi" in capsys.readouterr().out


@pytest.mark.parametrize(("login", "says"), [("minh", "quản trị cấp tỉnh"), ("ai-do", "Không có ai")])
def test_the_command_takes_nobody_else(cast, login, says):
    _ = cast.minh
    with pytest.raises(CommandError, match=says):
        call_command("load_procedures", by=login)
    assert not Procedure.objects.exists()


def files_of_the_form(slug) -> set[str]:
    schema = json.loads((FORMS / f"{slug}.json").read_text())["schema"]
    return {name for name, field in schema["properties"].items() if field.get("format") == "files"}


def test_each_document_names_the_field_of_the_form_that_takes_it_and_no_field_is_without_a_document():
    for one in load.catalogue().procedures:
        named = [document["field"] for document in one.content["documents"] if document["field"]]
        assert sorted(named) == sorted(files_of_the_form(one.frame["form"])), one.code
