"""The log's keys: made once, private to the machine, replaced under notes that both sign, lost with a way out."""

import json
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from keng.core.ids import this_hour
from keng.ledger import files, keys, notes
from keng.ledger.errors import KeyLost
from keng.ledger.models import Entry, LogKey
from keng.ledger.notes import SignatureFailed, Verifier
from keng.ledger.publication import latest, publish

pytestmark = pytest.mark.django_db


def note() -> notes.Note:
    return notes.read(latest().note)


def verifiers() -> list[Verifier]:
    return [Verifier.read(key.vkey) for key in LogKey.objects.order_by("pk")]


def entries(verb: str) -> list[tuple[str, str, str]]:
    return list(Entry.objects.filter(verb=verb).values_list("subject", "by", "purpose"))


def test_a_key_is_made_once_and_its_making_is_an_entry(settings: Settings) -> None:
    settings.PUBLIC_ORIGIN = "https://bao.dienbien.gov.vn"
    first = keys.ensure()
    assert keys.ensure() == first
    assert LogKey.objects.count() == 1
    assert first.vkey.startswith("bao.dienbien.gov.vn/ledger+")
    assert entries("ledger.key.made") == [(Verifier.read(first.vkey).id.hex(), "", first.vkey)]
    (signer,) = keys.signers()
    assert signer.verifier.vkey == first.vkey


def test_the_private_half_is_a_file_that_nobody_else_reads_and_no_row_holds() -> None:
    key = keys.ensure()
    path = keys.path_of(key.vkey)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith("PRIVATE+KEY+127.0.0.1:8000/ledger+")
    seed = path.read_text().strip().split("+", 4)[4]  # a plus may stand in it, too
    assert seed not in str(list(Entry.objects.values_list())) + str(list(LogKey.objects.values_list()))


def test_the_logs_name_stays_when_the_host_changes(settings: Settings) -> None:
    settings.PUBLIC_ORIGIN = "https://bao.dienbien.gov.vn"
    keys.ensure()
    settings.PUBLIC_ORIGIN = "https://khac.dienbien.gov.vn"
    keys.rotate(by="quan")
    publish(force=True)
    assert notes.read_head(note().text).origin == "bao.dienbien.gov.vn/ledger"
    assert {one.name for one in verifiers()} == {"bao.dienbien.gov.vn/ledger"}


def test_old_and_new_key_sign_together_for_thirty_days_and_then_the_new_alone() -> None:
    keys.ensure()
    publish(force=True)
    keys.rotate(by="quan")
    publish(force=True)
    old, new = verifiers()
    assert [notes.verify(note(), one) for one in (old, new)] == [0, 0]
    with mock.patch.object(keys, "this_hour", return_value=this_hour() + timedelta(days=30)):
        publish(force=True)
    assert notes.verify(note(), new) == 0
    with pytest.raises(SignatureFailed):
        notes.verify(note(), old)
    until = f"{this_hour() + timedelta(days=30):%Y-%m-%dT%H}"
    assert entries("ledger.key.retired") == [(old.id.hex(), "quan", until)]
    assert [one[1] for one in entries("ledger.key.made")].count("quan") == 1


def test_a_retired_key_stays_listed_for_old_notes() -> None:
    keys.ensure()
    keys.rotate(by="quan", at_once=True)
    publish(force=True)
    listed = json.loads(files.read("keys"))
    assert [one["vkey"] for one in listed] == [key.vkey for key in LogKey.objects.order_by("pk")]
    hour = f"{this_hour():%Y-%m-%dT%H}"
    assert [(one["since"], one["until"]) for one in listed] == [(hour, hour), (hour, None)]


def test_a_stolen_key_signs_no_more_at_once() -> None:
    keys.ensure()
    keys.rotate(by="quan")
    keys.rotate(by="quan", at_once=True)
    publish(force=True)
    *old, new = verifiers()
    assert notes.verify(note(), new) == 0
    for one in old:
        with pytest.raises(SignatureFailed):
            notes.verify(note(), one)


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"PRIVATE+KEY+a+b\n", b"PRIVATE+KEY+x+00000000+AAAA\n"])
def test_s2_a_lost_or_damaged_key_file_stops_publishing_with_a_sentence_and_rotating_is_the_way_out(
    content: bytes | None,
) -> None:
    path = keys.path_of(keys.ensure().vkey)
    publish(force=True)
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KeyLost, match=r"--rotate --now\. / "):
        publish(force=True)
    assert Entry.objects.filter(place=None).count() == 0
    call_command("ledger_key", "--rotate", "--now")
    publish(force=True)
    assert notes.verify(note(), verifiers()[-1]) == 0


def test_another_keys_file_under_the_name_of_ours_is_no_key() -> None:
    ours = keys.path_of(keys.ensure().vkey)
    other = keys.path_of(keys.rotate(by="quan").vkey)
    ours.write_bytes(other.read_bytes())
    with pytest.raises(KeyLost):
        keys.signers()


def test_a_key_whose_row_a_crash_lost_is_taken_up_and_not_made_twice(settings: Settings) -> None:
    with mock.patch.object(keys, "_enter", side_effect=RuntimeError), pytest.raises(RuntimeError):
        keys.ensure()
    (left,) = Path(settings.LEDGER_KEYS).iterdir()
    key = keys.ensure()
    assert keys.path_of(key.vkey) == left
    assert list(Path(settings.LEDGER_KEYS).iterdir()) == [left]


def test_the_command_prints_what_is_to_be_pinned_and_refuses_nonsense(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ledger_key")
    call_command("ledger_key")
    first, second = capsys.readouterr().out.split()
    assert first == second == LogKey.objects.get().vkey
    call_command("ledger_key", "--rotate")
    assert capsys.readouterr().out.split() == [key.vkey for key in LogKey.objects.order_by("pk")]
    with pytest.raises(CommandError, match="--rotate"):
        call_command("ledger_key", "--now")
    keys.path_of(first).unlink()
    with pytest.raises(CommandError, match=r"ledger_key --rotate --now"):
        call_command("ledger_key")
