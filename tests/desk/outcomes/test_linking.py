"""Reports of one matter: joined they count once, parted each goes its way, and nothing is silently doubled."""

from datetime import timedelta
from decimal import Decimal

import pytest

from keng.core.ids import this_hour
from keng.desk.models import Matter, Membership, Outcome
from keng.desk.outcomes import services, standing
from keng.desk.outcomes.services import linking, matters
from keng.desk.outcomes.services.matters import locked
from keng.ledger.models import Entry
from keng.mailbox.errors import Conflict, Malformed, NotAllowed, Refused
from keng.mailbox.models import Box, Thread
from tests.cast import Cast, grant
from tests.desk.outcomes.conftest import Count, Make, pass_on


def roles(thread: Thread) -> dict[str, str]:
    """Of the matter of `thread`: key to role."""
    return dict(Membership.objects.get(thread=thread).matter.members.values_list("thread__key", "role"))


def total() -> Decimal:
    return sum((line.quantity for line in standing()), Decimal(0))


def test_a_report_joins_the_matter_of_another_and_may_then_be_counted_from_either(
    cast: Cast, make: Make, count: Count
) -> None:
    first, second = make(), make()
    count(first, 2)
    joined = services.link(thread=second, to=first, role="duplicate", by=cast.hoa)
    assert (joined.alike, roles(first)) == ([], {first.key: "main", second.key: "duplicate"})
    count(second, 1, "victim")
    assert Matter.objects.get().outcomes.count() == 2
    entry = Entry.objects.get(verb="mailbox.report.linked")
    assert (entry.case, entry.purpose, entry.by, entry.office) == (second.key, first.key, "hoa", "bp-na-co-sa")


def test_one_arrest_told_by_two_linked_reports_counts_once_when_the_officer_strikes_the_double_out(
    cast: Cast, make: Make, count: Count
) -> None:
    first, second = make(), make()
    count(first, 2)
    double = count(second, 2)
    count(second, 1, "victim")
    joined = services.link(thread=second, to=first, role="duplicate", by=cast.hoa)
    (pair,) = joined.alike
    assert {line.quantity for line in pair} == {2}
    assert {line.kind for line in pair} == {"arrest"}
    services.correct(outcome=double, quantity=Decimal(0), reason="double", by=cast.hoa)
    assert sorted(standing().values_list("kind", "quantity")) == [("arrest", 2), ("victim", 1)]


def test_only_lines_of_one_kind_that_both_had_are_alike(cast: Cast, make: Make, count: Count) -> None:
    first, second = make(), make()
    count(first, 3, "exhibit", "gram", exhibit="heroin")
    count(first, 1)
    count(second, 3, "exhibit", "gram", exhibit="opium")
    count(second, 2, "exhibit", "gram", exhibit="opium")
    struck = count(second, 1)
    services.correct(outcome=struck, quantity=Decimal(0), reason="typo", by=cast.hoa)
    assert services.link(thread=second, to=first, role="related", by=cast.hoa).alike == []


def test_two_matters_of_several_reports_become_one(cast: Cast, make: Make, count: Count) -> None:
    a, b, c, d = make(), make(), make(), make()
    services.link(thread=b, to=a, role="duplicate", by=cast.hoa)
    services.link(thread=d, to=c, role="related", by=cast.hoa)
    count(b)
    count(d)
    services.link(thread=c, to=b, role="related", by=cast.hoa)
    assert roles(a) == {a.key: "main", b.key: "duplicate", c.key: "related", d.key: "related"}
    assert Matter.objects.count() == 1
    assert total() == 2


def test_a_report_is_linked_neither_to_itself_nor_twice_nor_in_no_way(cast: Cast, make: Make) -> None:
    a, b, c = make(), make(), make()
    with pytest.raises(NotAllowed) as refused:
        services.link(thread=a, to=a, role="duplicate", by=cast.hoa)
    assert refused.value.sentence == linking.ITSELF
    for role in ("main", "", "cousin"):
        with pytest.raises(Malformed):
            services.link(thread=b, to=a, role=role, by=cast.hoa)
    assert not Membership.objects.exists()
    services.link(thread=b, to=a, role="duplicate", by=cast.hoa)
    for thread, to, sentence in (
        (b, a, linking.ALREADY),
        (a, b, linking.ALREADY),
        (b, c, linking.ELSEWHERE),
    ):
        with pytest.raises(NotAllowed) as refused:
            services.link(thread=thread, to=to, role="related", by=cast.hoa)
        assert refused.value.sentence == sentence
    assert roles(a) == {a.key: "main", b.key: "duplicate"}


def test_a_training_report_and_a_real_one_are_kept_apart(cast: Cast, make: Make) -> None:
    training = Box.objects.create(
        slug="tap", office=cast.post, title="Tập", training=True, recipient=cast.keys.recipient
    )
    grant(training, cast.keys, cast.hoa, cast.nam, cast.pairs["hoa"])
    real, practice = make(), make(training)
    for thread, to in ((real, practice), (practice, real)):
        with pytest.raises(NotAllowed) as refused:
            services.link(thread=thread, to=to, role="related", by=cast.hoa)
        assert refused.value.sentence == linking.TRAINING
    other = make(training)
    services.link(thread=practice, to=other, role="related", by=cast.hoa)
    assert roles(other) == {other.key: "main", practice.key: "related"}


def test_o2_both_reports_must_be_in_boxes_that_the_officer_can_open(cast: Cast, make: Make) -> None:
    ours, above = make(), make(cast.police)
    for by in (cast.hoa, cast.dung, cast.lan, cast.minh):
        for thread, to in ((ours, above), (above, ours)):
            with pytest.raises(NotAllowed) as refused:
                services.link(thread=thread, to=to, role="related", by=by)
            assert refused.value.code == "not_held"
    assert not Matter.objects.exists()
    gone = make()
    Thread.objects.filter(pk=gone.pk).delete()
    with pytest.raises(Refused) as erased:
        services.link(thread=ours, to=gone, role="related", by=cast.hoa)
    assert erased.value.status == 404


def test_what_was_counted_stays_with_the_main_report_when_they_are_parted(cast: Cast, make: Make, count: Count) -> None:
    first, second = make(), make()
    services.link(thread=second, to=first, role="duplicate", by=cast.hoa)
    count(second, 2)
    services.unlink(thread=second, by=cast.hoa)
    assert roles(first) == {first.key: "main"}
    assert not Membership.objects.filter(thread=second).exists()
    assert standing().get().matter == Membership.objects.get(thread=first).matter
    assert Entry.objects.filter(case=second.key, verb="mailbox.report.unlinked", by="hoa").count() == 1
    count(second, 1)
    assert Matter.objects.count() == 2
    assert total() == 3


def test_of_two_either_can_be_parted_from_the_other_and_of_three_the_main_one_stays(
    cast: Cast, make: Make, count: Count
) -> None:
    a, b, c = make(), make(), make()
    count(a)
    services.link(thread=b, to=a, role="duplicate", by=cast.hoa)
    services.link(thread=c, to=a, role="duplicate", by=cast.hoa)
    with pytest.raises(NotAllowed) as refused:
        services.unlink(thread=a, by=cast.hoa)
    assert refused.value.sentence == linking.IS_MAIN
    services.unlink(thread=b, by=cast.hoa)
    services.unlink(thread=a, by=cast.hoa)
    assert roles(a) == {a.key: "main"}
    assert standing().get().matter == Membership.objects.get(thread=a).matter
    assert not Membership.objects.filter(thread__in=[b, c]).exists()


def test_what_is_linked_to_nothing_is_parted_from_nothing_and_strangers_part_nobody(
    cast: Cast, make: Make, count: Count
) -> None:
    a, b = make(), make()
    for thread in (a, b):
        with pytest.raises(NotAllowed) as refused:
            services.unlink(thread=thread, by=cast.hoa)
        assert refused.value.code == "not_linked"
        count(thread)
    services.link(thread=b, to=a, role="duplicate", by=cast.hoa)
    for stranger in (cast.lan, cast.dung):
        with pytest.raises(NotAllowed):
            services.unlink(thread=b, by=stranger)
    assert len(roles(a)) == 2


def test_where_the_main_report_was_erased_the_oldest_of_the_others_takes_its_place(
    cast: Cast, make: Make, count: Count
) -> None:
    a, c, b = make(), make(), make(hour=this_hour() - timedelta(hours=5))
    count(a, 2)
    services.link(thread=b, to=a, role="duplicate", by=cast.hoa)
    services.link(thread=c, to=a, role="related", by=cast.hoa)
    a.delete()
    d = make()
    services.link(thread=d, to=c, role="related", by=cast.hoa)
    after = roles(c)
    assert after == {b.key: "main", c.key: "related", d.key: "related"}
    assert total() == 2


def test_a_report_that_went_on_brings_what_was_counted_above_to_those_linked_to_it_below(
    cast: Cast, make: Make, count: Count
) -> None:
    kept, sent = make(), make()
    services.link(thread=sent, to=kept, role="related", by=cast.hoa)
    pass_on(sent, cast.police)
    count(sent, 1, "major_case", "case", by=cast.dung)
    count(kept, 2)
    assert Matter.objects.get().outcomes.count() == 2
    with pytest.raises(NotAllowed):
        services.unlink(thread=sent, by=cast.hoa)
    services.unlink(thread=sent, by=cast.dung)
    assert total() == 3


def test_a_matter_takes_so_many_reports_and_a_refused_one_changes_nothing(
    cast: Cast, make: Make, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "MEMBERS_MOST", 2)
    a, b, c = make(), make(), make()
    count(c)
    services.link(thread=b, to=a, role="duplicate", by=cast.hoa)
    with pytest.raises(NotAllowed) as refused:
        services.link(thread=c, to=a, role="duplicate", by=cast.hoa)
    assert refused.value.code == "too_many"
    assert (len(roles(a)), roles(c)) == (2, {c.key: "main"})
    assert Outcome.objects.get().matter == Membership.objects.get(thread=c).matter


def test_a_matter_that_was_joined_to_another_meanwhile_is_looked_at_again(make: Make, count: Count) -> None:
    line = count(make())
    Outcome.objects.all().delete()
    Membership.objects.all().delete()
    line.matter.delete()
    with pytest.raises(Conflict):
        locked(line.matter_id)


def test_two_who_part_the_same_reports_at_once_do_it_once(
    cast: Cast, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make(), make()
    services.link(thread=second, to=first, role="duplicate", by=cast.hoa)

    def after_a_colleague(matter: int) -> Matter:
        """The lock is got when whoever held it has parted them."""
        Membership.objects.filter(thread=second).delete()
        return locked(matter)

    monkeypatch.setattr(linking, "locked", after_a_colleague)
    with pytest.raises(NotAllowed) as refused:
        services.unlink(thread=second, by=cast.nam)
    assert refused.value.code == "not_linked"


def test_the_only_report_left_of_a_matter_joins_another_with_what_was_counted(
    cast: Cast, make: Make, count: Count
) -> None:
    """Its main report was erased: nothing is left from which it could be parted first."""
    gone, left, other = make(), make(), make()
    services.link(thread=left, to=gone, role="duplicate", by=cast.hoa)
    count(left, 2)
    Thread.objects.filter(pk=gone.pk).delete()
    services.link(thread=left, to=other, role="duplicate", by=cast.hoa)
    assert roles(other) == {other.key: "main", left.key: "duplicate"}
    assert (total(), standing().get().matter) == (2, Membership.objects.get(thread=other).matter)


def test_nothing_is_counted_for_a_matter_that_the_report_has_just_left(
    cast: Cast, make: Make, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make(), make()
    services.link(thread=second, to=first, role="duplicate", by=cast.hoa)

    def after_a_colleague(matter: int) -> Matter:
        Membership.objects.filter(thread=second).delete()
        return locked(matter)

    monkeypatch.setattr(matters, "locked", after_a_colleague)
    with pytest.raises(Conflict):
        count(second, 2)
    assert not Outcome.objects.exists()
