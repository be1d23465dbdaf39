"""A report that its reporter erases: every row that hangs on it, and the salts of its entries, whatever apps come to hang on it."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from keng.core.registry import chores
from keng.desk.outcomes.services import forget
from keng.ledger.leaves import tag_of
from keng.ledger.models import Entry
from keng.mailbox.models import State, Thread
from keng.mailbox.services import delete, erase_due
from tests.cast import Cast
from tests.mailbox.services.test_parts import message, send
from tests.mailbox.whole_report import WholeReport, whole_report

Hanging = tuple[type[models.Model], str, Any]


def hanging_on(model: type[models.Model], path: str = "", seen: frozenset[Any] = frozenset()) -> Iterator[Hanging]:
    """Every model that leads to `model` by foreign keys that erase along with it or let go of it: (model, lookup, on_delete)."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation in seen:
            continue
        lookup = f"{relation.field.name}__{path}" if path else relation.field.name
        yield relation.related_model, lookup, relation.on_delete
        if relation.on_delete is models.CASCADE:
            yield from hanging_on(relation.related_model, lookup, seen | {relation})


@pytest.fixture
def report(cast: Cast) -> WholeReport:
    return whole_report(cast)


def erase(report: WholeReport) -> None:
    assert delete(token=report.reporter.keys.token) is not None
    Thread.objects.filter(pk=report.thread.pk).update(erase_on=timezone.localdate())
    assert erase_due() == 1


def test_everything_that_hangs_on_a_report_goes_with_it_or_lets_go_of_it(cast: Cast, report: WholeReport) -> None:
    """The walk finds what a later app hangs on a report: the story above must then be told with it."""
    other = whole_report(cast)
    found = list(hanging_on(Thread))
    assert len(found) >= 15
    before = {lookup: model.objects.count() for model, lookup, _what in found}
    for model, lookup, _what in found:
        assert model.objects.filter(**{lookup: report.thread.pk}).exists(), f"the story lacks {model.__name__}"
    erase(report)
    for model, lookup, what in found:
        assert what in (models.CASCADE, models.SET_NULL), model
        assert not model.objects.filter(**{lookup: report.thread.pk}).exists(), model
        assert model.objects.filter(**{lookup: other.thread.pk}).exists(), f"another report lost its {model.__name__}"
    assert sum(before.values()) > 0


def test_no_value_in_any_table_but_the_ledger_says_that_the_report_was_there(cast: Cast, report: WholeReport) -> None:
    marks = {report.thread.key, str(report.thread.pk), report.thread.pin, *report.reporter.digests}
    said = {bytes(value) for value in report.kept.values() if len(value) > 8}

    def tells() -> set[str]:
        return {
            model.__name__
            for model in apps.get_models()
            for row in model.objects.values_list()
            for value in row
            if str(value) in marks
            or (isinstance(value, bytes | memoryview) and any(one in bytes(value) for one in said))
        }

    assert {"Thread", "Part", "Note", "Rewrap", "Entry", "Outcome", "Seen"} <= tells(), (
        "the search does find what is there"
    )
    erase(report)
    forget()
    assert tells() == {"Entry"}


def test_r11_the_salts_of_the_case_are_gone_and_the_deletions_own_stays_to_say_why(
    cast: Cast, report: WholeReport
) -> None:
    other = whole_report(cast)
    leaves = set(Entry.objects.filter(case=report.thread.key).values_list("leaf", flat=True))
    erase(report)
    entries = Entry.objects.filter(case=report.thread.key)
    assert {entry.verb for entry in entries if entry.salt is not None} == {"mailbox.report.deleted"}
    assert {bytes(leaf) for leaf in leaves} < {bytes(entry.leaf) for entry in entries}, "what is public stays as it was"
    assert not Entry.objects.filter(case=other.thread.key, salt=None).exists()


def test_r11_who_holds_the_receipt_still_finds_the_leaf_and_nobody_else_can(cast: Cast, report: WholeReport) -> None:
    """The reporter can show that there was a report; the office can't, for the tag is nowhere any more."""
    erase(report)
    keys = report.reporter.keys
    (entry,) = [one for one in Entry.objects.filter(salt=None) if bytes(one.leaf)[:16] == tag_of(keys.log_tag)]
    assert entry.verb == "mailbox.part.received"
    assert bytes(entry.leaf)[16:] == hashlib.sha256(keys.log_tag + entry.canonical()).digest()


def test_a_report_erased_before_the_log_was_published_is_published_as_erased(cast: Cast) -> None:
    reporter = cast.reporter()
    send("na-co-sa", reporter.first("Tin."))
    send("na-co-sa", message(reporter, 1))
    assert delete(token=reporter.keys.token) is None
    entries = list(Entry.objects.filter(case=reporter.keys.thread))
    assert sorted((entry.verb, entry.salt is None, entry.place) for entry in entries) == [
        ("mailbox.part.received", True, None),
        ("mailbox.part.received", True, None),
        ("mailbox.report.deleted", False, None),
    ]
    assert all(len(bytes(entry.leaf)) == 48 for entry in entries)


def test_what_an_officer_did_with_the_report_stays_said(cast: Cast, report: WholeReport) -> None:
    """Who opened, answered and forwarded it, in which hour: an officer can't be rid of that by an erased report."""
    before = set(Entry.objects.filter(case=report.thread.key).values_list("verb", "subject", "office", "by", "hour"))
    erase(report)
    assert before < set(
        Entry.objects.filter(case=report.thread.key).values_list("verb", "subject", "office", "by", "hour")
    )


def test_a_deletion_that_fails_half_way_forgets_nothing(
    cast: Cast, report: WholeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    Thread.objects.filter(pk=report.thread.pk).update(erase_on=timezone.localdate())

    def fail(self: Thread, *args: object, **kwargs: object) -> None:
        raise OSError("half way")

    with monkeypatch.context() as broken:
        broken.setattr(Thread, "delete", fail)
        with pytest.raises(OSError, match="half way"):
            erase_due()
    assert not Entry.objects.filter(case=report.thread.key, salt=None).exists()
    assert not Entry.objects.filter(verb="mailbox.report.deleted").exists()
    assert chores["mailbox.erase_due"].run() == 1


@pytest.mark.parametrize("state", [State.RECEIVED, State.CLOSED])
def test_c4_erased_at_once_or_on_its_day_it_is_the_same(cast: Cast, report: WholeReport, state: str) -> None:
    Thread.objects.filter(pk=report.thread.pk).update(state=state)
    if delete(token=report.reporter.keys.token) is not None:
        Thread.objects.filter(pk=report.thread.pk).update(erase_on=timezone.localdate())
        erase_due()
    assert not Thread.objects.exists()
    assert Entry.objects.filter(case=report.thread.key).exclude(salt=None).count() == 1
