"""C4: a dossier's data go when their time is over, from every table; the row and the ledger say that they were there and went."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils.timezone import localdate

from keng.accounts.models import Citizen
from keng.ledger.models import Entry
from keng.procedures import consents
from keng.procedures.dossiers import audit, erasing, services
from keng.procedures.dossiers.services import looking
from keng.procedures.errors import NotAllowed, Refused
from keng.procedures.filing import files
from keng.procedures.models import (
    Attachment,
    AttachmentBytes,
    Consent,
    DataRequest,
    Dossier,
    Draft,
    Event,
    Message,
)
from keng.signing.models import Document
from tests.procedures.cast import Province, citizen
from tests.procedures.dossiers.filed import ADDRESS, accepted, at, decided, draft, entries, paper, submitted

MARKERS = {name: f"{name}-danh-dau-7f3c9a" for name in ("answers", "note", "item", "file", "request", "person")}


def whole(cast: Province) -> Dossier:
    """Refused, with everything that may hang on a dossier, each with a marker in it."""
    somebody = citizen("011090000777", MARKERS["person"])
    filled = draft(cast, citizen=somebody, answers={"address": MARKERS["answers"]})
    file = paper(filled, somebody, title=MARKERS["file"])
    AttachmentBytes.objects.create(attachment=file, sealed=MARKERS["file"].encode() * 300)
    dossier = services.submit(draft=filled, by=None)
    services.accept(dossier=dossier, by=cast.thu)
    services.look(dossier=dossier, by=cast.thu, reason="counter", note=MARKERS["note"])
    services.advance(dossier=dossier, by=cast.thu, to=cast.khoa)
    services.ask_supplement(
        dossier=dossier, items=[{"title": MARKERS["item"]}], by_day=localdate() + timedelta(days=9), by=cast.khoa
    )
    more = draft(cast, citizen=somebody, to=dossier, answers={"address": MARKERS["answers"] + " 2"})
    services.answer_supplement(dossier=dossier, draft=more, by=None)
    draft(cast, citizen=somebody, to=dossier, answers={"address": MARKERS["answers"] + " 3"})
    services.refuse(dossier=dossier, reason=MARKERS["note"], by=cast.khoa)
    Consent.objects.create(citizen=somebody, purpose="reuse", dossier=dossier, how="online")
    DataRequest.objects.create(
        citizen=somebody, dossier=dossier, office=cast.neighbour, kind="erasure", text=MARKERS["request"],
        state="withdrawn", answer_by=dossier.submitted_at, act_by=dossier.submitted_at,
    )  # fmt: skip
    return dossier


def make_due(dossier: Dossier) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(erase_on=localdate())


@pytest.mark.django_db
def test_it_is_due_after_as_many_months_as_the_version_says_and_not_a_day_before(cast: Province) -> None:
    with at("2026-01-31 09:00"):
        dossier = services.withdraw(dossier=accepted(cast), by=None)
    assert dossier.erase_on is not None
    assert dossier.erase_on.isoformat() == "2031-01-31"
    with at("2031-01-30 23:50"):
        assert erasing.erase_due() == 0
    with at("2031-01-31 00:10"):
        assert erasing.erase_due() == 1
        assert erasing.erase_due() == 0


@pytest.mark.django_db
def test_c4_of_the_erased_dossier_its_row_its_code_and_its_figures_stay(cast: Province) -> None:
    dossier = whole(cast)
    before = Dossier.objects.get(pk=dossier.pk)
    number = Entry.objects.filter(case=dossier.code).count()
    make_due(dossier)
    assert erasing.erase_due() == 1
    dossier.refresh_from_db()
    assert (dossier.citizen, dossier.answers) == (None, {})
    assert dossier.erased_at is not None
    for kept in (
        "code",
        "procedure_id",
        "unit_id",
        "office_id",
        "submitted_at",
        "accepted_at",
        "closed_at",
        "state",
        "in_time",
    ):
        assert getattr(dossier, kept) == getattr(before, kept), kept
    deleted = Entry.objects.get(verb="procedures.dossier.deleted")
    # one more than there were: that of the documents' contents
    assert (deleted.case, deleted.purpose) == (dossier.code, f"system:{number + 1}")
    assert deleted.salt is not None
    assert set(Entry.objects.filter(case=dossier.code).exclude(pk=deleted.pk).values_list("salt", flat=True)) == {None}
    assert Event.objects.filter(dossier=dossier).exists()
    for model in (Attachment, AttachmentBytes, Message, Consent, DataRequest, Draft):
        assert not model.objects.exists(), model
    assert set(Document.objects.values_list("values", "pdf")) == {(None, None)}
    assert not Citizen.objects.filter(name=MARKERS["person"]).exists()
    assert list(audit.audit()) == []


@pytest.mark.django_db
def test_the_chain_of_the_ledger_holds_and_the_series_has_no_gap(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        several = [submitted(cast), whole(cast), submitted(cast)]
        make_due(several[1])
    assert erasing.erase_due() == 1
    assert [one[-4:] for one in Dossier.objects.order_by("code").values_list("code", flat=True)] == [
        "0001",
        "0002",
        "0003",
    ]


@pytest.mark.django_db
def test_who_still_has_another_dossier_or_signs_in_stays(cast: Province) -> None:
    first, second = submitted(cast), submitted(cast)
    for one in (first, second):
        services.withdraw(dossier=one, by=None)
        make_due(one)
    cast.an.identities.all().delete()
    Dossier.objects.filter(pk=second.pk).update(erase_on=None)
    erasing.erase_due()
    assert Citizen.objects.filter(pk=cast.an.pk).exists()
    make_due(second)
    erasing.erase_due()
    assert not Citizen.objects.filter(pk=cast.an.pk).exists()


@pytest.mark.django_db
def test_who_signs_in_by_e_identity_stays(cast: Province) -> None:
    dossier = services.withdraw(dossier=submitted(cast), by=None)
    make_due(dossier)
    erasing.erase_due()
    assert Citizen.objects.get() == cast.an


@pytest.mark.django_db
def test_a_paper_that_was_used_again_stays_with_the_dossier_that_used_it(cast: Province) -> None:
    old, new = submitted(cast), submitted(cast)
    first = paper(old, cast.an)
    AttachmentBytes.objects.create(attachment=first, sealed=b"sealed")
    again = paper(new, cast.an)
    Attachment.objects.filter(pk=again.pk).update(again=first)
    services.withdraw(dossier=old, by=None)
    make_due(old)
    erasing.erase_due()
    again.refresh_from_db()
    assert again.again is None
    assert bytes(again.bytes.sealed) == b"sealed"
    assert not Attachment.objects.filter(pk=first.pk).exists()


@pytest.mark.django_db
def test_an_erased_dossier_is_not_looked_at(cast: Province) -> None:
    dossier = whole(cast)
    make_due(dossier)
    erasing.erase_due()
    dossier.refresh_from_db()
    assert not services.sees(user=cast.khoa, dossier=dossier)
    with pytest.raises(Refused) as caught:
        services.look(dossier=dossier, by=cast.khoa, reason="inspection")
    assert caught.value.status == 410


@pytest.mark.django_db
def test_tests_are_forgotten_after_a_week_whole(cast: Province) -> None:
    _ = cast.province_police
    trial = Draft.objects.create(version=cast.version, form=cast.version.form, answers=ADDRESS, test=True)
    with at("2026-11-23 08:00"):
        filed = services.submit(draft=trial, by=cast.quan)
    with at("2026-11-30 07:59"):
        assert erasing.erase_due() == 0
    with at("2026-11-30 08:00"):
        assert erasing.erase_due() == 1
    assert not Dossier.objects.exists()
    assert "deleted" in entries(filed)
    assert list(audit.audit()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's pages: docs/operating/postgresql.md")
def test_c4_no_marker_is_left_in_the_database_file(cast: Province) -> None:
    dossier = whole(cast)
    _ = decided(cast)
    assert found() >= {"answers", "note", "item", "file", "request", "person"}, "the search finds what is there"
    make_due(dossier)
    assert erasing.erase_due() == 1
    assert found() == set()
    assert list(audit.audit()) == []


def found() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    name = Path(connection.settings_dict["NAME"])
    files = [str(path) for path in name.parent.glob(f"{name.name}*")]
    # By another process: to close the file in this one would loosen the locks that it holds on it.
    written = subprocess.run(["cat", *files], capture_output=True, check=True).stdout
    return {marker for marker, value in MARKERS.items() if value.encode() in written}


@pytest.mark.django_db
def test_c4_a_look_that_was_under_way_leaves_nothing_behind(cast: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = submitted(cast)
    file = paper(dossier, cast.an, title=MARKERS["file"])
    services.take(dossier=dossier, by=cast.thu)
    assert services.opened(dossier=dossier, by=cast.thu)
    seen = Dossier.objects.select_related("office").get(pk=dossier.pk)
    opened = Attachment.objects.select_related("dossier__office").get(pk=file.pk)
    services.withdraw(dossier=dossier, by=None)
    make_due(dossier)
    assert erasing.erase_due() == 1
    events = Event.objects.count()
    with pytest.raises(Refused) as error:
        services.look(dossier=seen, by=cast.thu, reason="complaint", note=MARKERS["note"])
    assert (error.value.code, error.value.status) == ("erased", 410)
    for bytes_there in (False, True):
        if bytes_there:
            monkeypatch.setattr(files, "plain", lambda _one: b"%PDF-")
        with pytest.raises(NotAllowed) as error:
            services.open_file(attachment=opened, by=cast.thu)
        assert error.value.code == "erased"
    monkeypatch.setattr(looking, "SITTING", timedelta(0))
    assert not services.opened(dossier=seen, by=cast.thu)
    assert Event.objects.count() == events
    assert not Event.objects.exclude(note="").exists()


@pytest.mark.django_db
def test_c3_an_address_for_letters_about_that_dossier_alone_is_erased_with_it(cast: Province) -> None:
    dossier, other = services.withdraw(dossier=accepted(cast), by=None), submitted(cast)
    Citizen.objects.filter(pk=cast.an.pk).update(email="an@example.vn")
    given = {"citizen": cast.an, "purpose": "email", "how": "online", "witness": None}
    of_other = consents.give(**given, dossier=other)  # type: ignore[arg-type]
    consents.give(**given, dossier=dossier)  # type: ignore[arg-type]
    erasing.erase(dossier)
    assert Citizen.objects.get().email == "an@example.vn"
    consents.withdraw(consent=of_other, by_citizen=cast.an)
    consents.give(**given, dossier=other)  # type: ignore[arg-type]
    Citizen.objects.update(email="an@example.vn")
    erasing.erase(other)
    assert Citizen.objects.get().email == ""
