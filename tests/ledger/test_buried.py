"""R11: somebody with the server deletes a report. How much of it they also rewrite decides who sees it; somebody always does."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from keng.core import calendar
from keng.core.calendar.load import load_calendar
from keng.ledger import keys
from keng.ledger.export import open_target, write
from keng.ledger.models import Entry, LogKey
from keng.ledger.publication import publish
from keng.mailbox.models import Part, State, Thread
from keng.mailbox.services import change_state, delete
from tests.cast import Cast
from tests.ledger.published import behind_our_back, cosign, rebuild_without
from tests.mailbox.services.test_answers import say, sealed_answer
from tests.mailbox.services.test_parts import send
from tools import verify_ledger

pytestmark = pytest.mark.django_db


class Office:
    """Three reports, the last of them deleted as its reporter wished; all published and cosigned."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder, self.cast, self.exports = tmp_path, Cast(), 0
        self.reporters = [self.report(number) for number in range(3)]
        self.buried = self.reporters[0]
        self.thread = Thread.objects.get(key=self.buried.keys.thread)
        self.entry = Entry.objects.get(subject=self.buried.digests[0])
        change_state(thread=self.thread, to=State.OPENED, version=1, by="hoa")
        say(self.cast, self.thread, sealed_answer(self.cast, self.buried))
        delete(token=self.reporters[2].keys.token)
        publish(force=True)
        self.kept = tmp_path / "kept"
        self.kept.write_text(cosign())
        self.key = LogKey.objects.get().vkey

    def report(self, number: int):
        reporter = self.cast.reporter()
        send("na-co-sa", reporter.first(f"Tin {number}."))
        return reporter

    def by_verify_ledger(self, capsys: pytest.CaptureFixture[str], *known: Path) -> str:
        """What is said in English, "" when all is well."""
        try:
            call_command("verify_ledger", *(f"--known={path}" for path in known))
        except SystemExit:
            return capsys.readouterr().err.splitlines()[1]
        return ""

    def by_the_auditor(self, capsys: pytest.CaptureFixture[str], *known: Path) -> str:
        self.exports += 1
        out = self.folder / f"export{self.exports}"
        write(open_target(out), present=Part.objects.order_by("digest").values_list("digest", flat=True))
        return self.checked(capsys, out, *known)

    def checked(self, capsys: pytest.CaptureFixture[str], out: Path, *known: Path) -> str:
        arguments = [one for path in known for one in ("--known", str(path))]
        code = verify_ledger.main(["tree", str(out), "--key", self.key, *arguments])
        said = capsys.readouterr()
        return said.err.splitlines()[1] if code else ""

    def delete_thread_and_parts(self) -> None:
        self.thread.delete()


@pytest.fixture
def office(tmp_path: Path):
    load_calendar()
    yield Office(tmp_path)
    calendar.forget()


def test_an_office_that_hides_nothing_is_found_so(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert office.by_verify_ledger(capsys, office.kept) == ""
    assert office.by_the_auditor(capsys, office.kept) == ""


def test_r11_a_report_deleted_from_its_tables_is_missed_by_its_entry(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = Entry.objects.filter(case=office.thread.key, subject__in=office.thread.parts.values("digest"))
    first = min(place for place in parts.values_list("place", flat=True) if place is not None)
    office.delete_thread_and_parts()
    said = office.by_verify_ledger(capsys)
    assert said.startswith(f"The entry at place {first} tells of the part ")
    assert said.endswith("it is gone, and no entry tells of a deletion.")
    assert office.by_the_auditor(capsys).startswith("The part of the entry at place ")


def test_r11_a_report_deleted_with_its_entries_leaves_a_gap_in_the_places(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    places = Entry.objects.filter(case=office.thread.key).values_list("place", flat=True)
    first = min(place for place in places if place is not None)
    office.delete_thread_and_parts()
    with behind_our_back(), connection.cursor() as cursor:
        cursor.execute('DELETE FROM ledger_entry WHERE "case" = %s', [office.buried.keys.thread])
        assert office.by_verify_ledger(capsys) == f"The entry at place {first} is gone."
        assert office.by_the_auditor(capsys) == f"Line {first + 1} of entries.jsonl is wrong."


def test_r11_a_log_made_anew_without_the_report_contradicts_the_witness(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything agrees with everything, for they hold the log's key; what the witness kept they do not hold."""
    office.delete_thread_and_parts()
    rebuild_without(case=office.buried.keys.thread)
    assert office.by_verify_ledger(capsys) == ""
    assert "was signed over other leaves" in office.by_verify_ledger(capsys, office.kept)
    assert office.by_the_auditor(capsys) == ""
    assert "was signed over another log" in office.by_the_auditor(capsys, office.kept)


def test_r11_salts_erased_so_that_it_looks_like_a_deletion_are_told_without_one(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.delete_thread_and_parts()
    Entry.objects.filter(case=office.buried.keys.thread).update(salt=None)
    assert office.by_verify_ledger(capsys).endswith("was erased, and no entry tells of a deletion.")
    assert office.by_the_auditor(capsys).endswith("was erased, and no entry tells of a deletion.")


def test_a_deletion_that_is_told_is_seen_as_one(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """The log can't tell a reporter's wish from a clerk's who writes a deletion down; that there was one it tells."""
    assert Entry.objects.filter(verb="mailbox.report.deleted").count() == 1
    late = office.report(9)
    delete(token=late.keys.token)
    assert office.by_the_auditor(capsys, office.kept) == ""
    assert office.by_verify_ledger(capsys, office.kept) == ""


def test_after_the_key_was_changed_the_auditor_needs_both_keys(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction.atomic():
        keys.rotate(by="quan", at_once=True)
    LogKey.objects.filter(vkey=office.key).update(until=LogKey.objects.latest("pk").since)
    publish(force=True)
    assert office.by_verify_ledger(capsys, office.kept) == ""
    assert "bears no valid signature" in office.by_the_auditor(capsys)
    out = office.folder / "export1"
    newer = LogKey.objects.latest("pk").vkey
    both = ["tree", str(out), "--key", office.key, "--key", newer, "--known", str(office.kept)]
    assert verify_ledger.main(both) == 0


def test_r11_a_report_buried_as_part_of_one_that_was_rightly_deleted_is_one_erased_entry_too_many(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """An erased entry's case is bound by nothing any more; the deletion's own entry says how many there were."""
    office.delete_thread_and_parts()
    deleted = Entry.objects.get(verb="mailbox.report.deleted")
    with behind_our_back():
        buried = Entry.objects.filter(case=office.entry.case).update(salt=None, case=deleted.case)
    said = f"tells of {deleted.purpose} entries erased, and {int(deleted.purpose) + buried} are"
    assert said in office.by_verify_ledger(capsys, office.kept)
    assert said in office.by_the_auditor(capsys, office.kept)
