"""S2: a publication is stopped at every single step, and the next run finishes it: no gap, one tree, the published bytes as they were."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from keng.ledger import keys, notes, publication
from keng.ledger.models import Checkpoint, Entry
from keng.ledger.publication import latest, publish
from keng.ledger.services import append
from keng.ledger.verbs import PADDING, verbs
from tests.ledger.log import folder, read_log

VERB = "test.done"


class Killed(BaseException):
    """As a kill -9: nothing in the code catches it."""


class Steps:
    """Counts the steps of a publication and ends it at one of them, before or after the step was done."""

    def __init__(self, last: int, *, after: bool) -> None:
        self.left, self.after, self.done = last, after, 0

    def wrap(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*asked: Any, **said: Any) -> Any:
            self.done += 1
            if self.done == self.left and not self.after:
                raise Killed
            result = step(*asked, **said)
            if self.done == self.left:
                raise Killed
            return result

        return stepping


@contextmanager
def stopped(steps: Steps) -> Iterator[None]:
    """Every sync, every name given to a file, every folder, and the commit are steps."""
    with ExitStack() as stack:
        for owner, name in (
            (os, "fsync"), (os, "fchmod"), (Path, "replace"), (Path, "mkdir"), (BaseDatabaseWrapper, "commit"),
            (publication, "_insert"), (publication, "_give_places"),
        ):  # fmt: skip
            wrapped = steps.wrap(getattr(owner, name))
            stack.enter_context(mock.patch.object(owner, name, wrapped))
        try:
            yield
        except DatabaseError as error:  # PostgreSQL's driver minds a commit that did not come
            if steps.done < steps.left:
                raise
            raise Killed from error


def do(number: int) -> None:
    verbs.register(VERB, "đã làm (thử)")
    with transaction.atomic():
        for at in range(number):
            append(verb=VERB, subject=str(at))


def places() -> list[int | None]:
    return list(Entry.objects.exclude(place=None).order_by("place").values_list("place", flat=True))


def whole() -> None:
    """One tree over all rows, in the files as in the database, signed."""
    leaves = [
        bytes(leaf) for leaf in Entry.objects.exclude(place=None).order_by("place").values_list("leaf", flat=True)
    ]
    assert places() == list(range(len(leaves)))
    log = read_log()
    assert log.leaves == leaves
    assert (log.head.size, log.head.root) == (latest().size, bytes(latest().root))
    (signer,) = keys.signers()
    for checkpoint in Checkpoint.objects.all():
        notes.verify(notes.read(folder()[f"checkpoints/{checkpoint.size}"].decode()), signer.verifier)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [False, True])
def test_s2_r10_a_publication_killed_at_any_step_is_finished_by_the_next_run(after: bool) -> None:
    do(20)
    publish(force=True)
    killed = kept = 0
    for step in range(1, 500):
        do(3)
        before, size, steps = folder(), latest().size, Steps(step, after=after)
        try:
            with stopped(steps):
                publish(force=True)
            break
        except Killed:
            killed += 1
            connection.close()
        # What a reader sees in between is a whole log too: the older or the newer.
        assert read_log().head.size in (size, latest().size)
        for path, content in folder().items():
            assert before.get(path, content) == content or not path.startswith(("tile/", "checkpoints/")), path
        kept += latest().size > size
        publish()
        publish(force=True)
        whole()
    assert killed > 15
    assert 0 < kept < killed  # some were killed before the commit, some after
    assert not Entry.objects.filter(place=None).exists()
    assert Entry.objects.filter(verb=VERB).count() == 20 + 3 * (killed + 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [False, True])
def test_s2_the_very_first_publication_may_be_killed_at_any_step(after: bool) -> None:
    do(3)
    for step in range(1, 500):
        try:
            with stopped(Steps(step, after=after)):
                publish(force=True)
            break
        except Killed:
            connection.close()
    whole()
    assert Entry.objects.filter(verb="ledger.key.made").count() == 1
    assert Entry.objects.exclude(verb=PADDING).count() == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), PermissionError()])
def test_s2_a_full_disk_stops_it_with_an_error_and_it_goes_on_by_itself(error: OSError) -> None:
    do(300)
    publish(force=True)
    do(300)
    real = os.fsync
    refused = 0
    for step in range(1, 100):
        steps = iter(range(1, 500))

        def sync(descriptor: int, last: int = step, steps: Iterator[int] = steps) -> None:
            if next(steps) >= last:
                raise error
            real(descriptor)

        try:
            with mock.patch.object(os, "fsync", sync):
                publish(force=not refused)
            break
        except OSError:
            refused += 1
    assert refused > 2
    publish()
    whole()
