"""A step's own budget of time: said on the line and on the dossier's page before it is over, and listed by the queue's filter."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from keng.core import ids
from keng.procedures.models import State
from keng.procedures.queue import listing, words
from tests.accounts.signing_in import straight_in
from tests.procedures.queue.test_list import codes, get

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def now(monkeypatch) -> datetime:
    noon = localtime(ids.now()).replace(hour=12, minute=0, second=0, microsecond=0)
    monkeypatch.setattr(ids, "now", lambda: noon)
    return noon


@pytest.fixture
def thu(desk, cast):
    straight_in(desk, cast.thu)
    return desk


def test_a_line_says_that_its_step_is_late_or_ends_soon_while_the_dossier_itself_is_not_due(thu, cast, now):
    late = cast.row(900, owner=cast.thu, step_due=now - timedelta(hours=3))
    soon = cast.row(901, owner=cast.thu, step_due=now + timedelta(hours=4))
    calm = cast.row(902, owner=cast.thu, step_due=now + 3 * WEEK)
    page = get(thu)
    said = {row["dossier"].code: row["step_due"] for row in page.context["rows"]}
    assert {code: due and (due.level, due.words) for code, due in said.items()} == {
        late.code: ("late", "Quá hạn 3 giờ"), soon.code: ("today", "Hôm nay, 16:00"), calm.code: None,
    }  # fmt: skip
    text = page.content.decode()
    assert "Bước này: quá hạn 3 giờ" in text
    assert "Bước này: hôm nay, 16:00" in text
    assert text.count("Bước này:") == 2
    assert text.count('<svg class="icon"') == 5, "an icon for each line and each step that is said"


def test_the_dossiers_page_says_it_too(thu, cast, now):
    late = cast.row(900, owner=cast.thu, step_due=now - timedelta(hours=3))
    calm = cast.row(901, owner=cast.thu, step_due=now + 3 * WEEK)
    assert "Bước này: quá hạn 3 giờ" in thu.get(f"/dossiers/{late.code}/").content.decode()
    assert "Bước này:" not in thu.get(f"/dossiers/{calm.code}/").content.decode()


def test_before_acceptance_and_where_no_clock_runs_nothing_is_said_twice(cast, now):
    """Before acceptance the step's end is what the line says anyway."""
    past = now - timedelta(hours=3)
    filed = cast.row(1, due=past, state=State.SUBMITTED)
    waiting = cast.row(2, due=now + WEEK, step_due=past, state=State.WAITING)
    done = cast.row(3, due=now + WEEK, step_due=None, state=State.DONE, closed_at=past)
    assert [words.step_due_of(one, now) for one in (filed, waiting, done)] == [None, None, None]
    assert words.due_of(filed, now).level == "late"


def test_the_filter_lists_late_steps_or_those_that_end_soon_most_pressing_first(thu, cast, now):
    cast.row(900, owner=cast.thu, step_due=now + 3 * WEEK)
    tomorrow = cast.row(901, owner=cast.thu, step_due=now + timedelta(hours=22))
    today = cast.row(902, owner=cast.ly, step_due=now + timedelta(hours=4))
    late = cast.row(903, owner=cast.thu, step_due=now - timedelta(hours=3))
    later = cast.row(850, owner=cast.ly, step_due=now - timedelta(hours=30))
    filed = cast.row(-2, state=State.SUBMITTED)
    cast.row(904, step_due=now - WEEK, state=State.WAITING)
    cast.row(905, step_due=now - WEEK, office=cast.other_centre)
    page = get(thu, tab="office", step_warn="late")
    assert codes(page) == [later.code, late.code, filed.code]
    assert 'value="late" selected' in page.content.decode()
    assert page.context["back"] == "?tab=office&step_warn=late"
    assert codes(get(thu, tab="office", step_warn="soon")) == [today.code, tomorrow.code]
    assert codes(get(thu, tab="mine", step_warn="soon")) == [tomorrow.code]
    assert codes(get(thu, tab="office", step_warn="late", warn="late")) == [filed.code]
    assert get(thu, tab="waiting", step_warn="late").context["asked"].step_warn == "", "no step runs there"


def test_pages_of_late_steps_follow_each_other_without_gap_or_double(thu, cast, now, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 4)
    ended = now - timedelta(hours=5)
    wanted = {cast.row(900 - number, step_due=ended - timedelta(hours=number // 3)).code for number in range(11)}
    cast.row(901, step_due=now + WEEK)
    seen, address = [], "/dossiers/?tab=office&step_warn=late"
    while address:
        page = thu.get(address)
        seen += codes(page)
        address = "/dossiers/" + page.context["next"] if page.context["next"] else ""
    assert len(seen) == 11
    assert set(seen) == wanted


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is SQLite's; PostgreSQL's hangs on what lies there")
@pytest.mark.parametrize(
    ("who", "tab", "index"),
    [
        ("thu", "mine", "dossier_step_of_owner"),
        ("thu", "office", "dossier_step_of_office"),
        ("minh", "office", "dossier_step"),
    ],
)
def test_late_steps_are_read_from_an_index_in_their_order(desk, cast, who, tab, index):
    straight_in(desk, getattr(cast, who))
    _ = (cast.neighbour, cast.post)
    with CaptureQueriesContext(connection) as captured:
        get(desk, tab=tab, step_warn="late")
    asked = [one["sql"] for one in captured if "ORDER BY" in one["sql"] and '"step_due" <' in one["sql"]]
    assert asked
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute("EXPLAIN QUERY PLAN " + sql)
            plan = " ".join(row[3] for row in cursor.fetchall())
            assert f"INDEX {index} " in plan, plan
            assert "TEMP B-TREE" not in plan, plan
