"""A resident has their data corrected or erased: asked, answered by the clock, done, told; the office reads it by a look."""

import re

import pytest
from django.utils.timezone import localdate

from keng.accounts.models import Citizen
from keng.core import ids
from keng.ledger.models import Entry
from keng.procedures.dossiers import erasing
from keng.procedures.dossiers import services as dossiers
from keng.procedures.errors import Conflict, Invalid, NotAllowed, Refused
from keng.procedures.models import DataRequest, Dossier, FormVersion, Message
from keng.procedures.requests import services
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province
from tests.procedures.citizens import as_citizen
from tests.procedures.dossiers.filed import accepted, at, submitted

pytestmark = pytest.mark.django_db
WORDS = "Địa chỉ ghi sai: phải là Bản Hạ."


def correction(cast: Province, dossier: Dossier | None = None) -> DataRequest:
    return services.file(dossier=dossier or submitted(cast), kind="correction", text=WORDS, citizen=cast.an)


def erasure(cast: Province) -> DataRequest:
    dossier = submitted(cast)
    dossiers.withdraw(dossier=dossier, by=None)
    return services.file(dossier=dossier, kind="erasure", text="Không làm nữa.", citizen=cast.an)


def text(answer) -> str:
    return answer.content.decode()


def test_a_request_has_its_two_legal_clocks_also_over_tet(cast):
    with at("2026-02-12 16:59"):
        asked = correction(cast)
    # Friday 13 and, after Tết (16-20 February), Monday 23; fifteen days by the calendar.
    assert f"{asked.answer_by.astimezone():%Y-%m-%d}" == "2026-02-23"
    assert f"{asked.act_by.astimezone():%Y-%m-%d}" == "2026-02-27"


def test_nobody_asks_about_somebody_elses_dossier_or_twice_at_once_or_without_words(cast):
    dossier = submitted(cast)
    with pytest.raises(NotAllowed):
        services.file(dossier=dossier, kind="correction", text=WORDS, citizen=cast.ba_sua)
    for nothing in ("", "  \n", "a\x00", "x" * 2001):
        with pytest.raises(Refused):
            services.file(dossier=dossier, kind="correction", text=nothing, citizen=cast.an)
    correction(cast, dossier)
    with pytest.raises(Conflict):
        correction(cast, dossier)
    services.agree(asked=DataRequest.objects.get(), answer="Sẽ sửa.", by=cast.thu)
    with pytest.raises(Conflict):
        correction(cast, dossier)
    assert DataRequest.objects.count() == 1


def test_an_open_dossier_is_not_erased(cast):
    dossier = submitted(cast)
    with pytest.raises(Refused):
        services.file(dossier=dossier, kind="erasure", text="Xoá đi.", citizen=cast.an)


def test_the_ledger_says_that_it_was_filed_answered_and_done_and_no_word_of_it(cast):
    asked = correction(cast)
    services.agree(asked=asked, answer="Sẽ sửa.", by=cast.thu)
    services.correct(asked=asked, answers={"address": "Bản Hạ"}, by=cast.thu)
    said = [str(vars(one)) for one in Entry.objects.filter(verb__startswith="procedures.request.")]
    assert sorted(Entry.objects.filter(verb__startswith="procedures.request.").values_list("verb", flat=True)) == [
        "procedures.request.answered",
        "procedures.request.done",
        "procedures.request.filed",
    ]
    assert "Bản Hạ" not in "".join(said)


def test_a_correction_changes_the_answer_tells_the_resident_and_is_done_once(cast):
    asked = correction(cast)
    with pytest.raises(Conflict):  # not agreed to yet
        services.correct(asked=asked, answers={"address": "Bản Hạ"}, by=cast.thu)
    services.agree(asked=asked, answer="Sẽ sửa.", by=cast.thu)
    with pytest.raises(Refused):
        services.correct(asked=asked, answers=dict(asked.dossier.answers), by=cast.thu)
    services.correct(asked=asked, answers={"address": "Bản Hạ"}, by=cast.thu)
    dossier = Dossier.objects.get()
    assert (dossier.answers["address"], asked.state) == ("Bản Hạ", "done")
    assert Message.objects.filter(kind="corrected").count() == 1
    assert dossier.events.filter(kind="corrected").count() == 1
    with pytest.raises(Conflict):
        services.correct(asked=asked, answers={"address": "Bản khác"}, by=cast.thu)


def test_what_is_corrected_wrongly_changes_nothing(cast):
    asked = correction(cast)
    services.agree(asked=asked, answer="Sẽ sửa.", by=cast.thu)
    before = dict(Dossier.objects.get().answers)
    with pytest.raises(Invalid):
        services.correct(asked=asked, answers={"address": "x" * 500}, by=cast.thu)
    assert Dossier.objects.get().answers == before
    assert DataRequest.objects.get().state == "agreed"


def test_an_erasure_takes_the_data_and_leaves_the_code_and_a_proof(cast):
    asked = erasure(cast)
    code = asked.dossier.code
    services.agree(asked=asked, answer="Sẽ xoá.", by=cast.thu)
    services.erase(asked=asked, by=cast.thu)
    left = Dossier.objects.get()
    assert (left.code, left.citizen, left.answers) == (code, None, {})
    assert left.erased_at is not None
    assert Entry.objects.filter(case=code, verb="procedures.dossier.deleted").count() == 1
    assert not DataRequest.objects.exists()
    assert Citizen.objects.filter(pk=cast.an.pk).exists()  # they sign in still


def test_an_office_that_does_not_hold_it_can_do_nothing(cast):
    asked = correction(cast)
    for deed in (services.agree, services.refuse):
        with pytest.raises(NotAllowed):
            deed(asked=asked, answer="Không.", by=cast.lam)
    assert DataRequest.objects.get().state == "filed"


def test_an_answer_without_words_is_sent_back_in_ours(desk, cast):
    asked = correction(cast)
    straight_in(desk, cast.thu)
    desk.post(f"/requests/{asked.pk}/look/")
    answer = desk.post(f"/requests/{asked.pk}/agree/", {"answer": " "})
    assert answer.status_code == 400
    assert "Đồng chí chưa điền ô này." in text(answer)
    assert DataRequest.objects.get().state == "filed"


def test_c1_the_desks_list_says_no_word_and_reading_is_a_look_that_the_resident_sees(desk, my, cast):
    asked = correction(cast)
    straight_in(desk, cast.thu)
    for address in ("/requests/", f"/requests/{asked.pk}/"):
        shown = text(desk.get(address))
        assert asked.dossier.code in shown
        assert "Bản Hạ" not in shown
        assert cast.an.name not in shown
    assert not Entry.objects.filter(verb="procedures.dossier.read").exists()
    desk.post(f"/requests/{asked.pk}/look/")
    assert "Bản Hạ" in text(desk.get(f"/requests/{asked.pk}/"))
    as_citizen(my, cast.an)
    assert "sửa dữ liệu theo yêu cầu" in text(my.get("/looks"))


def test_the_whole_way_through_both_faces(desk, my, cast):
    dossier = accepted(cast)
    as_citizen(my, cast.an)
    assert my.post("/requests/ask", {"kind": "correction", "dossier": dossier.code, "text": WORDS}).status_code == 302
    straight_in(desk, cast.thu)
    address = f"/requests/{DataRequest.objects.get().pk}/"
    desk.post(address + "look/")
    assert desk.post(address + "agree/", {"answer": ""}).status_code == 400
    assert desk.post(address + "agree/", {"answer": "Sẽ sửa trong tuần."}).status_code == 302
    assert "Sẽ sửa trong tuần." in text(my.get("/requests"))
    page = text(desk.get(address + "correct/"))
    assert "Bản Noong Vai" in page
    assert desk.post(address + "correct/", {"address": ""}).status_code == 400
    assert desk.post(address + "correct/", {"address": "Bản Hạ"}).status_code == 302
    assert "Bản Hạ" in text(my.get(f"/dossiers/{dossier.code}"))
    assert "đã làm" in text(my.get("/requests"))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"kind": "erase-all", "text": WORDS},
        {"kind": "correction", "text": ""},
        {"kind": "correction", "text": "a\x00b"},
        {"kind": "correction", "text": "x" * 3000},
        {"kind": "correction", "text": WORDS, "dossier": "03349-260101-9999"},
        {"kind": "correction", "text": WORDS, "dossier": "\x00"},
    ],
)
def test_bad_input_is_said_at_its_place_and_changes_nothing(my, cast, said):
    dossier = submitted(cast)
    as_citizen(my, cast.an)
    answer = my.post("/requests/ask", {"dossier": dossier.code, **said})
    assert answer.status_code == 400
    assert 'class="error"' in text(answer)
    assert not DataRequest.objects.exists()


def test_somebody_elses_request_is_not_there(my, cast):
    asked = correction(cast)
    as_citizen(my, cast.ba_sua)
    assert my.post(f"/requests/{asked.pk}/withdraw").status_code == 404
    assert WORDS not in text(my.get("/requests"))
    as_citizen(my, cast.an)
    assert my.post(f"/requests/{asked.pk}/withdraw").status_code == 302
    assert my.post(f"/requests/{asked.pk}/withdraw").status_code == 409


def test_neither_is_another_communes(desk, cast):
    asked = correction(cast)
    straight_in(desk, cast.lam)
    assert desk.get(f"/requests/{asked.pk}/").status_code == 404
    assert asked.dossier.code not in text(desk.get("/requests/"))
    assert not re.search(r"data_request", text(desk.get("/requests/")))


def test_c4_a_request_still_under_way_goes_with_the_data_it_is_about(desk, cast):
    asked = correction(cast, accepted(cast))
    Dossier.objects.update(state="refused", closed_at=ids.now(), erase_on=localdate())
    assert erasing.erase_due() == 1
    assert not DataRequest.objects.exists()
    straight_in(desk, cast.thu)
    assert desk.get(f"/requests/{asked.pk}/").status_code == 404
    assert desk.get("/requests/").status_code == 200


def test_another_commune_neither_corrects_nor_erases(cast):
    asked = correction(cast)
    services.agree(asked=asked, answer="Sẽ sửa.", by=cast.thu)
    gone = erasure(cast)
    services.agree(asked=gone, answer="Sẽ xoá.", by=cast.thu)
    with pytest.raises(NotAllowed):
        services.correct(asked=asked, answers={"address": "Bản Hạ"}, by=cast.lam)
    with pytest.raises(NotAllowed):
        services.erase(asked=gone, by=cast.lam)
    assert not Dossier.objects.filter(answers__address="Bản Hạ").exists()
    assert not Dossier.objects.exclude(erased_at=None).exists()


def test_who_asked_for_a_correction_is_not_erased_and_the_other_way_round(cast):
    gone = erasure(cast)
    asked = services.file(dossier=gone.dossier, kind="correction", text=WORDS, citizen=cast.an)  # both may be asked
    for one in (gone, asked):
        services.agree(asked=one, answer="Được.", by=cast.thu)
    with pytest.raises(Conflict):
        services.erase(asked=asked, by=cast.thu)
    with pytest.raises(Conflict):
        services.correct(asked=gone, answers={"address": "Bản Hạ"}, by=cast.thu)
    left = Dossier.objects.get()
    assert (left.citizen, left.erased_at, left.answers["address"]) == (cast.an, None, gone.dossier.answers["address"])


def test_what_nobody_agreed_to_is_not_erased(cast):
    asked = erasure(cast)
    with pytest.raises(Conflict):
        services.erase(asked=asked, by=cast.thu)
    services.refuse(asked=asked, answer="Luật buộc lưu năm năm.", by=cast.thu)
    with pytest.raises(Conflict):
        services.erase(asked=asked, by=cast.thu)
    assert Dossier.objects.get().erased_at is None


def test_an_answer_once_given_and_a_request_taken_back_stand(cast):
    agreed, back = correction(cast), correction(cast)
    services.agree(asked=agreed, answer="Sẽ sửa.", by=cast.thu)
    with pytest.raises(Conflict):
        services.refuse(asked=agreed, answer="Thôi không.", by=cast.thu)
    with pytest.raises(NotAllowed):
        services.withdraw(asked=back, citizen=cast.ba_sua)
    services.withdraw(asked=back, citizen=cast.an)
    for deed in (services.agree, services.refuse):
        with pytest.raises(Conflict):
            deed(asked=back, answer="Muộn rồi.", by=cast.thu)
    said = dict(DataRequest.objects.values_list("pk", "answer"))
    assert said == {agreed.pk: "Sẽ sửa.", back.pk: ""}


def test_what_was_right_when_it_was_filed_does_not_stand_in_the_way_of_a_correction(cast):
    """A field that the form has come to judge otherwise, as a day "from today on" that has passed: only what is changed is judged."""
    asked = correction(cast)
    services.agree(asked=asked, answer="Sẽ sửa.", by=cast.thu)
    schema = cast.form.schema | {
        "properties": cast.form.schema["properties"] | {"note": {"type": "string", "title": "Ghi chú", "maxLength": 3}}
    }
    display = {"pages": [{"title": "Nơi tạm trú", "fields": ["address", "note"]}]}
    other = FormVersion.objects.create(form=cast.form.form, number=2, schema=schema, display=display)
    Dossier.objects.update(form=other, answers={"address": "Bản Noong Vai", "note": "dài quá"})
    services.correct(asked=asked, answers={"address": "Bản Hạ", "note": "dài quá"}, by=cast.thu)
    assert Dossier.objects.get().answers == {"address": "Bản Hạ", "note": "dài quá"}


def test_the_desks_list_has_the_most_pressing_first_and_what_was_agreed_to_by_its_own_clock(desk, cast):
    with at("2026-11-23 08:00"):
        agreed = correction(cast)
        services.agree(asked=agreed, answer="Sẽ sửa.", by=cast.thu)
    with at("2026-11-25 08:00"):
        fresh = correction(cast)
        straight_in(desk, cast.thu)
        rows = desk.get("/requests/").context["waiting"]
    assert [(row.asked, row.due) for row in rows] == [(fresh, fresh.answer_by), (agreed, agreed.act_by)]


def test_c1_the_form_of_a_correction_opens_to_nobody_without_a_look(desk, cast):
    asked = correction(cast)
    services.agree(asked=asked, answer="Sẽ sửa.", by=cast.thu)
    straight_in(desk, cast.thu)
    there = f"/requests/{asked.pk}/correct/"
    assert "Bản Noong Vai" not in text(desk.get(there))
    desk.post(there, {"address": "Bản Hạ"})
    assert Dossier.objects.get().answers["address"] != "Bản Hạ"
    assert not Entry.objects.filter(verb="procedures.dossier.read").exists()
