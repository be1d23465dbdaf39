"""Filing: a code, the office that is competent, nothing half done; and what answers a supplement."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from keng.ledger.models import Entry
from keng.procedures.dossiers import services
from keng.procedures.dossiers.services import intake
from keng.procedures.errors import Conflict, Invalid, NotAllowed, Refused
from keng.procedures.models import Attachment, Dossier, DossierNumber, Draft, Event, Message, State
from keng.units.models import Coverage, Office
from tests.cast import office, unit, user
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import (
    ADDRESS,
    accepted,
    at,
    counter_draft,
    decided,
    draft,
    entries,
    paper,
    submitted,
)

pytestmark = pytest.mark.django_db


def nothing_was_filed() -> bool:
    """But the consent under which an officer typed it."""
    entries = Entry.objects.exclude(verb="procedures.consent.given")
    return not (Dossier.objects.exists() or DossierNumber.objects.exists() or entries.exists())


def test_a_residents_draft_becomes_a_dossier_with_a_code_at_the_centre_of_the_commune(cast: Province) -> None:
    made = draft(cast)
    file = paper(made, cast.an)
    with at("2026-11-23 08:00"):
        filed = services.submit(draft=made, by=None)
    assert filed.code == "03349-261123-0001"
    assert (filed.office, filed.state, filed.citizen, filed.answers) == (cast.centre, "submitted", cast.an, ADDRESS)
    assert filed.step_due is not None
    assert filed.accepted_at is filed.due is filed.owner is filed.received_by is None
    file.refresh_from_db()
    assert (file.dossier, file.draft) == (filed, None)
    assert not Draft.objects.exists()
    entry = Entry.objects.get()
    assert (entry.verb, entry.subject, entry.case, entry.by) == (
        "procedures.dossier.submitted", filed.code, filed.code, "",
    )  # fmt: skip
    assert Event.objects.get().entry == entry.pk
    message = Message.objects.get()
    assert (message.kind, message.citizen) == ("submitted", cast.an)
    assert message.values == {"code": filed.code, "name": "Đăng ký tạm trú", "office": cast.centre.name}


def test_the_code_has_the_local_day_not_the_day_in_utc(cast: Province) -> None:
    with at("2026-11-24 00:30"):
        assert submitted(cast).code == "03349-261124-0001"
    with at("2026-11-24 23:30"):
        assert submitted(cast).code == "03349-261124-0002"


def test_each_commune_and_day_has_its_own_series(cast: Province) -> None:
    _ = office("ca-quang-lam", "Công an xã Quảng Lâm", "commune_police", cast.quang_lam)
    with at("2026-11-23 08:00"):
        codes = [services.submit(draft=draft(cast, unit=one), by=None).code for one in (cast.thanh_yen, cast.quang_lam)]
    with at("2026-11-24 08:00"):
        codes.append(submitted(cast).code)
    assert codes == ["03349-261123-0001", "03164-261123-0001", "03349-261124-0001"]


def test_a_counter_anywhere_in_the_province_takes_it_in_under_its_own_series_and_the_competent_office_decides(
    cast: Province,
) -> None:
    made = counter_draft(cast, cast.lam, cast.other_centre)
    with at("2026-11-23 08:00"):
        filed = services.submit(draft=made, by=cast.lam)
        assert filed.code == "03164-261123-0001"
        assert (filed.office, filed.received_by, filed.unit) == (cast.other_centre, cast.other_centre, cast.thanh_yen)
        services.accept(dossier=filed, by=cast.lam)
        services.advance(dossier=filed, by=cast.lam)
    assert (filed.office, filed.owner) == (cast.neighbour, None)
    assert {"submitted", "accepted", "advanced"} <= set(entries(filed))


def test_without_a_competent_office_it_is_refused_and_nothing_is_half_done(cast: Province) -> None:
    made = draft(cast, unit=cast.quang_lam)
    file = paper(made, cast.an)
    with pytest.raises(Refused) as caught:
        services.submit(draft=made, by=None)
    assert "Công an xã" in caught.value.sentence
    assert "Quảng Lâm" in caught.value.sentence
    file.refresh_from_db()
    assert file.draft == made
    assert nothing_was_filed()


def test_an_office_that_no_longer_covers_the_commune_is_not_competent(cast: Province) -> None:
    Coverage.objects.filter(office=cast.neighbour).update(valid_to=date(2026, 1, 1))
    with pytest.raises(Refused):
        submitted(cast)
    assert nothing_was_filed()


def test_without_a_service_centre_the_competent_office_checks_it_itself(cast: Province) -> None:
    Office.objects.filter(pk=cast.centre.pk).update(valid_to=date(2026, 1, 1))
    assert submitted(cast).office == cast.neighbour


def test_what_the_province_decides_goes_to_its_office_of_that_kind(cast: Province) -> None:
    version, _ = cast.version, cast.province_police
    version.valid_to = localdate()
    version.save(update_fields=["valid_to"])
    version.pk, version._state.adding, version.number, version.valid_to = None, True, 2, None
    version.level, version.competent = "province", "province_police"
    version.save()
    filed = submitted(cast)
    services.accept(dossier=filed, by=cast.thu)
    services.advance(dossier=filed, by=cast.thu)
    assert filed.office == cast.province_police


@pytest.mark.parametrize("ended", [True, False])
def test_a_commune_of_another_province_or_one_that_ended_is_refused(cast: Province, ended: bool) -> None:
    place = unit("08001", "Mường Nhé cũ", parent=cast.province if ended else unit("12", "Lai Châu", "tinh"))
    if ended:
        place.valid_to = date(2026, 1, 1)
        place.save()
    with pytest.raises(Refused):
        services.submit(draft=draft(cast, unit=place), by=None)
    assert nothing_was_filed()


def test_an_incomplete_form_is_refused_with_its_problems(cast: Province) -> None:
    made = draft(cast, answers={"other": "x"})
    with pytest.raises(Invalid) as caught:
        services.submit(draft=made, by=None)
    assert [problem.path for problem in caught.value.problems] == ["address"]
    assert nothing_was_filed()


def test_what_the_form_does_not_ask_for_is_not_kept(cast: Province) -> None:
    filed = services.submit(draft=draft(cast, answers={**ADDRESS, "planted": "x"}), by=None)
    assert filed.answers == ADDRESS


def test_a_second_press_files_nothing_twice(cast: Province) -> None:
    made = draft(cast)
    services.submit(draft=made, by=None)
    with pytest.raises(Conflict):
        services.submit(draft=made, by=None)
    assert Dossier.objects.count() == 1


@pytest.mark.parametrize("what", ["answers", "a file", "the commune"])
def test_what_was_changed_while_it_was_checked_is_not_filed(
    cast: Province, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    made = draft(cast)
    checked = intake._checked

    def meanwhile(*asked: Any) -> intake.Filled:
        if what == "a file":
            paper(made, cast.an)
        elif what == "the commune":
            Draft.objects.filter(pk=made.pk).update(unit=cast.quang_lam)
        else:
            Draft.objects.filter(pk=made.pk).update(answers={"address": "khác"})
        return checked(*asked)

    monkeypatch.setattr(intake, "_checked", meanwhile)
    with pytest.raises(Conflict, match="changed"):
        services.submit(draft=made, by=None)
    assert nothing_was_filed()


def test_a_version_that_ended_meanwhile_is_not_filed_under(cast: Province) -> None:
    made = draft(cast)
    type(cast.version).objects.filter(pk=cast.version.pk).update(valid_to=date(2026, 1, 1))
    with pytest.raises(Refused, match="ended"):
        services.submit(draft=made, by=None)
    assert nothing_was_filed()


def test_an_officer_files_only_what_was_filled_in_at_their_office_and_a_resident_only_their_own(cast: Province) -> None:
    of_thu = counter_draft(cast, cast.thu, cast.centre)
    for made, by in ((of_thu, cast.lam), (of_thu, None), (draft(cast), cast.thu)):
        with pytest.raises(NotAllowed):
            services.submit(draft=made, by=by)
    assert nothing_was_filed()
    assert services.submit(draft=of_thu, by=cast.thu).channel == "counter"


def test_a_test_has_a_series_of_its_own_needs_nobody_and_goes_no_further(cast: Province) -> None:
    _ = cast.province_police
    trial = Draft.objects.create(version=cast.version, form=cast.version.form, answers=ADDRESS, test=True)
    with at("2026-11-23 08:00"):
        filed = services.submit(draft=trial, by=cast.quan)
        assert submitted(cast).code == "03349-261123-0001"
    assert (filed.code, filed.test, filed.citizen) == ("THU-261123-0001", True, None)
    assert not Message.objects.filter(dossier=filed).exists()
    worker = user("tho", "Tòng Văn Thọ", (filed.office, "caseworker"))
    with pytest.raises(Conflict, match="test"):
        services.accept(dossier=filed, by=worker)


def asked(cast: Province, **more: Any) -> Dossier:
    dossier = decided(cast)
    item = {"title": "Hợp đồng thuê nhà", "why": "mờ", "field": ""}
    return services.ask_supplement(dossier=dossier, items=[item], by_day=date(2026, 12, 10), by=cast.khoa)


def test_an_answer_joins_the_dossier_and_the_clock_goes_on_where_it_stood(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = decided(cast)
        before = dossier.due
    with at("2026-11-25 09:00"):
        item = {"title": "Hợp đồng thuê nhà", "why": "mờ", "field": ""}
        services.ask_supplement(dossier=dossier, items=[item], by_day=date(2026, 12, 10), by=cast.khoa)
    step_due = dossier.step_due
    with at("2026-12-01 10:00"):
        more = draft(cast, answers={"address": "Bản Noong Hẹt"}, to=dossier)
        file = paper(more, cast.an)
        services.answer_supplement(dossier=dossier, draft=more, by=None)
    file.refresh_from_db()
    assert file.dossier == dossier
    assert (dossier.state, dossier.answers) == ("processing", {"address": "Bản Noong Hẹt"})
    assert before is not None
    assert dossier.due is not None
    assert before.date() == date(2026, 11, 27)  # 24 November is a day off
    assert dossier.due.date() == date(2026, 12, 3)
    assert dossier.first_due == before
    assert step_due is not None
    assert dossier.step_due is not None
    assert dossier.step_due > step_due + timedelta(days=4)
    pause = dossier.pauses.get()
    assert pause.until is not None
    assert dossier.supplement.answered_at == pause.until


def test_a_supplement_before_acceptance_leads_back_to_where_it_was_asked(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = services.take(dossier=submitted(cast), by=cast.thu)
        services.ask_supplement(dossier=dossier, items=[{"title": "Ảnh"}], by_day=date(2026, 12, 10), by=cast.thu)
        assert dossier.state == State.WAITING
    with at("2026-11-25 08:00"):
        services.answer_supplement(dossier=dossier, draft=draft(cast, answers={"address": "khác"}, to=dossier), by=None)
        assert (dossier.state, dossier.due) == (State.SUBMITTED, None)
        services.accept(dossier=dossier, by=cast.thu)
    assert dossier.due is not None
    assert dossier.due.date() == date(2026, 11, 30)


def test_a_resident_who_sends_nothing_new_is_told_so_and_the_clock_stands(cast: Province) -> None:
    with at("2026-11-25 09:00"):
        dossier = asked(cast)
        with pytest.raises(Refused, match="nothing_new"):
            services.answer_supplement(dossier=dossier, draft=draft(cast, to=dossier), by=None)
    assert dossier.pauses.get().until is None
    assert Draft.objects.exists()


def test_nobody_answers_for_another(cast: Province) -> None:
    with at("2026-11-25 09:00"):
        dossier = asked(cast)
        for other in (draft(cast, citizen=cast.ba_sua, to=dossier), draft(cast, answers={"address": "khác"})):
            with pytest.raises(NotAllowed):
                services.answer_supplement(dossier=dossier, draft=other, by=None)
        more = draft(cast, to=dossier)
        paper(more, cast.an)
        with pytest.raises(NotAllowed):
            services.answer_supplement(dossier=dossier, draft=more, by=cast.lam)
        with pytest.raises(NotAllowed):
            services.submit(draft=more, by=None)
        with pytest.raises(NotAllowed):
            services.answer_supplement(dossier=dossier, draft=more, by=cast.khoa)
        services.answer_supplement(dossier=dossier, draft=more, by=None)
    assert dossier.state == State.PROCESSING


def test_what_was_never_asked_for_is_not_answered(cast: Province) -> None:
    dossier = accepted(cast)
    more = draft(cast, to=dossier)
    paper(more, cast.an)
    with pytest.raises(Conflict):
        services.answer_supplement(dossier=dossier, draft=more, by=None)
    assert Attachment.objects.get().draft == more


def test_on_the_day_it_is_answered_and_after_it_no_more_though_no_chore_ran(cast: Province) -> None:
    with at("2026-11-25 09:00"):
        dossier = asked(cast)
        more = draft(cast, answers={"address": "khác"}, to=dossier)
    with at("2026-12-11 00:00"), pytest.raises(Conflict, match="over"):
        services.answer_supplement(dossier=dossier, draft=more, by=None)
    assert dossier.pauses.get().until is None
    with at("2026-12-10 23:59"):
        services.answer_supplement(dossier=dossier, draft=more, by=None)
    assert dossier.state == State.PROCESSING
