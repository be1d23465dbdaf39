"""`/b/<slug>/plain` seals in memory and forgets: what was written stands in no log, no file and no object afterwards (R6)."""

import gc
import io
import logging
import os
import secrets
import tempfile
from html import unescape
from types import FrameType

import pytest
from django.db import OperationalError

from keng.mailbox import plain
from keng.mailbox.models import Thread
from tests.cast import Cast
from tests.conftest import FaceClient
from tests.mailbox.test_plain import MARK, post, post_after, receipt_on


class Quoting(Exception):
    """A fault whose message quotes what it was given, as a database's may."""


@pytest.mark.parametrize("fault", [OperationalError, Quoting])
def test_r6_a_fault_in_the_midst_of_it_writes_the_text_nowhere(
    cast: Cast,
    public: FaceClient,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    fault: type[Exception],
) -> None:
    _ = cast.box
    written = io.StringIO()
    handler = logging.StreamHandler(written)  # the root logger: what a log file of the operator's would get
    logging.getLogger().addHandler(handler)
    files = set(os.listdir(tempfile.gettempdir()))

    def broken(**_asked: object) -> None:
        raise fault(f"could not store {MARK}")

    monkeypatch.setattr(plain, "accept", broken)
    public.raise_request_exception = False
    try:
        response = post(public, text=MARK)
    finally:
        logging.getLogger().removeHandler(handler)
    assert response.status_code == 500
    out, err = capfd.readouterr()
    assert MARK not in out + err + written.getvalue()
    new = set(os.listdir(tempfile.gettempdir())) - files
    assert not [name for name in new if MARK.encode() in read_quietly(os.path.join(tempfile.gettempdir(), name))]
    if fault is OperationalError:
        assert MARK in unescape(response.content.decode()), "it goes back to whoever wrote it"
    assert not Thread.objects.exists()


def read_quietly(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(10_000_000)
    except OSError:
        return b""


def test_r6_no_temporary_file_is_made_even_for_the_largest_form(
    cast: Cast, public: FaceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ = cast.box

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a temporary file was made")

    for name in ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    assert post(public, text="ế" * 20_000, filler="ế" * 80_000).status_code == 200


def test_r6_nothing_in_the_process_refers_to_text_or_receipt_when_it_is_done(cast: Cast, public: FaceClient) -> None:
    mark = secrets.token_hex(16)  # stands in no source file, which the interpreter may hold
    receipt = receipt_on(post_after(cast, public, f"Mất trâu {mark}."))
    gc.collect()
    assert holders(mark) == holders(receipt) == []


def test_the_search_above_finds_what_somebody_keeps() -> None:
    mark = secrets.token_hex(16)
    kept = [{"text": f"Mất trâu {mark}."}]
    assert holders(mark) == [type(kept)]


def holders(secret: str) -> list[type]:
    """Types of all that holds the secret, frames of running functions apart (this test's own among them)."""
    found = []
    for one in gc.get_objects():  # no comprehension: its closure would hold the secret too
        if type(one) is not FrameType and tells(one, secret):
            found.append(type(one))
    return found


def tells(one: object, secret: str) -> bool:
    """Whether an object refers to the secret itself or through containers that the collector does not track."""
    for other in gc.get_referents(one):
        kind = type(other)  # isinstance() would wake lazy objects that other tests left behind
        if issubclass(kind, str) and secret in other:
            return True
        if issubclass(kind, bytes) and secret.encode() in other:
            return True
        if issubclass(kind, dict | tuple) and not gc.is_tracked(other) and tells(other, secret):
            return True
    return False
