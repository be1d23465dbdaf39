"""O4: whatever bit of the ledger is flipped, `verify_ledger` finds it and says where."""

import gc
import io
import tracemalloc
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from keng.core.registry import audits
from keng.ledger import rows
from keng.ledger.models import Checkpoint, Cosignature, Entry, LogKey
from keng.ledger.services import append
from keng.ledger.tiles import WIDTH
from keng.ledger.verbs import PADDING
from keng.ledger.verification import verify
from tests.ledger.published import DELETED, WITNESS, behind_our_back, cosign, do, published_ledger, put, raw

pytestmark = pytest.mark.django_db
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
TEXTS = ("verb", "subject", "office", "by", "purpose", "case")


@pytest.fixture(autouse=True)
def _ledger(settings) -> None:
    settings.WITNESSES = [WITNESS.verifier.vkey]
    published_ledger()


def found(*known: str) -> list[str]:
    return [str(finding) for finding in verify(known=known)]


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_ledger", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_whole_ledger_is_found_whole() -> None:
    assert found() == []
    code, out, err = command()
    size = Checkpoint.objects.order_by("size").last().size
    assert (code, f"The ledger is whole: {size} leaves" in out, err) == (0, True, "")


def test_the_rows_are_read_as_they_were_appended_byte_for_byte() -> None:
    mine = {row.id: row.canonical for row in [*rows.published(), *rows.waiting()]}
    assert mine == {entry.pk: entry.canonical() for entry in Entry.objects.all()}


def test_an_installation_that_published_nothing_yet_is_whole() -> None:
    with behind_our_back():
        Entry.objects.all()._raw_delete("default")
    for model in (Checkpoint, Cosignature, LogKey):
        model.objects.all().delete()
    for path in settings.LEDGER_FOLDER.rglob("*"):
        if path.is_file():
            path.unlink()
    assert found() == []


# Flipped bits


def an_entry(data: st.DataObject, column: str, **where: object) -> Entry:
    """One that has something in the column."""
    rows = Entry.objects.filter(**where).order_by("place", "pk")
    entries = list(rows.exclude(**{column: ""}) if column in TEXTS else rows)
    return entries[data.draw(st.integers(0, len(entries) - 1))]


def flip(data: st.DataObject, table: str, column: str, key: str, value: object, kind: str) -> list[str]:
    """Flips one bit of one field, tells what is found, and flips it back."""
    before = raw(table, column, key, value)
    assert before
    bit = data.draw(st.integers(0, len(before) * 8 - 1))
    after = bytearray(before)
    after[bit // 8] ^= 1 << bit % 8
    if kind == "INTEGER" or kind == "TEXT" and connection.vendor == "postgresql":
        after = flipped_letter(before.decode(), bit)  # what the column would take
    put(table, column, key, value, bytes(after), kind=kind)
    try:
        return found()
    finally:
        put(table, column, key, value, before, kind=kind)


def flipped_letter(text: str, bit: int) -> bytearray:
    at = bit % len(text)
    return bytearray((text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]).encode())


@examples(max_examples=60, suppress_health_check=SLOW)
@given(data=st.data())
def test_o4_any_flipped_bit_of_any_entry_is_found_and_its_place_named(data: st.DataObject) -> None:
    hour = [] if connection.vendor == "postgresql" else ["hour"]  # which is no text there
    column = data.draw(st.sampled_from([*TEXTS, "salt", "leaf", *hour]))
    entry = an_entry(data, column, salt__isnull=False, place__isnull=False)
    with behind_our_back():
        said = flip(data, "ledger_entry", column, "id", entry.pk, "BLOB" if column in ("salt", "leaf") else "TEXT")
    assert said, (column, entry)
    assert f"Việc ở chỗ {entry.place} " in said[0], (column, said)


@examples(max_examples=20, suppress_health_check=SLOW)
@given(data=st.data())
def test_o4_an_erased_entry_keeps_its_leaf_its_place_and_its_case(data: st.DataObject) -> None:
    """Its other columns are nobody's proof any more: that is what erasing means."""
    column = data.draw(st.sampled_from(["leaf", "case"]))
    entry = an_entry(data, column, salt__isnull=True)
    with behind_our_back():
        said = flip(data, "ledger_entry", column, "id", entry.pk, "BLOB" if column == "leaf" else "TEXT")
    assert said, (column, entry)


@examples(max_examples=40, suppress_health_check=SLOW)
@given(data=st.data())
def test_o4_an_entry_that_waits_for_its_place_is_checked_too(data: st.DataObject) -> None:
    column = data.draw(st.sampled_from([*TEXTS, "salt", "leaf"]))
    entry = an_entry(data, column, place__isnull=True)
    with behind_our_back():
        said = flip(data, "ledger_entry", column, "id", entry.pk, "BLOB" if column in ("salt", "leaf") else "TEXT")
    assert f"Việc {entry.pk}, chưa vào sổ," in said[0]


@examples(max_examples=40, suppress_health_check=SLOW)
@given(data=st.data())
def test_o4_an_entry_that_is_moved_leaves_a_gap_that_is_named(data: st.DataObject) -> None:
    entry = an_entry(data, "place", place__isnull=False)
    to = data.draw(st.sampled_from([None, 10**12, -5]))
    with behind_our_back():
        Entry.objects.filter(pk=entry.pk).update(place=to)
        said = found()
        Entry.objects.filter(pk=entry.pk).update(place=entry.place)
    expected = 0 if to == -5 else entry.place
    assert f"Việc ở chỗ {expected} " in said[0], said


@examples(max_examples=40, suppress_health_check=SLOW)
@given(data=st.data())
def test_o4_any_flipped_bit_of_checkpoints_keys_and_cosignatures_is_found(data: st.DataObject) -> None:
    fields = [
        (Checkpoint, "size", "INTEGER"), (Checkpoint, "root", "BLOB"), (Checkpoint, "note", "TEXT"), (LogKey, "vkey", "TEXT"),
        (Cosignature, "name", "TEXT"), (Cosignature, "line", "TEXT"), (Cosignature, "size", "INTEGER"),
    ]  # fmt: skip
    if connection.vendor == "sqlite":
        fields.append((Checkpoint, "day", "TEXT"))
    model, column, kind = data.draw(st.sampled_from(fields))
    pk = data.draw(st.sampled_from(sorted(model.objects.values_list("pk", flat=True))))
    said = flip(data, model._meta.db_table, column, "id", pk, kind)
    assert said, (model, column)
    assert all(" / " in one for one in said)


@examples(max_examples=60, suppress_health_check=SLOW)
@given(data=st.data())
def test_o4_any_flipped_bit_of_any_public_file_is_found_and_named(data: st.DataObject) -> None:
    paths = sorted(path for path in settings.LEDGER_FOLDER.rglob("*") if path.is_file() and path.stat().st_size)
    path = data.draw(st.sampled_from(paths))
    before = path.read_bytes()
    bit = data.draw(st.integers(0, len(before) * 8 - 1))
    after = bytearray(before)
    after[bit // 8] ^= 1 << bit % 8
    path.write_bytes(after)
    try:
        said = found()
    finally:
        path.write_bytes(before)
    name = path.relative_to(settings.LEDGER_FOLDER).as_posix()
    assert said == [f"Tệp {name} không khớp với cơ sở dữ liệu. / The file {name} does not match the database."]


# What is missing, and what is too much


def test_o4_a_deleted_entry_is_a_gap() -> None:
    gone = Entry.objects.exclude(place=None).order_by("place")[100]
    with behind_our_back(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE id = %s", [gone.pk])
        code, _out, err = command()
    assert (code, err.splitlines()) == (1, ["Việc ở chỗ 100 bị mất.", "The entry at place 100 is gone."])


def test_the_last_entries_are_missed_too() -> None:
    last = Entry.objects.exclude(place=None).order_by("-place")[0]
    with behind_our_back(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE id = %s", [last.pk])
        assert f"Việc ở chỗ {last.place} thiếu" in found()[0]


def test_a_salt_erased_without_a_deletion_is_told() -> None:
    entry = Entry.objects.filter(case="case 7").exclude(place=None).order_by("place")[0]
    Entry.objects.filter(pk=entry.pk).update(salt=None)
    assert [one.split(" / ")[1] for one in found()] == [
        f"The entry at place {entry.place} was erased, and no entry tells of a deletion."
    ]


def test_a_deletion_that_is_erased_itself_tells_nothing() -> None:
    Entry.objects.filter(verb=DELETED).update(salt=None)
    assert len(found()) == 7  # six entries of the case, and the deletion


def test_content_lost_with_a_database_needs_an_entry_that_tells_of_the_restoring() -> None:
    entry = Entry.objects.filter(case="case 7").exclude(place=None).order_by("place")[0]
    with behind_our_back():
        Entry.objects.filter(pk=entry.pk).update(salt=None, verb="ledger.adopted", subject="", case="", by="")
    assert [one.split(" / ")[1] for one in found()] == [
        f"The entry at place {entry.place} has lost its content, and no entry tells of a restored database."
    ]
    told(f"{entry.place}-{entry.place + 1}")
    assert len(found()) == 1  # a database that had the fillers of that publication had its entries too
    lost = entry.place - entry.place % WIDTH
    with behind_our_back():
        fillers = Entry.objects.filter(verb=PADDING, place__gte=lost, place__lt=lost + WIDTH)
        number = fillers.update(salt=None, verb="ledger.adopted")
    told(f"{lost}-{lost + WIDTH}")
    assert found() == []
    assert f"{number + 1} lost their content" in command()[1]


def told(subject: str) -> None:
    with transaction.atomic():
        append(verb="ledger.restored", subject=subject)


def test_a_restoring_that_is_told_without_bounds_excuses_nothing_that_is_lost_later() -> None:
    entry = Entry.objects.filter(case="case 7").exclude(place=None).order_by("place")[0]
    told("0-999999999999999")
    lost = entry.place - entry.place % WIDTH
    with behind_our_back():
        Entry.objects.filter(place__gte=lost, place__lt=lost + WIDTH).update(salt=None, verb="ledger.adopted")
    assert len(found()) == WIDTH


def test_r11_a_waiting_entry_of_an_hour_to_come_would_never_be_late_and_is_told() -> None:
    with behind_our_back(), connection.cursor() as cursor:
        hour = "hour + interval '300 days'" if connection.vendor == "postgresql" else "datetime(hour, '+300 days')"
        cursor.execute(f"UPDATE ledger_entry SET hour = {hour} WHERE place IS NULL")
    assert "5 waiting entries bear an hour yet to come" in found()[-1]


def test_r11_an_entry_that_waits_for_more_than_two_days_is_told() -> None:
    with behind_our_back(), connection.cursor() as cursor:
        hour = "hour - interval '3 days'" if connection.vendor == "postgresql" else "datetime(hour, '-3 days')"
        cursor.execute(f"UPDATE ledger_entry SET hour = {hour} WHERE place IS NULL")
    assert "5 entries have been waiting for the public log for more than two days." in found()[-1]


@pytest.mark.parametrize(
    "name",
    ["tile/0/999", "tile/1/000.p/7", "tile/9/000", "checkpoints/7", "days/1999-01", "index.html", "tile/0/x000/000"],
)
def test_a_file_that_nobody_published_is_named(name: str) -> None:
    path = settings.LEDGER_FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    assert found() == [f"Tệp {name} không thuộc về sổ. / The file {name} is none of the log's."]


@pytest.mark.parametrize("name", ["checkpoint", "keys", "tile/0/000", "tile/entries/001"])
def test_a_file_that_is_missing_is_named(name: str) -> None:
    (settings.LEDGER_FOLDER / name).unlink()
    assert found() == [f"Tệp {name} thiếu hoặc không đọc được. / The file {name} is missing or can't be read."]


def test_half_tiles_of_former_days_may_be_put_away() -> None:
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    (settings.LEDGER_FOLDER / f"tile/1/000.p/{sizes[0] // 256}").unlink()
    assert found() == []
    (settings.LEDGER_FOLDER / f"tile/1/000.p/{sizes[-1] // 256}").unlink()
    assert len(found()) == 1


# Checkpoints kept elsewhere


def test_a_kept_checkpoint_of_this_log_agrees(tmp_path: Path) -> None:
    for number, checkpoint in enumerate(Checkpoint.objects.all()):
        (tmp_path / str(number)).write_text(checkpoint.note)
        assert command("--known", str(tmp_path / str(number)))[0] == 0


def test_what_is_no_checkpoint_of_this_log_is_told() -> None:
    other = WITNESS.line("other\n256\n", time=1)
    assert "was not signed by this log" in found(f"other\n256\n\n{other}")[0]
    assert "was not signed by this log" in found("")[0]


@pytest.mark.parametrize("content", [None, b"\xff\xfe", bytes(100_000)])
def test_a_kept_checkpoint_that_is_none_is_one_sentence(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    if content is not None:
        path.write_bytes(content)
    if content == bytes(100_000):
        code, _out, err = command("--known", str(path))
        assert (code, len(err.splitlines())) == (1, 2)
        return
    with pytest.raises(CommandError, match="Can't read the kept checkpoint"):
        command("--known", str(path))


# How it is said


def test_only_the_first_bad_thing_is_named_unless_all_are_asked_for() -> None:
    Entry.objects.filter(case="case 7").update(salt=None)
    assert len(command()[2].splitlines()) == 2
    assert len(command("--all")[2].splitlines()) == 2 * len(found())


def test_an_app_says_what_differs_between_its_rows_and_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(audits._things, "test", lambda: iter(["Sai. / Wrong."]))
    assert found() == ["Sai. / Wrong."]


def test_a_database_that_cannot_be_read_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[str]:
        raise ValueError("not a date")

    monkeypatch.setitem(audits._things, "test", broken)
    assert found() == [
        "Kiểm toán test không đọc được hết (not a date). / The audit test can't all be read (not a date)."
    ]


def test_a_cosignature_that_is_not_the_witnesses_is_told() -> None:
    first = Checkpoint.objects.order_by("size")[0]
    cosign(first.size)
    line = Cosignature.objects.exclude(size=first.size).get().line
    Cosignature.objects.filter(size=first.size).update(line=line)
    assert f"The cosignature of nhan-chung.test under size {first.size} is not valid" in found()[0]


def test_a_log_ten_times_as_long_takes_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "AT_A_TIME", 256)

    def most() -> int:
        gc.collect()
        tracemalloc.start()
        try:
            assert found() == []
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    most()
    short = most()
    from keng.ledger.publication import publish

    do(8000, first=5000)
    publish(force=True)
    assert most() < 3 * short  # in a process of thousands of tests, garbage may lie about for longer
