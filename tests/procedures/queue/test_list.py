"""The queue's list: whose it is, in which order, by which filters; at a constant cost; and nothing of any person."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from keng.accounts.models import Absence, Role
from keng.core import ids
from keng.procedures.dossiers import deadlines
from keng.procedures.dossiers.routing import today
from keng.procedures.models import Dossier, Event, State
from keng.procedures.queue import filters, listing, words
from tests.accounts.signing_in import straight_in
from tests.cast import user
from tests.procedures.queue.desk import MARKERS

pytestmark = pytest.mark.django_db
CODE = re.compile(r'class="code" href="/dossiers/([^"]+)/"')


def codes(answer):
    return CODE.findall(answer.content.decode())


def get(desk, **asked):
    answer = desk.get(f"/dossiers/?{urlencode(asked)}")
    assert answer.status_code == 200
    return answer


@pytest.fixture
def thu(desk, cast):
    straight_in(desk, cast.thu)
    return desk


def test_each_tab_has_its_own(thu, cast):
    mine = cast.row(5, owner=cast.thu)
    free = cast.row(6, state=State.SUBMITTED)
    lys = cast.row(7, owner=cast.ly)
    waiting = cast.row(8, state=State.WAITING)
    done = cast.row(9, state=State.DONE, closed_at=ids.now())
    closed = cast.row(10, state=State.RETURNED, closed_at=ids.now())
    cast.row(11, office=cast.other_centre)
    cast.row(12, test=True)
    assert codes(get(thu)) == [mine.code]
    assert codes(get(thu, tab="office")) == [mine.code, free.code, lys.code]
    assert codes(get(thu, tab="waiting")) == [waiting.code]
    assert codes(get(thu, tab="done")) == [done.code]
    assert codes(get(thu, tab="closed")) == [closed.code]
    counted = {tab["name"]: tab["count"] for tab in get(thu).context["tabs"]}
    assert counted == {"mine": 1, "office": 3, "waiting": 1, "done": 1, "closed": 1}


def test_the_work_of_those_one_stands_in_for_is_ones_own_while_they_are_away(thu, cast):
    lys = cast.row(5, owner=cast.ly)
    assert codes(get(thu)) == []
    away = Absence.objects.create(officer=cast.ly, stand_in=cast.thu, first=today(), last=today())
    assert codes(get(thu)) == [lys.code]
    Absence.objects.filter(pk=away.pk).update(first=today() - timedelta(days=3), last=today() - timedelta(days=1))
    assert codes(get(thu)) == []


def test_overdue_comes_first_then_today_then_what_is_soon_and_each_says_so_in_words(thu, cast, monkeypatch):
    morning = localtime(ids.now()).replace(hour=8, minute=0)  # an hour before midnight, in 25 hours is not tomorrow
    monkeypatch.setattr(ids, "now", lambda: morning)
    later, late, soon = cast.row(24 * 30, owner=cast.thu), cast.row(-50, owner=cast.thu), cast.row(25, owner=cast.thu)
    page = get(thu)
    assert codes(page) == [late.code, soon.code, later.code]
    text = page.content.decode()
    assert "Quá hạn 2 ngày" in text
    assert "Ngày mai, " in text
    assert text.count('<svg class="icon"') == 3


def test_what_is_closed_comes_newest_first(thu, cast):
    now = ids.now()
    old = cast.row(1, state=State.RETURNED, closed_at=now - timedelta(days=9))
    new = cast.row(2, state=State.REFUSED, closed_at=now - timedelta(days=2))
    assert codes(get(thu, tab="closed")) == [new.code, old.code]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "submitted"}, [2]),
        ({"channel": "home"}, [3]),
        ({"owner": "ly"}, [4]),
        ({"owner": "-"}, [2, 3]),
        ({"warn": "late"}, [1]),
        ({"step": "2"}, [3]),
        ({"procedure": "1.004194"}, [1, 2, 3, 4]),
        ({"procedure": "9.999999"}, []),
        ({"state": "processing", "owner": "thu"}, [1]),
    ],
)
def test_filters_narrow_and_stay_in_the_address(thu, cast, asked, found):
    rows = {
        1: cast.row(-1, owner=cast.thu),
        2: cast.row(200, state=State.SUBMITTED),
        3: cast.row(300, channel="home", step=1),
        4: cast.row(400, owner=cast.ly),
    }
    page = get(thu, tab="office", **asked)
    assert codes(page) == [rows[number].code for number in found]
    assert page.context["back"] == "?" + urlencode(
        {"tab": "office", **{name: asked[name] for name in filters.FILTERS if name in asked}}
    )
    for name, value in asked.items():
        if name != "procedure" or found:
            assert re.search(
                rf'name="{name}".*?<option( value="{value}" selected|\s+selected>{value})', page.content.decode(), re.S
            ), name


def test_days_are_of_the_due_date_both_included(thu, cast):
    here = cast.row(48, owner=cast.thu)
    day = f"{localtime(here.due):%Y-%m-%d}"
    assert codes(get(thu, since=day, until=day)) == [here.code]
    assert codes(get(thu, until="2020-01-01")) == []


def test_a_dossier_is_found_by_its_whole_code_or_its_last_digits_in_every_pile(thu, cast):
    done = cast.row(5, state=State.RETURNED, closed_at=ids.now(), code="03349-261101-0975")
    other = cast.row(6, code="03349-261102-1975")
    cast.row(7, office=cast.other_centre, code="03164-261101-0975")
    assert codes(get(thu, q="0975")) == [done.code]
    assert codes(get(thu, q="02-1975")) == [other.code]
    assert codes(get(thu, q=" 03349-261101-0975 ")) == [done.code]
    assert codes(get(thu, q="03164-261101-0975")) == []
    assert "Không có hồ sơ nào mã" in get(thu, q="7777").content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "975"}, {"q": "Quàng Văn An"}, {"q": "0' OR 1=1"}, {"q": "x" * 31}, {"tab": "all"}, {"state": "gone"}, {"channel": "fax"},
        {"warn": "never"}, {"step_warn": "today"}, {"step": "0"}, {"step": "٣"}, {"step": "99999999"}, {"step": "0001" + "9" * 4400},
        {"since": "31/12/2026"}, {"since": "9999-12-31"}, {"since": "2026-02-02", "until": "2026-02-01"},
        {"after": "x"}, {"after": "1-99999999999999999999"}, {"owner": "a\x00b"},
        {"procedure": "x" * 61},
    ],
)  # fmt: skip
def test_s3_what_can_t_be_read_gets_a_sentence_and_the_list_unfiltered(thu, cast, asked):
    mine = cast.row(5, owner=cast.thu)
    answer = thu.get(f"/dossiers/?{urlencode(asked)}")
    assert answer.status_code == 400
    assert answer.context["problem"]
    assert codes(answer) == [mine.code]


def test_pages_follow_each_other_without_gap_or_double_though_moments_are_alike(thu, cast, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 4)
    due = ids.now() + timedelta(days=1)
    wanted = {cast.row(number, due=due, owner=cast.thu).code for number in range(11)}
    seen, address = [], "/dossiers/"
    while address:
        page = thu.get(address)
        seen += codes(page)
        address = "/dossiers/" + page.context["next"] if page.context["next"] else ""
    assert len(seen) == 11
    assert set(seen) == wanted


@pytest.mark.parametrize("tab", ["office", "closed"])
def test_a_filter_that_few_meet_looks_at_one_stretch_and_says_how_to_go_on(thu, cast, monkeypatch, tab):
    monkeypatch.setattr(listing, "WINDOW", 5)
    state = {"office": State.PROCESSING, "closed": State.RETURNED}[tab]
    for number in range(12):
        closed = {"closed_at": ids.now() - timedelta(hours=number)} if tab == "closed" else {}
        cast.row(number + 1, state=state, channel="home" if number == 11 else "online", **closed)
    page = get(thu, tab=tab, channel="home")
    assert codes(page) == []
    assert "Tìm tiếp" in page.content.decode()
    seen = []
    for _page in range(4):
        if not page.context["next"]:
            break
        page = thu.get("/dossiers/" + page.context["next"])
        seen += codes(page)
    assert len(seen) == 1
    assert page.context["next"] == ""


def test_a_leader_sees_codes_and_states_of_all_offices_below_and_has_no_work(desk, cast):
    one, other = cast.row(5, office=cast.neighbour, owner=cast.khoa), cast.row(6, office=cast.post)
    elsewhere = cast.row(7)
    straight_in(desk, cast.minh)
    page = get(desk)
    assert codes(page) == [one.code, other.code]
    assert "Việc của tôi" not in page.content.decode()
    assert "Tiếp nhận hồ sơ đã chọn" not in page.content.decode()
    assert codes(get(desk, office="ca-thanh-yen")) == [one.code]
    assert codes(get(desk, office=elsewhere.office.code)) == []


def test_c2_no_page_of_the_queue_has_anything_of_a_person(thu, cast):
    filed = cast.filed()
    before = Event.objects.count()
    for asked in ({"tab": "office"}, {"q": filed.code}, {"tab": "office", "state": "submitted"}):
        text = get(thu, **asked).content.decode()
        assert filed.code in text
        assert not [marker for marker in MARKERS if marker in text]
    assert Event.objects.count() == before


@pytest.mark.parametrize("who", ["thu", "minh"])
def test_twelve_queries_at_most_whatever_the_count(desk, cast, who):
    straight_in(desk, getattr(cast, who))
    place = {"thu": cast.centre, "minh": cast.neighbour}[who]
    asks: tuple[dict[str, str], ...] = (
        {}, {"tab": "office"}, {"tab": "closed"}, {"tab": "office", "procedure": "1.004194", "owner": "-"}, {"q": "0003"},
        {"tab": "office", "warn": "soon", "channel": "online"}, {"step_warn": "late"}, {"tab": "office", "step_warn": "soon"},
    )  # fmt: skip

    def counted():
        taken = []
        for asked in asks:
            get(desk, **asked)
            with CaptureQueriesContext(connection) as captured:
                get(desk, **asked)
            taken.append(len(captured))
        return taken

    few = counted()
    for number in range(70):
        cast.row(number, office=place)
        cast.row(100 + number, office=place, state=State.REFUSED, closed_at=ids.now(), owner=cast.khoa)
    assert counted() == few
    assert max(few) <= 12


def test_what_the_database_is_asked_for_is_what_one_dossier_says(cast):
    now = ids.now()
    spans = listing.bounds(now)
    for hours in (-400, -30, -1, 0.1, 5, 20, 30, 50, 80, 120, 200, 400):
        row = cast.row(
            0,
            due=now + timedelta(hours=hours),
            code=f"03349-261122-{abs(int(hours * 10)):04}{'m' if hours < 0 else ''}",
        )
        assert words.level(row.queue_at, spans) == (deadlines.warn(row, now) or "calm"), hours


def test_all_chosen_are_accepted_or_none_and_it_says_which_can_t(thu, cast):
    first, second = cast.row(1, state=State.SUBMITTED), cast.row(2, state=State.SUBMITTED)
    begun = cast.row(3, owner=cast.ly)
    answer = thu.post("/dossiers/accept/?tab=office", {"dossier": [first.code, begun.code]})
    assert answer.status_code == 409
    assert begun.code in answer.context["problem"]
    assert f'value="{first.code}" aria-label="Chọn hồ sơ {first.code}" checked' in answer.content.decode()
    assert not Dossier.objects.filter(pk=first.pk, state=State.PROCESSING).exists()
    done = thu.post("/dossiers/accept/?tab=office", {"dossier": [first.code, second.code]})
    assert (done.status_code, done["Location"]) == (302, "/dossiers/?tab=office")
    assert set(Dossier.objects.filter(owner=cast.thu, state=State.PROCESSING)) == {first, second}


def test_only_what_this_officer_can_accept_is_offered_and_what_that_means_is_told_before(thu, cast):
    free, mine = cast.row(1, state=State.SUBMITTED), cast.row(2, state=State.SUBMITTED, owner=cast.thu)
    lys, begun = cast.row(3, state=State.SUBMITTED, owner=cast.ly), cast.row(4, owner=cast.thu)
    text = get(thu, tab="office").content.decode()
    boxes = re.findall(r'<input type="checkbox" name="dossier" value="([^"]+)"', text)
    assert boxes == [free.code, mine.code]
    assert all(one.code in text for one in (lys, begun))
    assert "2 hồ sơ trong trang này đang chờ tiếp nhận." in text
    assert "giấy tờ đã đủ, đúng: đồng hồ chạy ngay" in text
    assert thu.post("/dossiers/accept/?tab=office", {"dossier": boxes}).status_code == 302, "and all offered can be"
    text = get(thu, tab="office").content.decode()
    assert "Tiếp nhận" not in text, "nothing to accept, nothing said of it"


def test_who_leads_elsewhere_is_offered_what_they_work_on_and_nothing_else(desk, cast):
    there = cast.row(1, office=cast.neighbour, state=State.SUBMITTED)
    own = cast.row(2, state=State.SUBMITTED)
    both = user("ca-hai", "Cả Hai", (cast.centre, Role.CASEWORKER), (cast.province_police, Role.LEADER))
    straight_in(desk, both)
    text = get(desk, tab="office").content.decode()
    assert there.code in text
    assert re.findall(r'<input type="checkbox" name="dossier" value="([^"]+)"', text) == [own.code]


@pytest.mark.parametrize("chosen", [[], ["03164-261122-0001"], ["x" * 500], [f"a-{number}" for number in range(101)]])
def test_s3_nothing_that_is_not_ones_own_is_accepted(thu, cast, chosen):
    cast.row(1, office=cast.other_centre, state=State.SUBMITTED, code="03164-261122-0001")
    answer = thu.post("/dossiers/accept/", {"dossier": chosen})
    assert answer.status_code in (400, 409)
    assert answer.context["problem"]
    assert not Dossier.objects.filter(state=State.PROCESSING).exists()
