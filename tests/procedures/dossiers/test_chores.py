"""The hourly chores: one thing that is broken stops nothing behind it, and the run ends failed, so that an operator sees it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from config.management.commands import work
from keng.accounts.models import Citizen
from keng.core import ids
from keng.core.registry import chores
from keng.core.row_by_row import RowsFailed
from keng.procedures.assisted import person
from keng.procedures.dossiers import erasing, moving, reminding, services
from keng.procedures.filing import drafts
from keng.procedures.models import Dossier, Draft, Message, State
from keng.units.changes import Basis, merge
from tests.cast import office
from tests.procedures.cast import Province, citizen
from tests.procedures.dossiers.filed import ADDRESS, accepted, at, decided, draft, paper, submitted

pytestmark = pytest.mark.django_db
LACKING = [{"title": "Ảnh", "why": "", "field": ""}]
SECRET = "Quàng Văn An 011090000123"


def breaking(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, broken: Callable[..., bool]) -> None:
    """What `module` calls by this name fails where `broken` says so of its arguments, with words that no log may have."""
    real = getattr(module, name)

    def does(*args: Any, **kwargs: Any) -> Any:
        done = real(*args, **kwargs)
        if broken(*args, **kwargs):
            raise ValueError(SECRET)
        return done

    monkeypatch.setattr(module, name, does)


def ends_failed(name: str, caplog: pytest.LogCaptureFixture, key: object) -> None:
    """As the worker runs it; the journal has the chore and the row, and nothing of anybody."""
    caplog.clear()
    assert not work.attempt(name, chores[name])
    assert RowsFailed.__name__ in caplog.text
    assert f"“{name}”: dòng {key} " in caplog.text
    assert SECRET not in caplog.text


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "close_old_connections", lambda: None)


def waiting(cast: Province, *, until: date) -> Dossier:
    with at("2026-11-25 08:00"):
        return services.ask_supplement(dossier=accepted(cast), items=LACKING, by_day=until, by=cast.thu)


def test_c4_a_dossier_that_can_t_be_erased_keeps_none_behind_it(
    cast: Province, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    due = [services.withdraw(dossier=submitted(cast), by=None) for _ in range(4)]
    for days, one in zip((9, 8, 7, 6), due, strict=True):
        Dossier.objects.filter(pk=one.pk).update(erase_on=localdate() - timedelta(days=days))
    broken = {due[0].pk, due[1].pk}
    breaking(monkeypatch, erasing, "erase", lambda dossier: dossier.pk in broken)
    ends_failed("procedures.erase_due", caplog, due[0].pk)
    assert set(Dossier.objects.filter(erased_at=None).values_list("pk", flat=True)) == broken
    assert set(Dossier.objects.exclude(answers={}).values_list("pk", flat=True)) == broken, "and they are whole"


def test_a_test_that_can_t_be_forgotten_keeps_none_behind_it(
    cast: Province, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _ = cast.province_police
    with at("2026-11-02 08:00"):
        made = [
            services.submit(
                draft=Draft.objects.create(version=cast.version, form=cast.version.form, answers=ADDRESS, test=True),
                by=cast.quan,
            )
            for _ in range(2)
        ]
    broken = Dossier.objects.order_by("pk")[0]
    breaking(monkeypatch, erasing, "_say", lambda dossier: dossier.code == broken.code)
    ends_failed("procedures.erase_due", caplog, broken.pk)
    assert Dossier.objects.get() == broken
    assert broken in made


def test_a_reminder_that_fails_keeps_none_behind_it_and_what_is_over_is_stopped_all_the_same(
    cast: Province, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    over, first, second = (waiting(cast, until=date(2026, 12, day)) for day in (5, 10, 11))
    breaking(monkeypatch, reminding, "tell", lambda dossier, *_, **__: dossier.pk == first.pk)
    with at("2026-12-09 08:00"):
        ends_failed("procedures.mind_supplements", caplog, first.pk)
    assert [one.dossier for one in Message.objects.filter(kind=reminding.REMINDER)] == [second]
    over.refresh_from_db()
    assert over.state == State.STOPPED


def test_a_dossier_that_can_t_be_stopped_keeps_none_behind_it(
    cast: Province, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = waiting(cast, until=date(2026, 12, 4)), waiting(cast, until=date(2026, 12, 5))
    breaking(monkeypatch, reminding, "stop", lambda *, dossier, **_: dossier.pk == first.pk)
    with at("2026-12-09 08:00"):
        ends_failed("procedures.mind_supplements", caplog, first.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.WAITING, State.STOPPED)


def test_what_was_answered_while_the_chore_runs_is_not_stopped(cast: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = waiting(cast, until=date(2026, 12, 5))
    listed = reminding._over

    def then_answered() -> list[int]:
        found = listed()
        more = draft(cast, to=dossier)
        paper(more, cast.an)
        with at("2026-12-05 23:59"):
            services.answer_supplement(dossier=dossier, draft=more, by=None)
        return found

    monkeypatch.setattr(reminding, "_over", then_answered)
    with at("2026-12-09 08:00"):
        assert reminding.mind_supplements() == 0
    dossier.refresh_from_db()
    assert dossier.state == State.PROCESSING


def test_a_dossier_that_can_t_be_passed_on_keeps_none_behind_it(
    cast: Province, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    police = office("ca-quang-lam", "Công an xã Quảng Lâm", "commune_police", cast.quang_lam)
    day = localdate()
    both = sorted((decided(cast), decided(cast)), key=lambda one: one.pk)
    merge(units=[cast.thanh_yen], into=cast.quang_lam, basis=Basis(date=day, decision="12/NQ-HĐND", by="quan"))
    type(cast.neighbour).objects.filter(pk=cast.neighbour.pk).update(valid_to=day)
    breaking(monkeypatch, moving, "turn", lambda dossier, *_, **__: dossier.pk == both[0].pk)
    ends_failed("procedures.reroute", caplog, both[0].pk)
    for one in both:
        one.refresh_from_db()
    assert [one.office for one in both] == [cast.neighbour, police]


def test_a_draft_that_can_t_be_forgotten_keeps_none_behind_it(
    cast: Province, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, fresh = draft(cast), draft(cast), draft(cast)
    for days, one in ((40, first), (35, second)):
        Draft.objects.filter(pk=one.pk).update(updated_at=ids.now() - timedelta(days=days))
    breaking(monkeypatch, drafts, "delete", lambda *, draft: draft.pk == first.pk or draft == first)
    ends_failed("procedures.drafts", caplog, first.pk)
    assert set(Draft.objects.all()) == {first, fresh}


def test_c4_a_person_who_can_t_be_forgotten_keeps_none_behind_them(
    cast: Province, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = citizen("011150000457", "Một", source="x"), citizen("011150000458", "Hai", source="x")
    for days, one in ((90, first), (80, second)):
        Citizen.objects.filter(pk=one.pk).update(confirmed_on=localdate() - timedelta(days=days))
    breaking(monkeypatch, person, "append", lambda *, subject, **_: subject == str(first.pk))
    ends_failed("procedures.forget_people", caplog, first.pk)
    assert Citizen.objects.filter(pk__in=[first.pk, second.pk]).get() == first
