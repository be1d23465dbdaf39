"""The door: issued cheaply, laid out once, the same bytes for ever, taken back, asked for, forgotten."""

import hashlib
import threading
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from keng.core import at_rest
from keng.ledger.models import Entry
from keng.ledger.services import NotInTransaction
from keng.signing import documents
from keng.signing.kinds import Kind, kinds
from keng.signing.models import Document
from keng.signing.renderers import renderers
from keng.units.models import Office
from tests.cast import Cast

KIND = "tests.plain"
made: list[str] = []


def counting(template: Path, values) -> bytes:
    made.append(values["document"]["code"])
    return f"{values['name']} {len(made)}".encode()


@pytest.fixture(autouse=True)
def _a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    at_rest.ensure()
    made.clear()
    monkeypatch.setitem(kinds._things, KIND, Kind("Giấy thử", Path(__file__).with_name("plain.typ")))
    monkeypatch.setitem(kinds._things, "tests.counted", Kind("Giấy thử", Path("none"), "tests.counting"))
    monkeypatch.setitem(renderers._things, "tests.counting", counting)


@pytest.fixture
def office(db: None) -> Office:
    return Cast().post


def issued(office: Office, kind: str = "tests.counted", case: str = "H11-261122-0001") -> Document:
    with transaction.atomic():
        return documents.issue(kind=kind, case=case, title="Giấy thử", office=office, values={"name": "Quàng Văn An"})


def test_issuing_lays_nothing_out_and_costs_two_rows(office: Office) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        document = issued(office)
    assert [query["sql"].split()[0] for query in asked if "SAVEPOINT" not in query["sql"]] == ["INSERT", "INSERT"]
    assert made == []
    assert (document.sha256, document.pdf) == ("", None)
    entry = Entry.objects.get(verb=documents.ISSUED)
    assert (entry.subject, entry.case, entry.office) == (document.code, "H11-261122-0001", office.code)


def test_what_stands_on_a_document_is_sealed(office: Office) -> None:
    document = issued(office, KIND)
    file = documents.pdf(document)
    kept = Document.objects.get()
    for sealed in (kept.values, kept.pdf):
        assert bytes(sealed).startswith(b"age-encryption.org/v1")
        assert "Quàng Văn An".encode() not in bytes(sealed)
    assert file.startswith(b"%PDF-")


def test_the_file_is_made_once_and_is_the_same_for_ever(office: Office) -> None:
    document = issued(office)
    first = documents.pdf(document)
    again = documents.pdf(Document.objects.get())
    assert first == again == "Quàng Văn An 1".encode()
    assert made == [document.code]
    assert Document.objects.get().sha256 == document.sha256 == hashlib.sha256(first).hexdigest()


def test_of_two_that_lay_it_out_at_once_both_get_the_one_that_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = issued(office)

    def slowly(template: Path, values) -> bytes:
        if not made:
            made.append("first")
            documents.pdf(Document.objects.get())
        return counting(template, values)

    monkeypatch.setitem(renderers._things, "tests.counting", slowly)
    late = documents.pdf(document)
    assert late == documents.pdf(Document.objects.get()) == "Quàng Văn An 2".encode()
    assert Document.objects.get().sha256 == hashlib.sha256(late).hexdigest()


@pytest.mark.django_db(transaction=True)
def test_eight_threads_get_one_file() -> None:
    document = issued(Cast().post)
    together, files = threading.Barrier(8), []

    def ask() -> None:
        together.wait()
        files.append(documents.pdf(Document.objects.get(pk=document.pk)))
        connection.close()

    threads = [threading.Thread(target=ask) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files) == 8
    assert len(set(files)) == 1


def test_an_unknown_kind_and_a_missing_transaction_are_refused(office: Office, db: None) -> None:
    with pytest.raises(LookupError):
        documents.issue(kind="no.such", case="x", title="x", office=office, values={})
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_document_is_issued_in_a_transaction_only() -> None:
    office = Cast().post
    with pytest.raises(NotInTransaction):
        documents.issue(kind=KIND, case="x", title="x", office=office, values={})
    assert not Document.objects.exists()


def test_a_document_taken_back_stays_and_says_so(office: Office) -> None:
    document = issued(office)
    by = Cast().quan
    assert documents.revoke(document=document, by=by)
    assert not documents.revoke(document=document, by=by)
    found = documents.verify(document.code)
    assert found is not None
    assert (found.revoked_by, found.revoked_at is not None) == (by.username, True)
    assert Entry.objects.filter(verb=documents.REVOKED, subject=document.code, by=by.username).count() == 1
    assert documents.pdf(document)


def test_a_typed_code_finds_its_document_in_one_query_without_its_file(office: Office) -> None:
    document = issued(office)
    documents.pdf(document)
    with CaptureQueriesContext(connection) as asked:
        found = documents.verify(document.code.lower().replace("-", " ").replace("0", "o"))
    assert found == document
    assert len(asked) == 1
    assert '"values"' not in asked[0]["sql"]
    assert documents.verify("0000-0000-0000-0000") is None
    with CaptureQueriesContext(connection) as asked:
        assert documents.verify("nothing like it") is None
    assert len(asked) == 0


def test_what_is_forgotten_was_issued_still_and_shows_nothing(office: Office) -> None:
    """C4: of a dossier that is erased, its slips keep nothing of the person."""
    document, other = issued(office), issued(office, case="H11-261122-0002")
    documents.pdf(document)
    assert documents.forget(case=document.case) == 1
    kept = documents.verify(document.code)
    assert kept is not None
    assert (kept.values, kept.pdf, kept.sha256) == (None, None, "")
    with pytest.raises(documents.Forgotten):
        documents.pdf(document)
    assert documents.pdf(other)
    assert documents.forget(case=document.case) == 0
    assert Entry.objects.filter(verb=documents.FORGOTTEN).count() == 1
    assert [one.pk for one in documents.of_case(other.case)] == [other.pk]
