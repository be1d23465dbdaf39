"""Who sees a resident's data, and that no look goes unexplained (C1, O2)."""

import pytest

from keng.accounts.models import Absence
from keng.ledger.models import Entry
from keng.procedures.dossiers import services
from keng.procedures.errors import NotAllowed, Refused
from keng.procedures.filing import files
from keng.procedures.models import Dossier, Event
from tests.cast import user
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import accepted, at, paper, submitted

pytestmark = pytest.mark.django_db


def looks() -> list[tuple[str, str, str]]:
    return sorted(Entry.objects.filter(verb="procedures.dossier.read").values_list("by", "purpose", "case"))


def test_nobody_sees_what_nobody_took(cast: Province) -> None:
    dossier = submitted(cast)
    assert not services.sees(user=cast.thu, dossier=dossier)
    assert not services.opened(dossier=dossier, by=cast.thu)
    assert looks() == []


def test_the_owner_sees_it_and_their_looking_stands_in_the_ledger_once_a_sitting(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = accepted(cast)
        assert services.opened(dossier=dossier, by=cast.thu)
        assert services.opened(dossier=dossier, by=cast.thu)
        assert looks() == [("thu", "caseworker:taken", dossier.code)]
    with at("2026-11-23 10:01"):
        assert services.opened(dossier=dossier, by=cast.thu)
    assert len(looks()) == 2


def test_a_colleague_sees_it_for_two_hours_after_giving_a_reason(cast: Province) -> None:
    hien = user("hien", "Tòng Thị Hiên", (cast.centre, "caseworker"))
    with at("2026-11-23 08:00"):
        dossier = accepted(cast)
        assert not services.sees(user=hien, dossier=dossier)
        for reason in ("", "curious", "taken"):
            with pytest.raises(Refused):
                services.look(dossier=dossier, by=hien, reason=reason)
        assert looks() == []
        entry = services.look(dossier=dossier, by=hien, reason="counter", note="Bà Sua hỏi tại quầy")
        assert (entry.subject, entry.office, entry.purpose) == (dossier.code, "pvhcc-thanh-yen", "caseworker:counter")
        assert "Sua" not in entry.canonical().decode()
        assert Event.objects.get(kind="read").note == "Bà Sua hỏi tại quầy"
    with at("2026-11-23 09:59"):
        assert services.sees(user=hien, dossier=dossier)
        assert not services.sees(user=cast.khoa, dossier=dossier)
    with at("2026-11-23 10:01"):
        assert not services.sees(user=hien, dossier=dossier)


def test_another_reason_in_the_same_sitting_is_another_look(cast: Province) -> None:
    dossier = accepted(cast)
    services.look(dossier=dossier, by=cast.thu, reason="taken")
    services.look(dossier=dossier, by=cast.thu, reason="counter")
    services.look(dossier=dossier, by=cast.thu, reason="counter")
    assert len(looks()) == 2


def test_the_leader_looks_as_a_leader_and_the_neighbour_not_at_all(cast: Province) -> None:
    dossier = accepted(cast)
    with pytest.raises(NotAllowed):
        services.look(dossier=dossier, by=cast.lam, reason="verification")
    cast.centre.above = cast.province_police
    cast.centre.save()
    entry = services.look(dossier=dossier, by=cast.minh, reason="supervision")
    assert entry.purpose == "leader:supervision"
    assert services.sees(user=cast.minh, dossier=dossier)


def test_who_stands_in_sees_what_the_owner_sees(cast: Province) -> None:
    hien = user("hien", "Tòng Thị Hiên", (cast.centre, "caseworker"))
    with at("2026-11-23 08:00") as moment:
        dossier = accepted(cast)
        Absence.objects.create(officer=cast.thu, stand_in=hien, first=moment.date(), last=moment.date())
        assert services.opened(dossier=dossier, by=hien)
    assert looks() == [("hien", "caseworker:taken", dossier.code)]
    with at("2026-11-24 08:00"):
        assert not services.sees(user=hien, dossier=dossier)


def test_an_owner_who_went_to_another_office_sees_it_no_more(cast: Province) -> None:
    dossier = accepted(cast)
    cast.thu.appointments.update(office=cast.other_centre)
    assert not services.sees(user=cast.thu, dossier=dossier)


def test_an_opened_file_is_an_entry_of_its_own(cast: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = accepted(cast)
    file = paper(dossier, cast.an)
    monkeypatch.setattr(files, "plain", lambda one: b"%PDF-" if one == file else b"")
    with pytest.raises(NotAllowed):
        services.open_file(attachment=file, by=cast.khoa)
    assert not Entry.objects.filter(verb="procedures.file.read").exists()
    assert services.open_file(attachment=file, by=cast.thu) == b"%PDF-"
    entry = Entry.objects.get(verb="procedures.file.read")
    assert (entry.case, entry.by, entry.purpose) == (dossier.code, "thu", "caseworker:taken")
    assert Event.objects.get(kind="file_read").entry == entry.pk


def test_looking_changes_nothing_of_the_dossier(cast: Province) -> None:
    dossier = accepted(cast)
    before = Dossier.objects.values().get(pk=dossier.pk)
    services.look(dossier=dossier, by=cast.thu, reason="taken")
    assert Dossier.objects.values().get(pk=dossier.pk) == before


def test_who_looked_and_was_then_moved_to_another_office_sees_it_no_more(cast: Province) -> None:
    hien = user("hien", "Tòng Thị Hiên", (cast.centre, "caseworker"))
    dossier = accepted(cast)
    services.look(dossier=dossier, by=hien, reason="counter")
    assert services.sees(user=hien, dossier=dossier)
    hien.appointments.update(office=cast.other_centre)
    assert not services.sees(user=hien, dossier=dossier)


def test_a_file_is_opened_for_the_reason_that_was_given_last(cast: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    hien = user("hien", "Tòng Thị Hiên", (cast.centre, "caseworker"))
    monkeypatch.setattr(files, "plain", lambda _one: b"%PDF-")
    with at("2026-11-23 08:00"):
        dossier = accepted(cast)
        file = paper(dossier, cast.an)
        services.look(dossier=dossier, by=hien, reason="counter")
    with at("2026-11-23 08:30"):
        services.look(dossier=dossier, by=hien, reason="complaint")
        services.open_file(attachment=file, by=hien)
    assert Entry.objects.get(verb="procedures.file.read").purpose == "caseworker:complaint"
