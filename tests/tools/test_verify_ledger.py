"""`tools/verify_ledger.py` on exports that are whole, flipped, forged, cut short, or no exports at all. R11, O4."""

import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.exported import KEY, ORIGIN, WITNESS, Row, Story, digest_of, entry, secret, story, vkey
from tools import verify_ledger

PROGRAM = Path(verify_ledger.__file__)
STORY = story()
FILES = STORY.files()


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return STORY.write(tmp_path_factory.mktemp("export"))


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str]:
    """The exit code and what was said, which is never more than a sentence in each language."""
    code = verify_ledger.main([str(one) for one in args])
    said = "".join(capsys.readouterr())
    assert len(said.splitlines()) == 2, said
    return code, said


def tree(capsys: pytest.CaptureFixture[str], folder: Path, *more: object) -> tuple[int, str]:
    return run(capsys, "tree", folder, "--key", KEY, *more)


def test_it_needs_nothing_of_keng_and_runs_anywhere(export: Path, tmp_path: Path) -> None:
    alone = tmp_path / "verify_ledger.py"
    alone.write_bytes(PROGRAM.read_bytes())
    command = [sys.executable, "-I", str(alone), "tree", str(export), "--key", KEY, "--witness", WITNESS]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    source = PROGRAM.read_text()
    assert "import keng" not in source
    assert "django" not in source.lower()


def test_a_whole_export_is_found_whole_and_told_in_numbers(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = tree(capsys, export, "--witness", WITNESS)
    assert code == 0
    padding = sum(row.entry["verb"] == "ledger.padding" for row in STORY.rows)
    assert (
        f"1024 leaves, 3 checkpoints, 0 kept ones agree. {1024 - 3 - padding} entries open, 3 erased, 0 lost, 1 waiting"
        in said
    )
    assert f"{len(STORY.present)} parts all there. Made in the hour {STORY.made} (UTC)." in said
    assert "w.example saw it up to leaf 1024." in said
    assert "Sổ nguyên vẹn" in said


def test_a_zip_is_read_as_it_is(export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as made:
        for name, raw in FILES.items():
            made.writestr(name, raw)
    assert tree(capsys, tmp_path / "export.zip") == tree(capsys, export)


def test_a_log_without_entries_is_checked_as_far_as_it_is_public(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("entries.jsonl", "present.txt", "export.json", "SHA256SUMS"):
        assert name in FILES
    folder = STORY.write(tmp_path)
    for name in ("entries.jsonl", "present.txt", "export.json", "SHA256SUMS"):
        (folder / name).unlink()
    code, said = tree(capsys, folder)
    assert code == 0
    assert "entries open" not in said


@pytest.mark.parametrize("size", [256, 512, 768, 65536, 65536 + 768])
def test_trees_of_many_shapes_are_whole(size: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    padding = [Row(entry("ledger.padding"), number.to_bytes(32, "big")) for number in range(size)]
    folder = Story(padding, sorted({256, size // 512 * 256 or 256, size})).write(tmp_path)
    code, said = tree(capsys, folder)
    assert code == 0, said
    assert run(capsys, "range", folder, "--key", KEY, "--places", f"{size - 1}:{size}")[0] == 0


# Flipped bits


def flipped(name: str, bit: int) -> bytes:
    raw = bytearray(FILES[name])
    raw[bit // 8] ^= 1 << bit % 8
    return bytes(raw)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_o4_any_flipped_bit_of_any_file_is_found_and_named(
    data: st.DataObject, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = data.draw(st.sampled_from(sorted(FILES)))
    bit = data.draw(st.integers(0, len(FILES[name]) * 8 - 1))
    (export / name).write_bytes(flipped(name, bit))
    try:
        code, said = tree(capsys, export)
    finally:
        (export / name).write_bytes(FILES[name])
    assert code == 1, (name, bit, said)
    named = name in said or any(word in said for word in ("place", "entries.jsonl", "checkpoint", "SHA256SUMS"))
    assert named, (name, bit, said)


def test_o4_the_first_bad_entry_is_named_by_its_place(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = FILES["entries.jsonl"].splitlines(keepends=True)
    for place in (700, 300):
        lines[place] = lines[place].replace(b'"hour":"2026-11-01T03"', b'"hour":"2026-11-01T04"')
    (export / "entries.jsonl").write_bytes(b"".join(lines))
    try:
        code, said = tree(capsys, export)
    finally:
        (export / "entries.jsonl").write_bytes(FILES["entries.jsonl"])
    assert (code, "The entry at place 300 does not match" in said) == (1, True), said


@pytest.mark.parametrize(("name", "place"), [("tile/entries/002", 515), ("tile/0/002", 515)])
def test_o4_the_first_bad_leaf_is_named_by_its_place(
    name: str, place: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = STORY.write(tmp_path)
    for gone in ("export.json", "entries.jsonl"):
        (folder / gone).unlink()
    width = 50 if "entries" in name else 32
    (folder / name).write_bytes(flipped(name, ((place - 512) * width + 9) * 8))
    code, said = tree(capsys, folder)
    assert (code, f"(places {place})" in said) == (1, True), said


# Somebody who rewrites more than a bit


def rewritten(**changes: object) -> Story:
    fields = {"rows": list(STORY.rows), "sizes": STORY.sizes, "waiting": STORY.waiting, "present": list(STORY.present)}
    return Story(**{**fields, **changes})


def test_r11_a_report_deleted_without_its_entries_is_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = digest_of(70)
    code, said = tree(capsys, rewritten(present=[one for one in STORY.present if one != gone]).write(tmp_path))
    assert (code, "The part of the entry at place 70 is gone" in said) == (1, True), said


def test_r11_a_report_deleted_with_its_entries_leaves_a_gap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The tiles still hold the leaf; the sums are made to agree, as a clerk with the database would."""
    files = STORY.files()
    lines = files["entries.jsonl"].splitlines(keepends=True)
    files["entries.jsonl"] = b"".join(lines[:70] + lines[71:])
    folder = written(files, tmp_path)
    code, said = tree(capsys, folder)
    assert (code, "Line 71 of entries.jsonl is wrong" in said) == (1, True), said


def test_r11_a_log_rebuilt_without_a_report_and_signed_anew_contradicts_a_checkpoint_kept_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(STORY.note(512))
    rows = [row for row in STORY.rows if row.entry["subject"] != digest_of(70)]
    rows.append(Row(entry("ledger.padding"), bytes(32)))
    without = rewritten(rows=rows, present=[one for one in STORY.present if one != digest_of(70)])
    folder = without.write(tmp_path / "new")
    assert tree(capsys, folder)[0] == 0  # by itself it is faultless, as everything in it was made anew
    for command in ("tree", "consistency"):
        code, said = run(capsys, command, folder, "--key", KEY, "--known", kept)
        assert (code, f"{kept} (size 512) was signed over another log" in said) == (1, True), said


def test_a_log_that_was_rolled_back_is_shorter_than_what_was_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(STORY.note(1024))
    shorter = rewritten(rows=STORY.rows[:512], sizes=[256, 512]).write(tmp_path / "new")
    for command in ("tree", "consistency"):
        code, said = run(capsys, command, shorter, "--key", KEY, "--known", kept)
        assert (code, "was rolled back" in said) == (1, True), said


def test_entries_erased_without_a_word_are_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [Row(row.entry, row.salt, erased=row.erased or row.entry["case"] == "case 3") for row in STORY.rows]
    gone = {row.entry["subject"] for row in rows if row.erased}
    folder = rewritten(rows=rows, present=[one for one in STORY.present if one not in gone]).write(tmp_path)
    code, said = tree(capsys, folder)
    assert (code, "The entry at place 63 was erased, and no entry tells of a deletion" in said) == (1, True), said


def test_content_lost_with_a_database_needs_an_entry_that_tells_of_the_restoring(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = STORY.files()
    lines = files["entries.jsonl"].splitlines(keepends=True)
    lines[70] = b'{"place":70,"adopted":true}\n'
    present = [one for one in STORY.present if one != digest_of(70)]
    files |= {"entries.jsonl": b"".join(lines), "present.txt": "".join(f"{one}\n" for one in present).encode()}
    code, said = tree(capsys, written(files, tmp_path / "one"))
    assert (code, "The entry at place 70 has lost its content" in said) == (1, True), said
    # A database that had the fillers of a publication had its entries too.
    whole = Row(entry("ledger.restored", "0-256", hour="2026-11-21T10"), bytes(32)).line(None)
    files["entries.jsonl"] = b"".join([*lines, whole])
    assert tree(capsys, written(files, tmp_path / "fillers"))[0] == 1
    for place in (place for place in range(256) if b"ledger.padding" in lines[place]):
        lines[place] = b'{"place":%d,"adopted":true}\n' % place
    # What was told before the log was so long excuses nothing that was lost later.
    for told, good in (("0-256", 0), ("0-70", 1), ("256-512", 1), ("0-99999999", 1)):
        restored = Row(entry("ledger.restored", told, hour="2026-11-21T10"), bytes(32))
        files["entries.jsonl"] = b"".join([*lines, restored.line(None)])
        code, said = tree(capsys, written(files, tmp_path / told))
        assert code == good, said


def test_a_part_that_no_entry_tells_of_is_strange(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = tree(capsys, rewritten(present=[*STORY.present, digest_of(5)]).write(tmp_path))
    assert (code, f"The part {digest_of(5)} has no entry" in said) == (1, True), said


def test_r11_an_entry_that_waits_for_three_days_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waits = Row(entry("desk.report.read", hour="2026-11-19T09"), bytes(32))
    code, said = tree(capsys, rewritten(waiting=[waits]).write(tmp_path))
    assert (code, "An entry of 2026-11-19T09 waits for more than two days" in said) == (1, True), said


def test_r11_an_entry_that_waits_since_an_hour_to_come_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would never have waited for too long."""
    waits = Row(entry("desk.report.read", hour="2027-01-01T00"), bytes(32))
    code, said = tree(capsys, rewritten(waiting=[waits]).write(tmp_path))
    assert (code, "An entry that waits bears an hour yet to come, 2027-01-01T00" in said) == (1, True), said


def test_r11_how_far_a_witness_saw_the_log_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A log that was forked behind it is signed no further."""
    files = STORY.files()
    for size in (512, 1024):
        files[f"checkpoints/{size}"] = STORY.note(size, cosigned=False).encode()
    code, said = tree(capsys, written(files, tmp_path / "one"), "--witness", WITNESS)
    assert (code, "w.example saw it up to leaf 256." in said) == (0, True), said


@pytest.mark.parametrize("name", sorted(set(FILES) - {"checkpoint", "export.json"}))
def test_a_missing_file_is_named(name: str, export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (export / name).unlink()
    try:
        code, said = tree(capsys, export)
    finally:
        (export / name).write_bytes(FILES[name])
    assert code == 1
    assert name.split("/")[-1] in said or "days differ" in said


# Whose word is taken


def test_a_key_that_lies_in_the_export_is_not_believed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = STORY.write(tmp_path)
    code, said = run(capsys, "tree", folder, "--key", vkey(ORIGIN, secret(9)))
    assert (code, "checkpoint (size 1024) bears no valid signature" in said) == (1, True), said
    with pytest.raises(SystemExit):
        verify_ledger.main(["tree", str(folder)])


def test_a_witness_that_signed_nothing_and_one_that_is_not_who_it_says(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = tree(capsys, export, "--witness", vkey("x.example", secret(2), 4))
    assert (code, "x.example signed no checkpoint" in said) == (1, True)
    code, said = tree(capsys, export, "--witness", KEY)
    assert code == 2


def test_a_checkpoint_kept_elsewhere_must_be_the_logs_own(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(STORY.note(512, key=secret(9)))
    code, said = tree(capsys, export, "--known", kept)
    assert (code, "Cannot use the kept checkpoint" in said) == (2, True)


@pytest.mark.parametrize("size", [256, 512, 1024])
def test_kept_checkpoints_agree_by_a_few_tiles_alone(
    size: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(STORY.note(size))
    folder = STORY.write(tmp_path / "export")
    for bundle in (folder / "tile/entries").iterdir():
        bundle.unlink()
    assert run(capsys, "consistency", folder, "--key", KEY, "--known", kept, "--known", kept)[0] == 0
    name = "tile/1/000.p/4"
    (folder / name).write_bytes(flipped(name, 9))
    assert run(capsys, "consistency", folder, "--key", KEY, "--known", kept)[0] == 1


# Ranges


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(low=st.integers(0, 1023), more=st.integers(1, 600))
def test_any_range_of_places_leads_to_the_signed_root(
    low: int, more: int, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    high = min(low + more, 1024)
    code, said = run(capsys, "range", export, "--key", KEY, "--places", f"{low}:{high}")
    assert (code, f"The places {low}-{high - 1} are as signed" in said) == (0, True)


@pytest.mark.parametrize("places", ["", "5", "7:7", "9:3", "0:1025", "-1:4", "a:b", "0:99999999999999999999"])
def test_places_that_are_not_there_are_refused(places: str, export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "range", export, "--key", KEY, f"--places={places}")[0] == 2


def test_a_range_sees_leaves_that_were_changed_with_their_tile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = rewritten(rows=[*STORY.rows[:300], STORY.rows[0], *STORY.rows[301:]])
    folder = STORY.write(tmp_path)
    for name in ("tile/entries/001", "tile/0/001"):
        (folder / name).write_bytes(other.files()[name])
    assert run(capsys, "range", folder, "--key", KEY, "--places", "0:256")[0] == 0
    code, said = run(capsys, "range", folder, "--key", KEY, "--places", "0:512")
    assert (code, "The places 256-511 do not lead" in said) == (1, True)


def written(files: dict[str, bytes], folder: Path) -> Path:
    """The files, with sums that agree."""
    listed = {name: raw for name, raw in files.items() if not name.startswith("tile/") and name != "SHA256SUMS"}
    sums = "".join(f"{sha256(raw).hexdigest()}  {name}\n" for name, raw in listed.items())
    for name, raw in {**files, "SHA256SUMS": sums.encode()}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


def test_the_story_is_told_in_json_that_anybody_can_read() -> None:
    lines = [json.loads(one) for one in FILES["entries.jsonl"].splitlines()]
    assert lines[0]["entry"]["verb"] == "mailbox.part.received"
    assert lines[21] == {"place": 21, "erased": "case 1"}
