"""A quarter's figures are frozen on their day: counts of reports for ever, outcomes until they are corrected."""

from datetime import date
from decimal import Decimal

import pytest

from keng.core.registry import chores
from keng.desk.figures import publication
from keng.desk.figures.periods import Period
from keng.desk.figures.publication import publish_due
from keng.desk.models import Assessment, Published
from keng.ledger.models import Entry
from keng.mailbox.models import Box, PublicAnswer, Thread
from keng.units.models import Coverage, Office
from tests.cast import Cast, office
from tests.desk.figures.cast import enter, outcome, report, reports

pytestmark = pytest.mark.django_db
Q3 = Period(2026, 3)
DAY_BEFORE, THE_DAY, LATER = date(2026, 11, 13), date(2026, 11, 14), date(2026, 12, 1)


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.police, made.box
    Box.objects.update(opened_on=date(2026, 7, 1))
    return made


def crime(period: str = "2026-Q3", revision: int = 1) -> dict[str, list[int] | None]:
    return Published.objects.get(period=period, revision=revision).figures["reports"]["crime"]


def test_a_quarter_is_published_on_its_day_not_before_and_only_once(cast):
    reports(cast.box, "2026-08-15", 12, valuable=6)
    assert publish_due(DAY_BEFORE) == 0
    assert publish_due(THE_DAY) == 1
    assert publish_due(THE_DAY) == publish_due(LATER) == 0
    row = Published.objects.get()
    assert (row.province_id, row.period, row.revision, row.on) == ("11", "2026-Q3", 1, THE_DAY)
    assert crime() == {"received": [12, 12], "valuable": [6, 6], "opened_in_24h": [8, 12], "resolved_in_time": [8, 12]}


def test_publishing_is_in_the_ledger_and_is_a_daily_chore(cast):
    publish_due(THE_DAY)
    assert Entry.objects.get(verb=publication.PUBLISHED).subject == "11/2026-Q3/1"
    assert chores["desk.publish_figures"].every.days == 1


def test_the_day_is_a_setting(cast, settings):
    settings.FIGURES_AFTER = "60"
    assert publish_due(THE_DAY) == 0
    assert publish_due(date(2026, 11, 29)) == 1


def test_all_quarters_since_the_first_box_opened_are_published_even_where_nothing_came(cast):
    Box.objects.filter(slug="na-co-sa").update(opened_on=date(2025, 12, 31))
    assert publish_due(THE_DAY) == 4
    assert sorted(Published.objects.values_list("period", flat=True)) == ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]


def test_c5_nothing_and_little_are_stored_alike(cast):
    publish_due(THE_DAY)
    empty = Published.objects.get().figures
    Published.objects.all().delete()
    reports(cast.box, "2026-08-15", 4, valuable=2)
    publish_due(THE_DAY)
    assert Published.objects.get().figures == empty


def test_c5_what_is_erased_or_assessed_anew_after_the_day_changes_no_published_count(cast):
    """The difference of two published counts would tell that one report was erased."""
    arrest = outcome(cast, cast.box, "2026-08-20", "arrest", 2, unit="person")
    made = reports(cast.box, "2026-08-15", 12, valuable=6)
    publish_due(THE_DAY)
    before = crime()
    made[0].delete()
    Assessment.objects.update(value="not_valuable")
    reports(cast.box, "2026-08-15", 3)
    outcome(cast, cast.box, "2026-08-20", "arrest", 3, unit="person", corrects=arrest)
    assert publish_due(LATER) == 1
    assert crime(revision=2) == before == crime(revision=1)


def test_a_correction_after_publication_is_a_new_revision_with_old_and_new_value(cast):
    arrest = outcome(cast, cast.box, "2026-08-20", "arrest", 2, unit="person")
    outcome(cast, cast.box, "2026-08-20", "exhibit", "0.5", unit="gram", exhibit="heroin")
    publish_due(THE_DAY)
    again = outcome(cast, cast.box, "2026-08-20", "arrest", 3, unit="person", corrects=arrest)
    assert publish_due(LATER) == 1
    assert publish_due(LATER) == 0
    first, second = Published.objects.order_by("revision")
    assert [line["quantity"] for line in first.figures["outcomes"]] == ["2", "0.5"]
    assert second.figures["corrected"] == [{"kind": "arrest", "exhibit": "", "unit": "person", "was": "2", "is": "3"}]
    assert Entry.objects.get(verb=publication.CORRECTED).subject == "11/2026-Q3/2"
    outcome(cast, cast.box, "2026-08-20", "arrest", 0, unit="person", corrects=again)
    assert publish_due(LATER) == 1
    third = Published.objects.get(revision=3)
    assert third.figures["corrected"] == [{"kind": "arrest", "exhibit": "", "unit": "person", "was": "3", "is": "0"}]
    assert [line["kind"] for line in third.figures["outcomes"]] == ["exhibit"]


def test_outcomes_that_only_moved_to_another_day_of_the_quarter_make_no_revision(cast):
    arrest = outcome(cast, cast.box, "2026-08-20", "arrest", 2, unit="person")
    publish_due(THE_DAY)
    outcome(cast, cast.box, "2026-08-21", "arrest", 2, unit="person", corrects=arrest)
    assert publish_due(LATER) == 0


def test_an_outcome_stands_exactly_however_small(cast):
    outcome(cast, cast.box, "2026-08-20", "major_case")
    publish_due(THE_DAY)
    assert Published.objects.get().figures["outcomes"] == [
        {"kind": "major_case", "exhibit": "", "unit": "case", "quantity": "1"}
    ]


def test_a_training_box_is_published_nowhere(cast):
    training = Box.objects.create(
        slug="tap", office=cast.post, title="Hộp thư tập", training=True, opened_on=date(2020, 1, 1)
    )
    reports(training, "2026-08-15", 20)
    outcome(cast, training, "2026-08-20", "arrest", 9, unit="person")
    assert publish_due(THE_DAY) == 1
    figures = Published.objects.get().figures
    assert figures["outcomes"] == []
    assert crime()["received"] is None


def test_named_denunciations_and_anonymous_tips_are_never_added_up(cast):
    made = reports(cast.box, "2026-08-15", 13)
    for thread in made[:6]:
        enter(thread, cast, named=True)
    publish_due(THE_DAY)
    groups = Published.objects.get().figures["reports"]
    assert (groups["crime"]["received"], groups["crime_named"]["received"]) == ([7, 7], [6, 6])
    assert "all" not in groups


def test_c5_suggestions_that_were_answered_publicly_are_out_of_the_count(cast):
    """Everybody can count them: of "under 5" with four public answers, four would be left."""
    democracy = Box.objects.create(slug="gop-y", office=cast.post, title="Góp ý", kind="democracy")
    made = reports(democracy, "2026-08-15", 7)
    for thread in made[:3]:
        PublicAnswer.objects.create(box=democracy, thread=thread, asked="?", answered="!", published_on=THE_DAY)
    publish_due(THE_DAY)
    assert Published.objects.get().figures["reports"]["democracy"]["received"] is None
    assert publication.reports("11", Q3)["democracy"]["received"] is None
    PublicAnswer.objects.all().delete()
    assert publication.reports("11", Q3)["democracy"]["received"] == [7, 7]


def test_each_province_is_published_by_itself(cast):
    from tests.cast import unit

    lai_chau = unit("12", "Lai Châu", "tinh")
    ka_lang = office("bp-ka-lang", "Đồn Biên phòng Ka Lăng", "border_post", unit("03439", "Thu Lũm", parent=lai_chau))
    box = Box.objects.create(slug="ka-lang", office=ka_lang, title="Ka Lăng", opened_on=date(2026, 7, 1))
    reports(box, "2026-08-15", 9)
    reports(cast.box, "2026-08-15", 12)
    assert publish_due(THE_DAY) == 2
    assert [crime_of(province) for province in ("11", "12")] == [[12, 12], [9, 9]]


def crime_of(province: str) -> list[int]:
    return Published.objects.get(province=province).figures["reports"]["crime"]["received"]


@pytest.mark.parametrize(
    "happens",
    [
        lambda cast: Box.objects.filter(pk=cast.box.pk).update(title="Tên mới"),
        lambda cast: Box.objects.filter(pk=cast.box.pk).update(closed_on=date(2026, 9, 1)),
        lambda cast: Thread.objects.update(holder=cast.police, state="forwarded"),
        lambda cast: Coverage.objects.filter(office=cast.post).update(unit=cast.thanh_yen),
        lambda cast: Office.objects.filter(pk=cast.post.pk).update(valid_to=date(2026, 10, 1)),
        lambda cast: Coverage.objects.filter(office=cast.post).update(valid_to=date(2026, 10, 1)),
    ],
    ids=["renamed", "closed", "all passed on", "moved to another commune", "office merged", "commune merged"],
)
def test_reports_stay_where_they_arrived_whatever_becomes_of_the_box(cast, happens):
    reports(cast.box, "2026-08-15", 12, valuable=6)
    happens(cast)
    publish_due(THE_DAY)
    assert crime()["received"] == [12, 12]


def test_the_quantities_are_told_plainly():
    assert [publication.plain(Decimal(text)) for text in ("2.000", "0.500", "1200000", "0", "10")] == [
        "2", "0.5", "1200000", "0", "10"
    ]  # fmt: skip


def test_c5_the_row_itself_holds_nothing_that_is_not_shown(cast):
    """Somebody who gets the database's published rows gets what is on the page."""
    report(cast.box, "2026-08-15")
    reports(cast.box, "2026-08-16", 11, valuable=2)
    publish_due(THE_DAY)
    assert crime() == {"received": [12, 12], "opened_in_24h": [8, 12], "valuable": [0, 4], "resolved_in_time": [8, 12]}
