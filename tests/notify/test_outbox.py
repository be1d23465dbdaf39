"""What waits in the outbox is sent at least once, by one process at a time, and given up after a day: to a real server that misbehaves."""

import email
import logging
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from keng.core.registry import chores
from keng.notify import outbox, services
from keng.notify.email import smtp
from keng.notify.models import Message
from tests.notify.mail_server import MailServer, Manners, took, unused_port

pytestmark = pytest.mark.django_db
SECRET_WORDS = "Ngày mai có 7 tin quá hạn"


@pytest.fixture(autouse=True)
def sender(settings: Any) -> None:
    settings.MAIL_FROM = "Kẻng <keng@dienbien.example>"
    settings.SMTP_URL = f"smtp://127.0.0.1:{unused_port()}"


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as running:
        settings.SMTP_URL = running.url
        yield running


def post(address: str = "hoa@dienbien.example", body: str = SECRET_WORDS) -> Message:
    return services.post(channel="email", address=address, subject="Kẻng: việc hôm nay", body=body)


def later(**by: float) -> None:
    """Time goes by for every message in the outbox."""
    passed = timedelta(**by)
    for message in Message.objects.all():
        message.since -= passed
        message.next_try -= passed
        message.claimed_until = message.claimed_until and message.claimed_until - passed
        message.save()


def state() -> dict[str, str]:
    """How each message stands, by the server's code where there was trouble."""
    message = Message.objects.get()
    return {"is": "sent" if message.sent else "failed" if message.failed else "waits", "reason": message.reason}


def read(data: bytes) -> Any:
    return email.message_from_bytes(data, policy=policy.default)


# -- a server that behaves ---------------------------------------------------------------------------------------------


def test_a_message_is_sent_once_and_keeps_neither_words_nor_address(server):
    post()
    assert outbox.send_due() == 1
    assert outbox.send_due() == 0
    [(address, data)] = server.received
    mail = read(data)
    assert address == mail["To"] == "hoa@dienbien.example"
    assert mail["Subject"] == "Kẻng: việc hôm nay"
    assert mail.get_content().strip() == SECRET_WORDS
    sent = Message.objects.get()
    assert (sent.body, sent.subject, sent.address, sent.reason) == ("", "", "", "")
    assert sent.sent == sent.sent.replace(minute=0, second=0, microsecond=0)


def test_all_that_waits_goes_over_one_connection(server):
    for number in range(5):
        post(f"officer{number}@dienbien.example")
    assert outbox.send_due() == 5
    assert server.connections == 1
    assert {address for address, _data in server.received} == {f"officer{n}@dienbien.example" for n in range(5)}


def test_without_a_server_set_up_nothing_is_tried(settings):
    settings.SMTP_URL = ""
    post()
    assert not services.ready(channel="email")
    assert outbox.send_due() == 0
    assert Message.objects.get().tries == 0


def test_done_means_erased_and_not_both_sent_and_failed_says_the_database():
    now = datetime.now(UTC)
    for wrong in (
        {"sent": now},
        {"failed": now},
        {"sent": now, "failed": now, "address": "", "subject": "", "body": ""},
    ):
        message = post()
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**wrong)


def test_a_lone_line_of_a_dot_does_not_end_the_message(server):
    post(body="một\n.\nhai")
    outbox.send_due()
    assert read(server.received[0][1]).get_content().split() == ["một", ".", "hai"]


# -- servers that don't ------------------------------------------------------------------------------------------------


def test_s2_a_server_that_is_down_costs_nothing_but_time(settings, caplog):
    post()
    with caplog.at_level(logging.DEBUG):
        assert outbox.send_due() == 0
    assert state() == {"is": "waits", "reason": "connection"}
    assert "hoa@" not in caplog.text
    assert SECRET_WORDS not in caplog.text
    with MailServer() as server:
        settings.SMTP_URL = server.url
        assert outbox.send_due() == 0, "not before its time"
        later(minutes=2)
        assert outbox.send_due() == 1


def test_the_waits_grow_from_two_minutes_to_an_hour():
    post()
    waits = []
    for _try in range(8):
        outbox.send_due()
        wait = Message.objects.get().next_try - datetime.now(UTC)
        waits.append(round(wait.total_seconds() / 60))
        later(minutes=61)
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]


def test_after_a_day_it_is_given_up_and_the_health_line_says_so(caplog):
    post()
    outbox.send_due()
    later(hours=1, minutes=1)
    assert outbox.health().stuck
    later(hours=23)
    outbox.send_due()
    assert state() == {"is": "failed", "reason": "connection"}
    health = outbox.health()
    assert (health.waiting, health.failed, health.reason, health.stuck) == (0, 1, "connection", False)
    assert Message.objects.get().body == ""
    assert "1 thư báo quá một ngày" in caplog.text


def test_s2_a_server_that_takes_the_line_and_says_nothing_holds_no_other_chore(settings, monkeypatch):
    monkeypatch.setattr(smtp, "STEP", 0.3)
    for _number in range(10):
        post()
    with MailServer(Manners(silent=True)) as server:
        settings.SMTP_URL = server.url
        assert took(outbox.send_due) < 15  # it would say nothing for 30
        assert server.connections == 1, "the others wait for the next run"
    assert sorted(Message.objects.values_list("tries", "reason"))[-1] == (1, "timeout")
    assert Message.objects.filter(tries=0).count() == 9


def test_s2_a_server_that_drips_is_cut_off_however_busily_it_answers(settings, monkeypatch):
    monkeypatch.setattr(smtp, "WHOLE", 0.6)
    post()
    with MailServer(Manners(drips=True)) as server:
        settings.SMTP_URL = server.url
        assert took(outbox.send_due) < 5
    assert state() == {"is": "waits", "reason": "connection"}


def test_a_run_ends_when_its_time_is_up(server, monkeypatch):
    monkeypatch.setattr(outbox, "BUDGET", 0.0)
    post()
    assert outbox.send_due() == 0
    assert Message.objects.get().tries == 0


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("550 no such box", {"is": "failed", "reason": "550"}), ("450 come back later", {"is": "waits", "reason": "450"})],
)
def test_one_address_that_is_refused_holds_up_no_other(server, answer, outcome):
    server.manners.refuses["gone@dienbien.example"] = answer
    post("gone@dienbien.example")
    outbox.send_due()
    assert state() == outcome
    later(hours=1)
    for number in range(3):
        post(f"officer{number}@dienbien.example")
    assert outbox.send_due() == 3
    assert len(server.received) == 3


def test_a_server_that_refuses_everybody_is_a_fault_of_the_setting_up_and_nothing_is_lost(server):
    server.manners.answers["mail"] = "530 sign in first"
    for _number in range(3):
        post()
    assert outbox.send_due() == 0
    assert Message.objects.filter(reason="530").count() == 1
    assert Message.objects.filter(sent=None, failed=None).count() == 3
    del server.manners.answers["mail"]
    later(minutes=2)
    assert outbox.send_due() == 3


@pytest.mark.parametrize(
    ("answers", "reason"),
    [({"ehlo": "500 what", "helo": "502 what"}, "500|502"), ({"data": "452 full"}, "452"), ({"rcpt": "nonsense"}, "")],
)
def test_whatever_a_server_says_the_message_waits(server, answers, reason):
    server.manners.answers.update(answers)
    post()
    outbox.send_due()
    assert state()["is"] == "waits"
    assert not reason or state()["reason"] in reason.split("|") + ["connection"]


@pytest.mark.parametrize("address", ["hoa@dienbien.example\r\nBcc: all@dienbien.example", "hoà@dienbien.example"])
def test_s3_an_address_that_no_mail_can_have_is_given_up_and_sends_nothing_else(server, address):
    post(address)
    outbox.send_due()
    assert state()["is"] == "failed"
    assert server.received == []


# -- sealed on the way -------------------------------------------------------------------------------------------------


def test_starttls_that_is_not_offered_is_no_reason_to_speak_in_the_clear(server, settings):
    settings.SMTP_URL = server.url.replace("smtp://", "smtp+starttls://keng:mat-khau@")
    post()
    assert outbox.send_due() == 0
    assert state()["is"] == "waits"
    assert not any("AUTH" in command or "mat-khau" in command for command in server.commands)
    assert server.received == []


def test_broken_tls_is_waited_out_and_never_worked_round(server, settings):
    settings.SMTP_URL = server.url.replace("smtp://", "smtps://")
    post()
    assert outbox.send_due() == 0
    assert state() == {"is": "waits", "reason": "tls"}
    assert server.received == []


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    made = tmp_path / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", tmp_path / "key.pem", "-out", made],
        check=True, capture_output=True,
    )  # fmt: skip
    made.write_bytes(made.read_bytes() + (tmp_path / "key.pem").read_bytes())
    return made


@pytest.mark.parametrize(
    ("host", "trusted", "sent"), [("localhost", True, 1), ("localhost", False, 0), ("127.0.0.1", True, 0)]
)
def test_the_certificate_must_be_trusted_and_name_the_server(settings, monkeypatch, certificate, host, trusted, sent):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if trusted:
        make = ssl.create_default_context
        monkeypatch.setattr(smtp.ssl, "create_default_context", lambda: make(cafile=str(certificate)))
    server = MailServer()
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with server:
        settings.SMTP_URL = f"smtps://{host}:{server.server_address[1]}"
        post()
        assert outbox.send_due() == sent
    assert state()["reason"] == ("" if sent else "tls")


# -- two processes, and a crash ----------------------------------------------------------------------------------------


def test_a_crash_between_sending_and_marking_sends_it_again_and_not_before_the_claim_ran_out(server, monkeypatch):
    post()

    def crash(message: Message) -> None:
        raise SystemExit("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_sent", crash)
        with pytest.raises(SystemExit):
            outbox.send_due()
    assert len(server.received) == 1
    assert outbox.send_due() == 0, "somebody else may still be sending it"
    later(minutes=5)
    assert outbox.send_due() == 1
    assert len(server.received) == 2


def test_the_line_cut_before_the_answer_sends_it_again(server):
    server.manners.hangs_up_after = 1
    post()
    assert outbox.send_due() == 0
    assert state() == {"is": "waits", "reason": "connection"}
    server.manners.hangs_up_after = 10
    later(minutes=2)
    assert outbox.send_due() == 1


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_send_at_once_send_each_message_once(server):
    for number in range(12):
        post(f"officer{number}@dienbien.example")
    begun = threading.Barrier(2)
    counted: list[int] = []

    def work() -> None:
        begun.wait()
        counted.append(outbox.send_due())
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counted) == len(server.received) == 12
    assert len({address for address, _data in server.received}) == 12


# -- upkeep ------------------------------------------------------------------------------------------------------------


def test_what_was_sent_or_given_up_a_month_ago_is_forgotten(server):
    post()
    outbox.send_due()
    assert outbox.forget() == 0
    Message.objects.update(sent=datetime.now(UTC) - timedelta(days=31))
    post()
    assert outbox.forget() == 1
    assert Message.objects.count() == 1


def test_the_worker_knows_both_chores():
    assert {"notify.send", "notify.forget"} <= {name for name, _chore in chores}


def test_an_unknown_channel_and_no_address_are_programmers_errors():
    with pytest.raises(LookupError):
        services.post(channel="pigeon", address="a@b.example", subject="", body="")
    with pytest.raises(ValueError, match="nobody"):
        post("")
