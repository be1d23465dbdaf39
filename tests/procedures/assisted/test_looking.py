"""Whoever opens what they typed for somebody leaves a look on that person's own page, whether it is filed or not (C1)."""

from datetime import timedelta
from unittest.mock import patch

import pytest

from keng.core import ids
from keng.ledger.models import Entry
from keng.procedures.dossiers.audit import audit
from keng.procedures.filing import files
from keng.procedures.models import Dossier, Draft, DraftLook
from tests.accounts.signing_in import straight_in
from tests.conftest import FaceClient
from tests.procedures.assisted.at_counter import begin, fill, plain_text
from tests.procedures.citizens import as_citizen
from tests.procedures.filing import made

pytestmark = pytest.mark.django_db
READ, FILE = "procedures.draft.read", "procedures.file.read"


def looks(draft: Draft) -> list[tuple[str, str, str, str]]:
    found = Entry.objects.filter(case=str(draft.pk), verb__in=[READ, FILE]).order_by("verb")
    return [(one.verb, one.by, one.office, one.purpose) for one in found]


def later(hours: float):
    moment = ids.now() + timedelta(hours=hours)
    return patch.object(ids, "now", lambda: moment)


def test_c1_opening_it_is_an_entry_once_in_a_sitting_and_again_another_day(thu, cast):
    draft = fill(thu)
    once = (READ, "thu", "pvhcc-thanh-yen", "caseworker:assisted")
    assert looks(draft) == [once]
    thu.get(f"/dossiers/new/{draft.pk}/review/")
    assert looks(draft) == [once]
    another = FaceClient("desk")
    with later(2.1):
        straight_in(another, cast.thu)
        another.get(f"/dossiers/new/{draft.pk}/1/")
    assert looks(draft) == [once, once]


def test_c1_each_opening_of_a_file_is_an_entry_of_its_own(thu, cast):
    draft = fill(thu)
    paper = files.store(
        upload=made.upload(made.pdf()), citizen=draft.citizen, draft=draft, field="contract", title="Hợp đồng"
    )
    for _twice in range(2):
        assert thu.get(f"/dossiers/new/{draft.pk}/files/{paper.pk}/").status_code == 200
    assert [verb for verb, *_rest in looks(draft)] == [READ, FILE, FILE]
    assert set(DraftLook.objects.values_list("title", flat=True)) == {"", "Hợp đồng"}


def test_c1_before_filing_her_page_says_which_office_when_why_and_what_for(thu, my, cast):
    draft = fill(thu)
    files.store(upload=made.upload(made.pdf()), citizen=draft.citizen, draft=draft, field="contract", title="Hợp đồng")
    thu.get(f"/dossiers/new/{draft.pk}/files/{draft.attachments.get().pk}/")
    page = as_citizen(my, draft.citizen).get("/looks")
    said = plain_text(page)
    assert "Trung tâm Phục vụ hành chính công xã Thanh Yên" in said
    assert "Mở hồ sơ đang nhập: nhập hồ sơ giúp bà con" in said
    assert "Mở tệp “Hợp đồng”: nhập hồ sơ giúp bà con" in said
    assert "Hồ sơ cán bộ nhập giúp, chưa nộp: Đăng ký tạm trú" in said
    assert [look.at for look in page.context["looks"]] == sorted(
        DraftLook.objects.values_list("at", flat=True), reverse=True
    )
    assert str(draft.pk) not in said


@pytest.mark.parametrize("end", ["filed", "deleted", "withdrawn"])
def test_c1_the_looks_stay_on_her_page_whatever_becomes_of_it(thu, my, cast, end):
    draft = fill(thu)
    citizen = draft.citizen
    as_citizen(my, citizen)
    if end == "withdrawn":
        my.post(f"/consents/{citizen.consents.get().pk}/withdraw")
    else:
        thu.post(f"/dossiers/new/{draft.pk}/{'review' if end == 'filed' else 'delete'}/")
    assert not Draft.objects.exists()
    (look,) = my.get("/looks").context["looks"]
    assert look.what == "mở hồ sơ đang nhập"
    if end == "filed":
        dossier = Dossier.objects.get()
        assert look.code == dossier.code
        assert dossier.code in plain_text(my.get("/looks"))
        assert "mở hồ sơ đang nhập" in plain_text(my.get(f"/dossiers/{dossier.code}"))
        assert my.get("/copy.zip").status_code == 200
    else:
        assert (look.code, look.about) == ("", "Đăng ký tạm trú")


def test_c1_a_receipt_printed_after_the_sitting_is_a_look_too(thu, cast):
    draft = fill(thu)
    thu.post(f"/dossiers/new/{draft.pk}/review/")
    assert len(looks(draft)) == 1
    assert thu.get(f"/dossiers/new/{draft.pk}/receipt.pdf").status_code == 200
    assert len(looks(draft)) == 1
    with later(2.1):
        assert thu.get(f"/dossiers/new/{draft.pk}/receipt.pdf").status_code == 200
    assert len(looks(draft)) == 2


def test_c1_at_a_lower_level_of_e_identity_they_are_hidden_as_the_dossier_would_be(thu, my, cast):
    citizen = cast.an
    begin(thu, number=citizen.number, name=citizen.name, born="1990-05-04")
    thu.get(f"/dossiers/new/{Draft.objects.get().pk}/1/")
    assert len(as_citizen(my, citizen).get("/looks").context["looks"]) == 1
    assert as_citizen(FaceClient("my"), citizen, level=1).get("/looks").context["looks"] == []


def test_nothing_of_anybody_elses_is_on_her_page(thu, my, cast):
    fill(thu)
    assert as_citizen(my, cast.an).get("/looks").context["looks"] == []


def test_the_look_can_be_proved_like_any_other(thu, my, cast):
    draft = fill(thu)
    entry = DraftLook.objects.get().entry
    assert as_citizen(my, cast.an).get(f"/looks/{entry}/keng-proof.json").status_code == 404
    answer = as_citizen(FaceClient("my"), draft.citizen).get(f"/looks/{entry}/keng-proof.json")
    assert answer.status_code == 404  # not published yet, and said so beside it
    assert "Vào sổ công khai trong đêm nay." in plain_text(as_citizen(FaceClient("my"), draft.citizen).get("/looks"))


@pytest.mark.parametrize("filed", [False, True])
def test_o4_the_audit_finds_a_look_without_its_entry_and_an_entry_without_its_look(thu, filed):
    draft = fill(thu)
    if filed:
        thu.post(f"/dossiers/new/{draft.pk}/review/")
    assert list(audit()) == []
    look = DraftLook.objects.get()
    DraftLook.objects.update(entry=look.entry + 1)
    said = [one.split(" / ")[1] for one in audit()]
    assert said == [
        f"The assisted draft {draft.pk}: no entry tells of a look.",
        f"The assisted draft {draft.pk} has no look for the entry {READ}.",
    ]


def test_o4_who_is_forgotten_leaves_entries_that_the_audit_asks_no_more_about(thu):
    draft = fill(thu)
    thu.post(f"/dossiers/new/{draft.pk}/delete/")
    draft.citizen.consents.all().delete()
    assert looks(draft)
    assert list(audit()) == []
