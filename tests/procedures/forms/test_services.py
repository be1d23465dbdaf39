"""A form's life: begun, edited, published for good, drafted anew; all of it in the ledger."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from keng.ledger.models import Entry
from keng.procedures.errors import Conflict, NotAllowed, Refused
from keng.procedures.forms import editing, services, triggers
from keng.procedures.forms import pages as pages_of
from keng.procedures.forms.reading import Malformed
from keng.procedures.models import FormVersion
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Province:
    return Province()


@pytest.fixture
def draft(cast: Province) -> FormVersion:
    return services.begin(title="Đơn xin xác nhận", by=cast.quan)


def published(draft: FormVersion, cast: Province) -> FormVersion:
    return services.publish(version=draft, seen=services.token(draft), by=cast.quan)


def verbs() -> list[tuple[str, str, str, str]]:
    rows = Entry.objects.filter(verb__startswith="procedures.form").order_by("pk")
    return sorted(rows.values_list("verb", "subject", "by", "purpose"))


def test_a_form_begins_with_who_files_and_is_named_after_its_title(draft: FormVersion) -> None:
    assert (draft.form.slug, draft.number, draft.published_at) == ("don-xin-xac-nhan", 1, None)
    assert [field.name for page in pages_of(draft) for field in page.fields] == ["name", "number", "phone", "pledge"]
    assert verbs() == [("procedures.form.drafted", "don-xin-xac-nhan", "quan", "1")]


def test_two_forms_of_one_title_have_two_slugs(cast: Province, draft: FormVersion) -> None:
    assert services.begin(title="Đơn xin xác nhận", by=cast.quan).form.slug == "don-xin-xac-nhan-2"
    assert services.begin(title="New", by=cast.quan).form.slug == "new-2"  # /procedures/forms/new/ is a page
    assert services.begin(title="漢字", by=cast.quan).form.slug == "bieu-mau"


def test_a_form_begins_from_a_sample_or_another_form(cast: Province, draft: FormVersion) -> None:
    assert len(pages_of(services.begin(title="Tạm trú", template="tam-tru", by=cast.quan))) == 4
    again = services.begin(title="Đơn khác", template=draft.form.slug, by=cast.quan)
    assert (again.schema, again.display) == (draft.schema, draft.display)
    with pytest.raises(Refused, match="template"):
        services.begin(title="Tên", template="../../etc/passwd", by=cast.quan)


@pytest.mark.parametrize("title", ["", "   ", "a" * 201])
def test_a_form_has_a_title(cast: Province, title: str) -> None:
    with pytest.raises(Refused):
        services.begin(title=title, by=cast.quan)


def test_no_form_is_called_after_what_may_not_be_asked(cast: Province) -> None:
    with pytest.raises(Malformed):
        services.begin(title="Tờ khai tôn giáo", by=cast.quan)


def test_only_an_administrator_of_the_province_makes_forms(cast: Province, draft: FormVersion) -> None:
    for officer in (cast.khoa, cast.minh, cast.lam):
        with pytest.raises(NotAllowed):
            services.begin(title="Đơn", by=officer)
        with pytest.raises(NotAllowed):
            services.publish(version=draft, seen=services.token(draft), by=officer)


def test_an_edit_made_from_an_older_state_is_refused_and_changes_nothing(cast: Province, draft: FormVersion) -> None:
    seen = services.token(draft)
    services.edit(version=draft, pages=editing.add_page(pages_of(draft), "Ba"), seen=seen, by=cast.quan)
    with pytest.raises(Conflict):
        services.edit(version=draft, pages=[], seen=seen, by=cast.quan)
    draft.refresh_from_db()
    assert [page.title for page in pages_of(draft)][-1] == "Ba"


def test_a_published_version_never_changes(cast: Province, draft: FormVersion) -> None:
    """Neither by the services, nor by save(), nor in the database itself."""
    done = published(draft, cast)
    with pytest.raises(Conflict):
        services.edit(version=done, pages=[], seen=services.token(done), by=cast.quan)
    done.schema = {}
    with pytest.raises(Conflict):
        done.save()
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        FormVersion.objects.filter(pk=done.pk).update(display={})
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procedures_formversion WHERE id = %s", [done.pk])
    assert FormVersion._meta.db_table == triggers.TABLE


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite knows OR REPLACE")
def test_a_published_form_is_not_pushed_out_by_another_row_of_its_number(cast: Province, draft: FormVersion) -> None:
    done = published(draft, cast)
    second = services.draft(form=done.form, by=cast.quan)
    columns = [field.column for field in FormVersion._meta.local_concrete_fields]
    row = ", ".join("999" if column == "id" else f'"{column}"' for column in columns)
    for sql in (
        f"INSERT OR REPLACE INTO {triggers.TABLE} ({', '.join(columns)}) SELECT {row} FROM {triggers.TABLE} WHERE id = {done.pk}",
        f"UPDATE OR REPLACE {triggers.TABLE} SET number = {done.number} WHERE id = {second.pk}",
    ):
        with pytest.raises(DatabaseError, match="never replaced"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert FormVersion.objects.filter(pk=done.pk).exists()


def test_it_is_published_by_the_one_clock_of_the_house(cast: Province, draft: FormVersion) -> None:
    with at("2026-03-02 09:00") as moment:
        assert published(draft, cast).published_at == moment


def test_what_is_published_is_what_was_seen(cast: Province, draft: FormVersion) -> None:
    seen = services.token(draft)
    services.edit(version=draft, pages=editing.add_page(pages_of(draft), "Ba"), seen=seen, by=cast.quan)
    with pytest.raises(Conflict):
        services.publish(version=draft, seen=seen, by=cast.quan)


def test_an_empty_form_or_page_is_not_published(cast: Province, draft: FormVersion) -> None:
    wider = services.edit(
        version=draft, pages=editing.add_page(pages_of(draft), "Trống"), seen=services.token(draft), by=cast.quan
    )
    with pytest.raises(Refused) as refused:
        published(wider, cast)
    assert "Trang “Trống” chưa có ô nào" in refused.value.sentence
    emptied = services.edit(version=wider, pages=[], seen=services.token(wider), by=cast.quan)
    with pytest.raises(Refused):
        published(emptied, cast)


def test_the_next_version_begins_as_a_copy_and_there_is_one_draft(cast: Province, draft: FormVersion) -> None:
    done = published(draft, cast)
    second = services.draft(form=done.form, by=cast.quan)
    assert (second.number, second.schema, second.display) == (2, done.schema, done.display)
    assert services.draft(form=done.form, by=cast.quan).pk == second.pk
    services.discard(version=second, by=cast.quan)
    assert [verb for verb, *_rest in verbs()] == [
        "procedures.form.discarded", "procedures.form.drafted", "procedures.form.drafted", "procedures.form.published",
    ]  # fmt: skip
    assert done.form.versions.get() == done


def test_a_form_s_only_version_stays(cast: Province, draft: FormVersion) -> None:
    with pytest.raises(Refused, match="only"):
        services.discard(version=draft, by=cast.quan)


def test_a_form_goes_out_and_comes_in_as_it_was(cast: Province, draft: FormVersion) -> None:
    raw = json.dumps(services.as_json(draft)).encode()
    services.edit(version=draft, pages=services.pages_of_json(raw), seen=services.token(draft), by=cast.quan)
    draft.refresh_from_db()
    assert services.as_json(draft) == json.loads(raw)
    for bad in (b"[]", b"{}", b'{"schema": {}}', b"\0", b'{"schema": {"$ref": "#"}, "display": {}}'):
        with pytest.raises(Malformed):
            services.pages_of_json(bad)
