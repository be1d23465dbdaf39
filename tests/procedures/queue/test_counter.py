"""The counter that took a dossier in serves its resident once it was passed on: finds it, looks with a reason, does what a counter may."""

import pytest
from django.db import connection

from keng.ledger.models import Entry
from keng.procedures.dossiers import services
from keng.procedures.dossiers.routing import today
from keng.procedures.models import Dossier, State
from keng.procedures.queue import listing
from keng.procedures.queue.listing import Reach
from keng.signing import documents
from tests.accounts.signing_in import straight_in
from tests.procedures.citizens import as_citizen
from tests.procedures.dossiers.filed import counter_draft
from tests.procedures.queue.desk import MARKERS
from tests.procedures.queue.test_deeds import fresh, press
from tests.procedures.queue.test_list import codes, get

pytestmark = pytest.mark.django_db
HERS = "Giàng Thị Sua"


@pytest.fixture
def passed_on(cast) -> Dossier:
    """Mrs Sua's, filed by Thu at the centre's counter, now Khoa's at the police."""
    dossier = services.submit(draft=counter_draft(cast, cast.thu, cast.centre), by=cast.thu)
    services.accept(dossier=dossier, by=cast.thu)
    return services.advance(dossier=dossier, by=cast.thu, to=cast.khoa)


@pytest.fixture
def ly(desk, cast):
    """Thu's colleague at the counter, who never had it."""
    straight_in(desk, cast.ly)
    return desk


def offered(answer) -> set[str]:
    return {offer.deed.name for offer in answer.context["may"]}


def test_it_is_found_by_its_whole_code_and_lies_in_no_list_of_the_counter(ly, cast, passed_on):
    page = get(ly, q=passed_on.code)
    assert codes(page) == [passed_on.code]
    assert "Công an xã Thanh Yên" in page.content.decode()
    for tab in ("mine", "office", "waiting", "done", "closed"):
        assert codes(get(ly, tab=tab)) == []
    digits = get(ly, q=passed_on.code[-4:])
    assert codes(digits) == []
    assert "hồ sơ nhận ở quầy đã chuyển đi nơi khác thì gõ cả mã" in digits.content.decode()


def test_o2_what_another_counter_took_in_is_neither_found_nor_opened(desk, cast, passed_on):
    straight_in(desk, cast.lam)
    assert codes(get(desk, q=passed_on.code)) == []
    assert desk.get(f"/dossiers/{passed_on.code}/").status_code == 404
    for deed in ("look", "withdraw", "answer"):
        assert press(desk, passed_on, deed, reason="counter").status_code == 404
    assert fresh(passed_on).state == State.PROCESSING


def test_c1_its_page_opens_to_the_counter_with_a_reason_and_her_page_names_the_counter(ly, my, cast, passed_on):
    there = f"/dossiers/{passed_on.code}/"
    assert HERS not in ly.get(there).content.decode()
    assert press(ly, passed_on, "look", reason="taken").status_code == 400
    assert press(ly, passed_on, "look", reason="counter", note="").status_code == 302
    page = ly.get(there)
    assert HERS in page.content.decode()
    entry = Entry.objects.get(case=passed_on.code, verb="procedures.dossier.read", by="ly")
    assert (entry.office, entry.purpose) == (cast.centre.code, "caseworker:counter")
    slip = documents.of_case(passed_on.code)[0]
    assert ly.get(f"{there}slips/{slip.pk}.pdf").getvalue()[:4] == b"%PDF"
    look = as_citizen(my, passed_on.citizen).get("/looks").context["looks"][0]
    assert (look.office, look.why, look.code) == (cast.centre.name, "người dân hỏi tại quầy", passed_on.code)


def test_c1_before_a_reason_no_slip_and_no_file_opens_to_the_counter(ly, cast, passed_on):
    slip = documents.of_case(passed_on.code)[0]
    answer = ly.get(f"/dossiers/{passed_on.code}/slips/{slip.pk}.pdf", follow=True)
    assert answer.redirect_chain == [(f"/dossiers/{passed_on.code}/", 302)]
    assert "nêu lý do xem" in answer.content.decode()
    assert not [hers for hers in (HERS, *MARKERS) if hers in answer.content.decode()]


def test_the_counter_is_offered_what_a_counter_may_do_and_nothing_of_the_work(ly, cast, passed_on):
    there = f"/dossiers/{passed_on.code}/"
    assert offered(ly.get(there)) == {"withdraw"}
    items = [{"title": "Giấy thuê nhà", "why": "mờ", "field": ""}]
    services.ask_supplement(dossier=passed_on, items=items, by_day=today().replace(year=today().year + 1), by=cast.khoa)
    assert offered(ly.get(there)) == {"withdraw", "answer"}
    for deed in ("take", "give-back", "hand-over", "stop", "advance", "refuse"):
        assert press(ly, passed_on, deed, reason="thử", note="thử").status_code == 404, deed
    assert fresh(passed_on).owner == cast.khoa


def test_withdrawn_at_the_counter_it_says_so_in_the_counters_name(ly, my, cast, passed_on):
    answer = press(ly, passed_on, "withdraw")
    assert (answer.status_code, answer["Location"]) == (302, f"/dossiers/{passed_on.code}/")
    assert fresh(passed_on).state == State.WITHDRAWN
    event = passed_on.events.get(kind="withdrawn")
    assert (event.by, event.office) == ("ly", cast.centre.code)
    assert Entry.objects.get(pk=event.entry).office == cast.centre.code


def test_a_search_by_code_reads_one_row_by_the_codes_own_index(cast, passed_on):
    reach = Reach({cast.centre.pk: cast.centre, cast.other_centre.pk: cast.other_centre}, ())
    rows = listing.by_digits(passed_on.code, reach).walked
    assert list(rows) == [passed_on]
    said = rows.explain()
    assert "code" in said or connection.vendor == "postgresql"  # a table of a few rows PostgreSQL reads whole
    assert "SCAN" not in said
