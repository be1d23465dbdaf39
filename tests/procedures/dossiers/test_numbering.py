"""A code for each, none twice, none left out: with many at once, and with failures in the middle."""

import threading
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import connections, transaction

from keng.core.group_commit import group_commit
from keng.ledger.services import NotInTransaction
from keng.procedures.dossiers import services
from keng.procedures.dossiers.numbering import last_number, next_code
from keng.procedures.dossiers.services import intake
from keng.procedures.errors import Conflict, Refused
from keng.procedures.models import Dossier, DossierNumber, Draft
from tests.cast import user
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import draft, entries, submitted

THREADS, EACH = 16, 4
DAY = date(2026, 11, 23)


def at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """What each returned or raised, all begun at the same moment, in threads of their own."""
    results: list[Any] = [None] * len(jobs)
    ready = threading.Barrier(len(jobs))

    def run(number: int) -> None:
        ready.wait()
        try:
            results[number] = jobs[number]()
        except Exception as error:  # noqa: BLE001 - what is looked at
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return results


def file_all(drafts: list[Draft]) -> list[Any]:
    became: list[Any] = []
    for one in drafts:
        try:
            became.append(services.submit(draft=one, by=None))
        except Exception as error:  # noqa: BLE001 - what is looked at
            became.append(error)
    return became


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_get_every_number_once(cast: Province) -> None:
    drafts = [[draft(cast) for _ in range(EACH)] for _ in range(THREADS)]
    filed: list[Any] = sum(at_once([partial(file_all, some) for some in drafts]), [])
    assert [one for one in filed if not isinstance(one, Dossier)] == []
    assert sorted(int(one.code[-4:]) for one in filed) == list(range(1, THREADS * EACH + 1))
    assert len({one.code.rsplit("-", 1)[0] for one in filed}) == 1


@pytest.mark.django_db(transaction=True)
def test_what_fails_after_it_was_numbered_leaves_no_gap(cast: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third submission dies where the line to the resident is written, the last thing that it does."""
    drafts = [[draft(cast) for _ in range(EACH)] for _ in range(THREADS)]
    doomed = {one.pk for some in drafts for number, one in enumerate(some) if number % 3 == 1}
    whole, told = intake._take_in, intake.tell

    def note(one: Draft, made: Dossier, files: dict[str, int]) -> None:
        made.doomed = one.pk in doomed  # type: ignore[attr-defined]
        whole(one, made, files)

    def tell(made: Dossier, kind: str) -> None:
        if made.doomed:  # type: ignore[attr-defined]
            raise OSError("the disk is full")
        told(made, kind)

    monkeypatch.setattr(intake, "_take_in", note)
    monkeypatch.setattr(intake, "tell", tell)
    became: list[Any] = sum(at_once([partial(file_all, some) for some in drafts]), [])
    filed = [one for one in became if isinstance(one, Dossier)]
    failed = [one for one in became if isinstance(one, OSError)]
    assert (len(filed), len(failed)) == (THREADS * EACH - len(doomed), len(doomed))
    assert sorted(int(one.code[-4:]) for one in filed) == list(range(1, len(filed) + 1))
    assert set(Draft.objects.values_list("pk", flat=True)) == doomed


@pytest.mark.django_db(transaction=True)
def test_one_draft_pressed_sixteen_times_at_once_is_one_dossier(cast: Province) -> None:
    one = draft(cast)
    became: list[Any] = sum(at_once([lambda: file_all([one])] * THREADS), [])
    assert len([made for made in became if isinstance(made, Dossier)]) == 1
    assert len([error for error in became if isinstance(error, Conflict)]) == THREADS - 1
    assert Dossier.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_accept_at_once_one_wins(cast: Province) -> None:
    people = [user(f"can-bo-{number}", f"Cán bộ {number}", (cast.centre, "caseworker")) for number in range(8)]
    dossier = submitted(cast)
    became = at_once(
        [
            lambda who=who: services.accept(dossier=Dossier.objects.get(pk=dossier.pk), by=who)  # type: ignore[misc]
            for who in people
        ]
    )
    won = [one for one in became if isinstance(one, Dossier)]
    lost = [one for one in became if isinstance(one, Refused)]
    assert (len(won), len(lost)) == (1, 7)
    assert {one.status for one in lost} == {409}
    dossier.refresh_from_db()
    assert dossier.owner == won[0].owner
    assert entries(dossier).count("accepted") == 1


@pytest.mark.django_db
def test_series_are_apart_by_commune_and_day() -> None:
    codes = [
        next_code(unit=unit, day=day) for unit in ("03349", "THU") for day in (DAY, date(2026, 11, 24)) for _ in (1, 2)
    ]
    assert codes == [
        "03349-261123-0001", "03349-261123-0002", "03349-261124-0001", "03349-261124-0002",
        "THU-261123-0001", "THU-261123-0002", "THU-261124-0001", "THU-261124-0002",
    ]  # fmt: skip
    assert last_number(unit="03349", day=DAY) == 2
    assert last_number(unit="03164", day=DAY) == 0


@pytest.mark.django_db
def test_the_ten_thousandth_of_a_day_has_a_digit_more() -> None:
    DossierNumber.objects.create(unit="03349", day=DAY, last=9998)
    assert [next_code(unit="03349", day=DAY) for _ in (1, 2)] == ["03349-261123-9999", "03349-261123-10000"]


@pytest.mark.django_db
def test_a_number_that_is_rolled_back_is_given_again() -> None:
    with transaction.atomic():
        assert next_code(unit="03349", day=DAY).endswith("0001")
        transaction.set_rollback(True)
    assert next_code(unit="03349", day=DAY).endswith("0001")


@pytest.mark.django_db(transaction=True)
def test_there_is_no_number_outside_a_transaction() -> None:
    with pytest.raises(NotInTransaction):
        next_code(unit="03349", day=DAY)
    assert group_commit(lambda: next_code(unit="03349", day=DAY)).endswith("0001")
