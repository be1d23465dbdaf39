"""A published version never changes: its model refuses, and so does the database itself."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from keng.procedures.catalogue import triggers
from keng.procedures.errors import Conflict
from keng.procedures.models import Dossier, ProcedureVersion
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db
OTHER = {
    "name": "Tên khác",
    "steps": [],
    "amount": 99,
    "level": "province",
    "competent": "peoples_committee",
    "online": "none",
    "valid_from": date(2026, 1, 1),
    "published_at": None,
    "retention_months": 1,
    "sample": True,
    "form_id": None,
}


@pytest.fixture
def cast() -> Province:
    return Province()


def refuses(says, change) -> None:
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        change()


def stored(version) -> Any:
    return ProcedureVersion.objects.filter(pk=version.pk)


def draft_of(version) -> ProcedureVersion:
    return ProcedureVersion.objects.create(
        procedure=version.procedure, number=2, name="Đăng ký tạm trú", agency="Công an xã", steps=version.steps, amount=2,
        result="Thông báo", valid_from=date(2027, 1, 1),
    )  # fmt: skip


def dossier_under(version, cast) -> Dossier:
    return Dossier.objects.create(
        code="H11.3.1-261122-0001", citizen=cast.an, procedure=version.procedure, version=version, unit=cast.thanh_yen,
        office=cast.neighbour, channel="online",
    )  # fmt: skip


@pytest.mark.parametrize("column", OTHER)
def test_the_database_refuses_to_change_what_was_published(cast, column):
    version = stored(cast.version)
    before = version.values().get()
    changes = {column: OTHER[column]} | ({"published_by": None} if column == "published_at" else {})
    refuses(triggers.NO_UPDATE, lambda: version.update(**changes))
    assert version.values().get() == before


def test_the_model_refuses_first_and_with_a_sentence(cast):
    version = cast.version
    version.name = "Tên khác"
    for fields in (None, ["name"], ["name", "valid_to"]):
        with pytest.raises(Conflict, match="fixed") as refused:
            version.save(update_fields=fields)
        assert "đã công bố" in str(refused.value.sentence)


def test_a_published_version_ends_once_and_then_stays_ended(cast):
    version = cast.version
    version.valid_to = date(2027, 1, 1)
    version.save(update_fields=["valid_to"])
    assert stored(version).get().valid_to == date(2027, 1, 1)
    refuses(triggers.NO_UPDATE, lambda: stored(version).update(valid_to=None))
    refuses(triggers.NO_UPDATE, lambda: stored(version).update(valid_to=date(2028, 1, 1)))


def test_a_published_version_is_not_deleted(cast):
    version = cast.version
    with connection.cursor() as cursor:
        refuses(
            triggers.NO_DELETE,
            lambda: cursor.execute("DELETE FROM procedures_procedureversion WHERE id = %s", [version.pk]),
        )


REPLACED_BY = {
    "its id": {},
    "its number": {"id": "999"},
    "the newest of the procedure": {"id": "999", "number": "7"},
}


def copied(changes: dict[str, str], version) -> str:
    columns = [field.column for field in ProcedureVersion._meta.local_concrete_fields]
    row = ", ".join(changes.get(column, "'khác'" if column == "name" else f'"{column}"') for column in columns)
    return f"({', '.join(columns)}) SELECT {row} FROM {triggers.TABLE} WHERE id = {version.pk}"


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite knows INSERT OR REPLACE")
@pytest.mark.parametrize("by", REPLACED_BY)
def test_a_published_version_is_not_replaced(cast, by):
    version = cast.version
    with connection.cursor() as cursor:
        refuses(
            triggers.NO_REPLACE,
            lambda: cursor.execute(f"INSERT OR REPLACE INTO {triggers.TABLE} {copied(REPLACED_BY[by], version)}"),
        )
    assert stored(version).get().name == version.name


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite knows UPDATE OR REPLACE")
@pytest.mark.parametrize("change", ["number = 1", "published_at = '2026-11-22', published_by_id = {by}"])
def test_a_draft_does_not_push_a_published_version_out(cast, change):
    version, draft = cast.version, draft_of(cast.version)
    sql = f"UPDATE OR REPLACE {triggers.TABLE} SET {change.format(by=cast.quan.pk)} WHERE id = {draft.pk}"
    with connection.cursor() as cursor:
        refuses(triggers.NO_REPLACE, lambda: cursor.execute(sql))
    assert stored(version).exists()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite knows INSERT OR REPLACE")
def test_a_draft_under_which_a_dossier_was_tried_is_not_replaced(cast):
    draft = draft_of(cast.version)
    dossier_under(draft, cast)
    with connection.cursor() as cursor:
        refuses(
            triggers.NO_REPLACE,
            lambda: cursor.execute(f"INSERT OR REPLACE INTO {triggers.TABLE} {copied({'amount': '99'}, draft)}"),
        )


def test_a_draft_changes_and_goes_freely(cast):
    draft = draft_of(cast.version)
    draft.name = "Đăng ký tạm trú cho người thuê nhà"
    draft.save()
    draft.name = "Đăng ký tạm trú mới"
    draft.save(update_fields=["name"])
    assert stored(draft).get().search_key == "dang ky tam tru moi"
    draft.delete()
    assert not stored(draft).exists()


def test_a_draft_under_which_a_dossier_was_tried_is_published_as_it_stands_or_not_at_all(cast):
    draft = draft_of(cast.version)
    dossier_under(draft, cast)
    refuses(triggers.USED, lambda: stored(draft).update(amount=99))
    stored(cast.version).update(valid_to=date(2027, 1, 1))
    assert stored(draft).update(published_at="2026-11-22T00:00:00Z", published_by=cast.quan) == 1


def test_every_column_of_a_version_is_kept_but_the_day_that_it_ends():
    columns = {field.column for field in ProcedureVersion._meta.local_concrete_fields}
    assert {*triggers.CONTENT, *triggers.ACT} == columns - {"valid_to"}


def test_triggers_that_are_gone_are_noticed_and_come_back_with_the_next_migration(cast):
    assert triggers.lock.missing(connection) == set()
    triggers.lock.drop(connection)
    assert "version_no_update" in triggers.lock.missing(connection)
    call_command("migrate", "procedures", verbosity=0)
    assert triggers.lock.missing(connection) == set()
