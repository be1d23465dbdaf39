"""The bytes that an entry's commitment is made of: the same for ever and everywhere."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.ledger.models import LENGTHS, Entry

HOUR = datetime(2026, 11, 22, 3, tzinfo=UTC)
TEXTS = st.fixed_dictionaries(
    {name: st.text(st.characters(exclude_categories=["Cs"]), max_size=40) for name in LENGTHS}
)


def test_the_form_is_this_one_byte_for_byte() -> None:
    entry = Entry(verb="mailbox.part.received", subject='a"b\\c\n\x1f/ă', office="bp-na-co-sa", hour=HOUR, case="x")
    assert (
        entry.canonical()
        == (
            '{"by":"","case":"x","hour":"2026-11-22T03","office":"bp-na-co-sa","purpose":"",'
            '"subject":"a\\"b\\\\c\\n\\u001f/ă","v":"1","verb":"mailbox.part.received"}'
        ).encode()
    )


@given(texts=TEXTS, hour=st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_it_reads_back_and_a_zone_does_not_matter(texts: dict[str, str], hour: datetime) -> None:
    entry = Entry(hour=hour, **texts)
    assert json.loads(entry.canonical()) == {**texts, "hour": f"{hour:%Y-%m-%dT%H}", "v": "1"}
    elsewhere = Entry(hour=hour.astimezone(timezone(timedelta(hours=7))), **texts)
    assert elsewhere.canonical() == entry.canonical()


@given(first=TEXTS, second=TEXTS)
def test_different_entries_have_different_forms(first: dict[str, str], second: dict[str, str]) -> None:
    same = Entry(hour=HOUR, **first).canonical() == Entry(hour=HOUR, **second).canonical()
    assert same == (first == second)


@pytest.mark.django_db
def test_the_form_survives_the_database() -> None:
    entry = Entry(verb="x", subject="Xã Quảng Lâm \U0001f33e", purpose="“thử”", hour=HOUR)
    entry.save()
    assert Entry.objects.get().canonical() == entry.canonical()


def test_the_row_id_and_the_salt_are_no_part_of_it() -> None:
    first, second = (Entry(verb="x", subject="y", hour=HOUR) for _ in range(2))
    assert first.id != second.id
    assert first.salt != second.salt
    assert first.canonical() == second.canonical()
