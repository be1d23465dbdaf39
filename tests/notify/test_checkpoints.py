"""The newest checkpoint is mailed once to each address that keeps a copy, in one form, whatever happened that day."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from keng.core.registry import chores
from keng.ledger import notes
from keng.ledger.models import Checkpoint
from keng.notify import checkpoints, outbox
from keng.notify.models import Message
from tests.notify.mail_server import MailServer, unused_port
from tests.tools.log_lab import KEY, leaves, note_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def set_up(settings: Any) -> None:
    settings.MAIL_FROM = "Kẻng <keng@dienbien.example>"
    settings.SMTP_URL = f"smtp://127.0.0.1:{unused_port()}"
    settings.LEDGER_MAIL = ["bao@thanhnien.example", "so@thanhtra.example"]


def published(size: int = 256, day: date | None = None, branch: str = "") -> Checkpoint:
    note = note_of(leaves(size, branch))
    head = notes.read_head(notes.read(note).text)
    return Checkpoint.objects.create(day=day or timezone.localdate(), size=size, root=head.root, note=note)


def test_the_newest_goes_to_every_address_once() -> None:
    published(256, timezone.localdate() - timedelta(days=1))
    newest = published(512)
    assert checkpoints.mail_newest() == 2
    assert checkpoints.mail_newest() == 0
    assert {message.address for message in Message.objects.all()} == {"bao@thanhnien.example", "so@thanhtra.example"}
    assert all(newest.note in message.body for message in Message.objects.all())


def test_what_was_sent_is_not_sent_again_when_the_outbox_has_erased_it(settings: Any) -> None:
    settings.LEDGER_MAIL = ["bao@thanhnien.example"]
    published()
    with MailServer() as server:
        settings.SMTP_URL = server.url
        checkpoints.mail_newest()
        assert outbox.send_due() == 1
        assert checkpoints.mail_newest() == 0
    assert Message.objects.get().sent is not None


def test_the_note_can_be_taken_from_the_mail_and_verified() -> None:
    newest = published()
    checkpoints.mail_newest()
    body = Message.objects.first().body
    between = body.split("-" * 70 + "\n")[1]
    assert between == newest.note
    notes.verify(notes.read(between), KEY.verifier)


def test_the_mail_says_what_to_do_in_both_languages() -> None:
    published()
    checkpoints.mail_newest()
    body = Message.objects.first().body
    assert "Xin giữ lại thư" in body
    assert "Please keep" in body
    assert "tools/witness.py compare" in body
    assert max(len(line) for line in body.partition("-----")[0].splitlines()) <= 78


def test_every_mail_has_the_same_form_whatever_was_published() -> None:
    lengths = set()
    for size in (256, 512, 768):
        Checkpoint.objects.all().delete()
        Message.objects.all().delete()
        published(size, branch=str(size))
        checkpoints.mail_newest()
        lengths |= {(len(message.subject), len(message.body)) for message in Message.objects.all()}
    assert len(lengths) == 1


def test_an_old_checkpoint_is_not_mailed_after_a_long_rest() -> None:
    published(day=timezone.localdate() - checkpoints.FRESH - timedelta(days=1))
    assert checkpoints.mail_newest() == 0
    assert checkpoints.FRESH * 2 < outbox.KEPT


@pytest.mark.parametrize(("name", "value"), [("LEDGER_MAIL", []), ("SMTP_URL", "")])
def test_without_an_address_or_a_server_nothing_is_written(settings: Any, name: str, value: object) -> None:
    published()
    setattr(settings, name, value)
    assert checkpoints.mail_newest() == 0
    assert not Message.objects.exists()


def test_before_the_first_publication_there_is_nothing_to_mail() -> None:
    assert checkpoints.mail_newest() == 0


def test_two_processes_at_once_write_one_message_for_each_address() -> None:
    published()
    made: list[int] = []

    def work() -> None:
        made.append(checkpoints.mail_newest())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(made) == 2
    assert Message.objects.count() == 2


def test_it_is_a_chore_of_the_worker() -> None:
    assert chores["notify.checkpoints"].run == checkpoints.mail_newest
    assert chores["notify.checkpoints"].every <= timedelta(minutes=15)
