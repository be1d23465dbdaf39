"""The message itself, and the setting that says where it goes."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.notify.email.address import BadAddress, Server, read
from keng.notify.email.smtp import compose

SAID = {"sender": "Kẻng <keng@dienbien.example>", "address": "hoa@dienbien.example", "subject": "Kẻng: việc hôm nay"}


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)), st.integers(0, 9999))  # noqa: DTZ001 - hypothesis wants them naive
def test_the_length_does_not_depend_on_the_hour_nor_on_the_numbers(moment, number):
    ours = timezone(timedelta(hours=7))
    usual = compose(**SAID, body="quá hạn: 0000", now=datetime(2026, 11, 22, 7, tzinfo=ours))
    assert len(compose(**SAID, body=f"quá hạn: {number:04}", now=moment.replace(tzinfo=ours))) == len(usual)


def test_each_message_has_an_id_of_its_own_that_tells_nothing():
    ids = {re.search(rb"Message-ID: (\S+)", compose(**SAID, body=""))[1] for _ in range(5)}
    assert len(ids) == 5
    assert all(re.fullmatch(rb"<[0-9a-f]{32}@dienbien\.example>", one) for one in ids)


def test_nothing_names_this_machine_or_its_software():
    written = compose(**SAID, body="x", now=datetime(2026, 11, 22, tzinfo=UTC))
    names = {line.split(b":")[0] for line in written.split(b"\r\n\r\n")[0].split(b"\r\n") if not line.startswith(b" ")}
    assert names == {
        b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"Content-Type", b"Content-Transfer-Encoding",
        b"MIME-Version",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://keng:m%40t@mail.gov.example", Server("smtps", "mail.gov.example", 465, "keng", "m@t")),
        ("smtp+starttls://mail.gov.example:2525/", Server("smtp+starttls", "mail.gov.example", 2525, "", "")),
        ("smtp://127.0.0.1", Server("smtp", "127.0.0.1", 25, "", "")),
        ("smtp://[::1]:25", Server("smtp", "::1", 25, "", "")),
    ],
)
def test_a_servers_address_is_taken_apart(url, server):
    assert read(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.gov.example",
        "https://mail.gov.example",
        "smtps://",
        "smtps://h:99999",
        "smtps://h:x",
        "smtps://h/x?y",
        "smtps://[::1",
    ],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(BadAddress):
        read(url)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_refused(text):
    with suppress(BadAddress):
        assert read(text).host
