"""Proof of work: 16 bits, and more while a box is flooded, so that no honest phone works in vain."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.demo.client import hour_text, solve
from keng.core.ids import this_hour
from keng.mailbox import proof
from keng.mailbox.envelope import Envelope
from keng.mailbox.errors import Refused
from keng.mailbox.proof import FREE, WINDOW, Demand

DIGEST = "ab" * 32


class Clock:
    now = 1000 * WINDOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def demand(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Demand:
    made = Demand(clock)
    monkeypatch.setattr(proof, "demand", made)
    return made


def line(nonce: str, hour: str = "") -> Envelope:
    return Envelope("0" * 64, 0, None, bytes(32), "", 1, "0" * 64, hour or hour_text(), nonce)


def flood(demand: Demand, parts: int, slug: str = "na-co-sa") -> None:
    for _ in range(parts):
        demand.count(slug)


@given(st.integers(0, 2**63))
def test_zero_bits_agrees_with_a_slow_count(nonce: int) -> None:
    asked = {"slug": "na-co-sa", "hour": "2026-11-22T03", "digest": DIGEST, "nonce": str(nonce)}
    raw = sha256(f"keng/pow/1\nna-co-sa\n2026-11-22T03\n{DIGEST}\n{nonce}".encode()).digest()
    written = f"{int.from_bytes(raw, 'big'):0256b}"
    assert proof.zero_bits(**asked) == len(written) - len(written.lstrip("0"))


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_the_hour_before_and_after_hold_too(demand: Demand, hours: int) -> None:
    hour = f"{this_hour() + timedelta(hours=hours):%Y-%m-%dT%H}"
    proof.check(slug="na-co-sa", line=line(solve(slug="na-co-sa", hour=hour, digest=DIGEST), hour), digest=DIGEST)


@pytest.mark.parametrize("hours", [-2, 2, 24])
def test_a_proof_for_another_hour_is_refused_with_ours(demand: Demand, hours: int) -> None:
    hour = f"{this_hour() + timedelta(hours=hours):%Y-%m-%dT%H}"
    with pytest.raises(Refused) as refused:
        proof.check(slug="na-co-sa", line=line(solve(slug="na-co-sa", hour=hour, digest=DIGEST), hour), digest=DIGEST)
    assert (refused.value.status, refused.value.extra) == (409, {"hour": hour_text(), "bits": 16})


def test_fewer_bits_than_asked_are_refused(demand: Demand) -> None:
    asked = {"slug": "na-co-sa", "hour": hour_text(), "digest": DIGEST}
    nonce = next(str(n) for n in range(10**6) if proof.zero_bits(**asked, nonce=str(n)) == 15)
    with pytest.raises(Refused):
        proof.check(slug="na-co-sa", line=line(nonce), digest=DIGEST)


def test_a_quiet_box_asks_for_sixteen_bits(demand: Demand, clock: Clock) -> None:
    flood(demand, FREE - 1)
    clock.now += WINDOW
    assert (demand.bits("na-co-sa"), demand.enough("na-co-sa")) == (16, 16)


@pytest.mark.parametrize(
    ("parts", "bits"), [(FREE, 17), (2 * FREE, 18), (4 * FREE, 19), (8 * FREE, 20), (500 * 10, 20)]
)
def test_a_flooded_box_asks_for_more_at_most_four(demand: Demand, clock: Clock, parts: int, bits: int) -> None:
    flood(demand, parts)
    assert demand.bits("na-co-sa") == 16, "not before the window is over"
    clock.now += WINDOW
    assert demand.bits("na-co-sa") == bits


def test_a_neighbour_box_asks_for_no_more(demand: Demand, clock: Clock) -> None:
    flood(demand, 5000)
    clock.now += WINDOW
    assert demand.bits("thanh-yen") == 16


def test_what_a_phone_was_told_holds_until_the_end_of_the_next_window(demand: Demand, clock: Clock) -> None:
    """Whatever the load does: a phone that solves for the bits it was told is not sent away again while it solves."""
    for parts in (0, 5000, FREE, 0, 5000, 5000, 0, 0, 3 * FREE, 5000):
        told = demand.bits("na-co-sa")
        assert demand.enough("na-co-sa") <= told
        flood(demand, parts)
        assert demand.enough("na-co-sa") <= told
        clock.now += WINDOW
        assert demand.enough("na-co-sa") <= told


def test_the_demand_falls_again_when_the_flood_is_over(demand: Demand, clock: Clock) -> None:
    flood(demand, 5000)
    clock.now += 2 * WINDOW
    flood(demand, 1)
    assert demand.enough("na-co-sa") == 16
    clock.now += 2 * WINDOW
    assert (demand.bits("na-co-sa"), demand.enough("na-co-sa")) == (16, 16)


def test_boxes_that_took_nothing_lately_take_no_memory(demand: Demand, clock: Clock) -> None:
    for number in range(10_001):
        clock.now += WINDOW / 1000
        demand.count(f"box-{number}")
    assert len(demand._loads) < 10_000


def test_asking_for_an_unknown_box_takes_no_memory(demand: Demand) -> None:
    for number in range(100):
        demand.enough(f"khong-co-{number}")
    assert not demand._loads


def test_an_envelope_is_what_is_checked_not_a_copy(demand: Demand) -> None:
    good = line(solve(slug="na-co-sa", hour=hour_text(), digest=DIGEST))
    proof.check(slug="na-co-sa", line=good, digest=DIGEST)
    for other in ({"slug": "thanh-yen", "digest": DIGEST}, {"slug": "na-co-sa", "digest": "cd" * 32}):
        with pytest.raises(Refused):
            proof.check(line=replace(good), **other)


def test_a_spent_part_is_remembered_until_its_proof_holds_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = proof.Spent()
    now = this_hour()
    spent.add(hour=f"{now:%Y-%m-%dT%H}", digest=DIGEST)
    assert DIGEST in spent
    assert "cd" * 32 not in spent
    monkeypatch.setattr(proof, "this_hour", lambda: now + timedelta(hours=1))
    spent.add(hour=f"{now + timedelta(hours=1):%Y-%m-%dT%H}", digest="cd" * 32)
    assert DIGEST in spent, "a proof of the hour before holds still"
    monkeypatch.setattr(proof, "this_hour", lambda: now + timedelta(hours=2))
    spent.add(hour=f"{now + timedelta(hours=2):%Y-%m-%dT%H}", digest="ef" * 32)
    assert DIGEST not in spent
    assert "cd" * 32 in spent


def test_spent_parts_take_only_so_much_memory() -> None:
    spent = proof.Spent(most=100)
    for number in range(1000):
        spent.add(hour=hour_text(), digest=f"{number:064x}")
    assert sum(map(len, spent._by_hour.values())) <= 100
