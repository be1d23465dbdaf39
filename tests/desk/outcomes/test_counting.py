"""Counting what came of a report: who may, what is refused, and how a correction keeps the past."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from keng.core.ids import this_hour
from keng.desk.models import ExhibitKind, Matter, Outcome, OutcomeKind, OutcomeUnit
from keng.desk.outcomes import kinds, services, standing
from keng.desk.outcomes.services import counting
from keng.ledger.models import Entry
from keng.mailbox.errors import Conflict, Malformed, NotAllowed, Refused
from keng.mailbox.models import Box
from keng.mailbox.services import delete
from tests.cast import Cast, grant
from tests.desk.outcomes.conftest import Count, Make, pass_on, sealed, today


def numbers() -> list[tuple[str, Decimal]]:
    return sorted(standing().values_list("kind", "quantity"))


def test_what_was_counted_stands_with_the_office_the_officer_and_the_day(cast: Cast, make: Make, count: Count) -> None:
    yesterday = today() - timedelta(days=1)
    line = count(make(), 2, day=yesterday, remarks=sealed(cast, "Bắt tại suối."))
    stored = standing().get()
    assert (stored, stored.kind, stored.quantity, stored.unit, stored.day) == (line, "arrest", 2, "person", yesterday)
    assert (stored.office, stored.box, stored.by, stored.hour) == (cast.post, cast.box, cast.hoa, this_hour())
    assert "suối".encode() not in bytes(stored.remarks or b"")
    assert stored.matter.members.get().role == "main"


def test_o4_each_line_and_each_correction_leaves_its_entry(cast: Cast, make: Make, count: Count) -> None:
    thread = make()
    line = count(thread, 2)
    services.correct(outcome=line, quantity=Decimal(3), reason="found_later", by=cast.nam)
    written = Entry.objects.filter(case=thread.key).values_list("verb", "subject", "by", "office", "purpose")
    assert sorted(written) == [
        ("mailbox.outcome.corrected", str(line.pk), "nam", "bp-na-co-sa", "found_later"),
        ("mailbox.outcome.recorded", str(line.pk), "hoa", "bp-na-co-sa", ""),
    ]


@pytest.mark.parametrize(("kind", "unit"), [(kind, unit) for kind, known in kinds.KINDS.items() for unit in known])
def test_every_kind_takes_its_units_up_to_the_most_and_no_more(make: Make, count: Count, kind: str, unit: str) -> None:
    most = kinds.KINDS[kind][unit]
    assert count(make(), most, kind, unit).quantity == most
    with pytest.raises(Malformed) as refused:
        count(make(), most + 1, kind, unit)
    assert refused.value.sentence == kinds.TOO_MUCH


@pytest.mark.parametrize(
    ("exhibit", "unit"), [(kind, unit) for kind, known in kinds.EXHIBITS.items() for unit in known]
)
def test_every_exhibit_takes_its_units_up_to_the_most_and_no_more(
    make: Make, count: Count, exhibit: str, unit: str
) -> None:
    most = kinds.EXHIBITS[exhibit][unit]
    assert count(make(), most, "exhibit", unit, exhibit=exhibit).exhibit == exhibit
    with pytest.raises(Malformed):
        count(make(), most + 1, "exhibit", unit, exhibit=exhibit)


def test_the_table_knows_every_kind_every_exhibit_and_every_unit_of_the_tables_columns() -> None:
    assert {*kinds.KINDS, OutcomeKind.EXHIBIT} == set(OutcomeKind)
    assert set(kinds.EXHIBITS) == set(ExhibitKind)
    used = {unit for known in (*kinds.KINDS.values(), *kinds.EXHIBITS.values()) for unit in known}
    assert used == set(OutcomeUnit)
    longest = Outcome._meta.get_field("reason").max_length or 0
    assert all(len(code) <= longest for code in kinds.CORRECTIONS)


BAD: list[tuple[dict[str, Any], Any]] = [
    ({"quantity": "0"}, kinds.NOT_A_NUMBER),
    ({"quantity": "-1"}, kinds.NOT_A_NUMBER),
    ({"quantity": "NaN"}, kinds.NOT_A_NUMBER),
    ({"quantity": "sNaN"}, kinds.NOT_A_NUMBER),
    ({"quantity": "Infinity"}, kinds.NOT_A_NUMBER),
    ({"quantity": "-Infinity"}, kinds.NOT_A_NUMBER),
    ({"quantity": "1E+999999"}, kinds.TOO_MUCH),
    ({"quantity": "1E-999999"}, kinds.NOT_WHOLE),
    ({"quantity": "10000"}, kinds.TOO_MUCH),
    ({"quantity": "1.5"}, kinds.NOT_WHOLE),
    ({"unit": "case"}, kinds.NOT_ITS_UNIT),
    ({"unit": ""}, kinds.NOT_ITS_UNIT),
    ({"kind": "reward"}, kinds.NO_KIND),
    ({"kind": ""}, kinds.NO_KIND),
    ({"kind": "exhibit", "unit": "gram"}, kinds.NO_EXHIBIT),
    ({"kind": "exhibit", "unit": "gram", "exhibit": "gold"}, kinds.NO_EXHIBIT),
    ({"exhibit": "heroin"}, kinds.NOT_EXHIBIT),
    ({"kind": "exhibit", "unit": "animal", "exhibit": "heroin"}, kinds.NOT_ITS_UNIT),
    ({"kind": "exhibit", "unit": "gram", "exhibit": "heroin", "quantity": "0.0005"}, kinds.TOO_FINE),
    ({"kind": "exhibit", "unit": "animal", "exhibit": "cattle", "quantity": "2.5"}, kinds.NOT_WHOLE),
    ({"kind": "money", "unit": "vnd", "quantity": "1000.5"}, kinds.NOT_WHOLE),
]


@pytest.mark.parametrize(
    ("wrong", "sentence"), BAD, ids=[" ".join(f"{k}={v}" for k, v in wrong.items()) for wrong, _s in BAD]
)
def test_what_no_post_can_have_counted_is_refused_with_its_sentence_and_nothing_is_written(
    make: Make, count: Count, wrong: dict[str, Any], sentence: str
) -> None:
    thread = make()
    with pytest.raises(Malformed) as refused:
        count(thread, **{"quantity": "1", **wrong})
    assert refused.value.sentence == sentence
    assert str(sentence).endswith(".")
    assert not Outcome.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("quantity", ["0.001", "12.345", "0.35"])
def test_what_is_weighed_is_kept_to_the_thousandth(make: Make, count: Count, quantity: str) -> None:
    count(make(), quantity, "exhibit", "gram", exhibit="heroin")
    assert standing().get().quantity == Decimal(quantity)


def test_the_day_is_not_in_the_future_nor_long_before_the_report(make: Make, count: Count) -> None:
    thread = make(hour=this_hour() - timedelta(days=40))
    with pytest.raises(Malformed) as refused:
        count(thread, day=today() + timedelta(days=1))
    assert refused.value.sentence == counting.IN_FUTURE
    received = timezone.localdate(thread.hour)
    month_before = (received.replace(day=1) - timedelta(days=1)).replace(day=1)
    for day in (date(1, 1, 1), month_before - timedelta(days=2)):
        with pytest.raises(Malformed) as refused:
            count(thread, day=day)
        assert refused.value.sentence == counting.TOO_EARLY
    assert not Outcome.objects.exists()
    assert count(thread, day=month_before + timedelta(days=1)).pk
    assert count(thread, day=today()).pk


def test_a_linked_report_that_came_earlier_moves_the_first_day(cast: Cast, make: Make, count: Count) -> None:
    old, new = make(hour=this_hour() - timedelta(days=200)), make()
    then = today() - timedelta(days=190)
    with pytest.raises(Malformed):
        count(new, day=then)
    services.link(thread=new, to=old, role="duplicate", by=cast.hoa)
    assert count(new, day=then).day == then


def test_o2_only_who_can_open_a_box_that_holds_the_report_counts(cast: Cast, make: Make, count: Count) -> None:
    thread = make()
    for stranger in (cast.lan, cast.dung, cast.minh, cast.quan):
        with pytest.raises(NotAllowed) as refused:
            count(thread, by=stranger)
        assert refused.value.code == "not_held"
    assert not Outcome.objects.exists()
    pass_on(thread, cast.police)
    with pytest.raises(NotAllowed):
        count(thread, by=cast.hoa)
    assert count(thread, by=cast.dung).office == cast.province_police


def test_o2_a_grant_that_has_ended_counts_no_more(cast: Cast, make: Make, count: Count) -> None:
    thread = make()
    cast.box.grants.filter(key__user=cast.hoa).update(until=this_hour() - timedelta(hours=1))
    with pytest.raises(NotAllowed):
        count(thread)


def test_a_report_passed_on_twice_keeps_one_matter_and_what_the_first_office_counted_counts_once(
    cast: Cast, make: Make, count: Count
) -> None:
    thread = make()
    count(thread, 2)
    above = Box.objects.create(
        slug="tren", office=cast.province_police, title="Cấp trên", recipient=cast.police.recipient
    )
    pass_on(thread, cast.police)
    count(thread, 1, "major_case", "case", by=cast.dung)
    pass_on(thread, above)
    grant(above, cast.police_keys, cast.dung, cast.dung, cast.pairs["dung"])
    count(thread, 1, "victim", by=cast.dung)
    assert Matter.objects.count() == 1
    assert numbers() == [("arrest", 2), ("major_case", 1), ("victim", 1)]
    assert [line.box for line in Outcome.objects.order_by("kind")] == [cast.box, cast.police, above]


def test_who_did_not_see_a_colleagues_line_is_told_of_it_before_counting_the_same_again(
    cast: Cast, make: Make, count: Count
) -> None:
    thread = make()
    count(thread, seen=0, by=cast.nam)
    with pytest.raises(Conflict) as refused:
        count(thread, seen=0)
    assert refused.value.sentence.startswith("Đồng chí Lò Văn Nam vừa ghi kết quả của việc này.")
    with pytest.raises(Conflict) as refused:
        count(thread, seen=0, by=cast.nam)  # the same press twice
    assert refused.value.sentence == counting.NEWER
    assert numbers() == [("arrest", 1)]
    count(thread, seen=1)
    assert numbers() == [("arrest", 1), ("arrest", 1)]


def test_remarks_must_be_sealed_and_short(
    cast: Cast, make: Make, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    for remarks in (b"", "Bắt ở suối".encode(), b"age-encryption.org/v1\n"):
        with pytest.raises(Malformed):
            count(make(), remarks=remarks)
    monkeypatch.setattr(counting, "REMARKS_MOST", 300)
    with pytest.raises(Refused) as refused:
        count(make(), remarks=sealed(cast, "a" * 300))
    assert refused.value.status == 413
    assert not Outcome.objects.exists()


def test_a_matter_takes_so_many_lines_and_no_more(make: Make, count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "LINES_MOST", 2)
    thread = make()
    count(thread)
    count(thread)
    with pytest.raises(Refused):
        count(thread)
    assert Outcome.objects.count() == 2


def test_a_correction_takes_the_place_of_a_line_and_the_line_stays_as_it_was(
    cast: Cast, make: Make, count: Count
) -> None:
    line = count(make(), 2)
    after = services.correct(outcome=line, quantity=Decimal(3), reason="typo", by=cast.nam)
    assert numbers() == [("arrest", 3)]
    before = Outcome.objects.get(pk=line.pk)
    assert (before.quantity, before.by, before.corrected_by) == (2, cast.hoa, after)
    assert (after.kind, after.unit, after.day, after.office, after.box, after.reason) == (
        "arrest", "person", before.day, cast.post, cast.box, "typo",
    )  # fmt: skip


def test_a_line_can_be_struck_out_and_brought_back(cast: Cast, make: Make, count: Count) -> None:
    line = count(make(), 2)
    gone = services.correct(outcome=line, quantity=Decimal(0), reason="double", by=cast.hoa)
    assert numbers() == []
    services.correct(outcome=gone, quantity=Decimal(1), reason="other", by=cast.hoa)
    assert numbers() == [("arrest", 1)]
    assert Outcome.objects.count() == 3


def test_two_officers_who_correct_one_line_at_once_do_not_both_get_through(
    cast: Cast, make: Make, count: Count
) -> None:
    line = count(make(), 2)
    services.correct(outcome=line, quantity=Decimal(3), reason="typo", by=cast.nam)
    with pytest.raises(Conflict) as refused:
        services.correct(outcome=line, quantity=Decimal(5), reason="typo", by=cast.hoa)
    assert refused.value.status == 409
    assert refused.value.sentence == "Đồng chí Lò Văn Nam đã sửa dòng này rồi. Đồng chí xem lại."
    assert numbers() == [("arrest", 3)]
    with pytest.raises(IntegrityError), transaction.atomic():  # what holds when the look comes too early
        Outcome.objects.create(
            matter=line.matter, kind="arrest", quantity=9, unit="person", day=line.day, office=line.office, box=line.box,
            by=cast.hoa, corrects=line, reason="typo",
        )  # fmt: skip


@pytest.mark.parametrize("quantity", ["-1", "NaN", "Infinity", "2.5", "10000", "-0.001"])
def test_a_correction_to_an_absurd_number_is_refused(cast: Cast, make: Make, count: Count, quantity: str) -> None:
    line = count(make(), 2)
    with pytest.raises(Malformed):
        services.correct(outcome=line, quantity=Decimal(quantity), reason="typo", by=cast.hoa)
    assert numbers() == [("arrest", 2)]


def test_a_correction_needs_a_reason_and_a_change(cast: Cast, make: Make, count: Count) -> None:
    line = count(make(), 2)
    for reason in ("", "why not"):
        with pytest.raises(Malformed) as unexplained:
            services.correct(outcome=line, quantity=Decimal(3), reason=reason, by=cast.hoa)
        assert unexplained.value.sentence == counting.NO_REASON
    with pytest.raises(NotAllowed) as same:
        services.correct(outcome=line, quantity=Decimal("2.000"), reason="typo", by=cast.hoa)
    assert same.value.code == "unchanged"
    assert Outcome.objects.count() == 1


def test_o2_only_the_office_that_counted_a_line_corrects_it_also_after_the_report_went_on(
    cast: Cast, make: Make, count: Count
) -> None:
    thread = make()
    ours = count(thread, 2)
    pass_on(thread, cast.police)
    theirs = count(thread, 1, "major_case", "case", by=cast.dung)
    for line, by in ((ours, cast.dung), (theirs, cast.hoa), (ours, cast.lan), (ours, cast.minh)):
        with pytest.raises(NotAllowed) as refused:
            services.correct(outcome=line, quantity=Decimal(4), reason="typo", by=by)
        assert refused.value.code == "not_yours"
    services.correct(outcome=ours, quantity=Decimal(1), reason="typo", by=cast.nam)
    assert numbers() == [("arrest", 1), ("major_case", 1)]


def test_what_came_of_a_report_stands_when_its_reporter_has_it_erased(cast: Cast, make: Make, count: Count) -> None:
    thread = make()
    line = count(thread, 2)
    thread.delete()
    assert not line.matter.members.exists()
    assert numbers() == [("arrest", 2)]
    services.correct(outcome=line, quantity=Decimal(3), reason="typo", by=cast.hoa)
    assert numbers() == [("arrest", 3)]
    assert Entry.objects.get(verb="mailbox.outcome.corrected").case == ""
    with pytest.raises(Refused) as gone:
        count(thread)
    assert gone.value.status == 404


def test_a_reporters_deletion_goes_through_beside_outcomes(cast: Cast, make: Make, count: Count) -> None:
    thread = make()
    count(thread)
    thread.key = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"  # SHA-256 of one zero byte
    thread.state = "received"
    thread.save()
    assert delete(token=b"\0") is None
    assert numbers() == [("arrest", 1)]


def test_what_is_counted_in_training_is_in_no_figure(cast: Cast, make: Make, count: Count) -> None:
    Box.objects.filter(pk=cast.box.pk).update(training=True)
    count(make(), 2)
    assert numbers() == []
    assert standing(training=True).get().quantity == 2


def test_a_line_whose_matter_is_joined_to_another_meanwhile_is_told_to_be_looked_at_again(
    cast: Cast, make: Make, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = count(make(), 2)

    def joined_meanwhile(matter: int) -> Matter:
        raise Conflict("Xem lại.")

    monkeypatch.setattr(counting, "locked", joined_meanwhile)
    with pytest.raises(Conflict) as refused:
        services.correct(outcome=line, quantity=Decimal(1), reason="typo", by=cast.hoa)
    assert refused.value.sentence == "Xem lại."
    assert numbers() == [("arrest", Decimal(2))]
