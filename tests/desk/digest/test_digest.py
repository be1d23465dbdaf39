"""The digest: what waits for an officer, at fixed hours, always of one length, written once."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import get_default_timezone, localdate

from config.demo import clock
from keng.accounts.models import Absence, Role
from keng.core.calendar.load import load_calendar
from keng.core.ids import this_hour
from keng.core.registry import chores
from keng.desk.digest import sending, text, times
from keng.desk.digest.counts import Waiting, Work, work_of
from keng.desk.keys.reminders import RunningOut
from keng.desk.models import Assignment, Digest, DigestTime, Handover, HandoverItem
from keng.desk.rising.late import Late
from keng.ledger.models import Entry
from keng.mailbox.models import State, Thread
from keng.notify import outbox
from keng.notify.email.smtp import compose
from keng.notify.models import Message
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, user
from tests.notify.mail_server import MailServer

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
SUNDAY, CULTURE_DAY = date(2026, 11, 22), date(2026, 11, 24)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=get_default_timezone())


@pytest.fixture(autouse=True)
def _it_is_the_friday_before() -> Iterator[None]:
    with clock.at(at(date(2026, 11, 20), 6)):
        yield


@pytest.fixture
def cast(settings: Any) -> Cast:
    settings.SMTP_URL, settings.MAIL_FROM = "smtp://127.0.0.1:1", "Kẻng <keng@dienbien.example>"
    load_calendar()
    cast = Cast()
    _ = cast.box
    cast.hoa.email = "hoa@dienbien.example"
    cast.hoa.save()
    return cast


def report(cast: Cast, number: int, **changed: Any) -> Thread:
    now = this_hour()
    fields = {"state": State.RECEIVED, "open_due": now + timedelta(days=9), "resolve_due": now + timedelta(days=30)}
    return Thread.objects.create(
        key=f"{number:064x}", box=cast.box, holder=cast.box, pin="", pin_mac="", **fields | changed
    )


def bodies() -> list[str]:
    return list(Message.objects.order_by("address").values_list("body", flat=True))


# -- when --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (at(MONDAY, 6, 59), 0),
        (at(MONDAY, 7), 1),
        (at(MONDAY, 8, 59), 1),
        (at(MONDAY, 9), 0),
        (at(MONDAY, 13, 29), 0),
        (at(MONDAY, 13, 30), 1),
        (at(SUNDAY, 7), 0),
        (at(CULTURE_DAY, 7), 0),
    ],
)
def test_digests_are_written_on_working_days_at_their_hours_and_two_hours_late_at_most(cast, moment, written):
    assert sending.write_due(moment) == written


def test_one_digest_a_time_however_often_the_worker_looks(cast):
    assert [sending.write_due(at(MONDAY, 7, minute)) for minute in range(4)] == [1, 0, 0, 0]
    assert sending.write_due(at(MONDAY, 13, 30)) == 1
    assert set(Digest.objects.values_list("day", "at")) == {(MONDAY, time(7)), (MONDAY, time(13, 30))}


@pytest.mark.django_db(transaction=True)
def test_two_processes_write_one(cast, monkeypatch):
    begun = threading.Barrier(2)
    work = sending.work_of

    def together(*what):
        begun.wait(10)
        return work(*what)

    monkeypatch.setattr(sending, "work_of", together)
    written: list[int] = []

    def process() -> None:
        written.append(sending.write_due(at(MONDAY, 7)))
        connection.close()

    workers = [threading.Thread(target=process) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(written) == [0, 1]
    assert Message.objects.count() == Digest.objects.count() == 1


def test_without_a_mail_server_none_is_written(cast, settings):
    settings.SMTP_URL = ""
    assert sending.write_due(at(MONDAY, 7)) == 0
    assert not Digest.objects.exists()


def test_only_who_has_an_address_a_live_account_and_a_role_with_reports_gets_one(cast):
    for name, active, role, email in (
        ("nghi", False, Role.OFFICER, "nghi@dienbien.example"),
        ("kin", True, Role.OFFICER, ""),
        ("tri", True, Role.ADMINISTRATOR, "tri@dienbien.example"),
        ("minh2", True, Role.LEADER, "minh@dienbien.example"),
    ):
        made = user(name, name, (cast.post, role), (cast.neighbour, role))
        made.is_active, made.email = active, email
        made.save()
    former = user("cu", "Cũ", (cast.post, Role.OFFICER))
    former.email = "cu@dienbien.example"
    former.save()
    former.appointments.update(until=this_hour())
    assert sending.write_due(at(MONDAY, 7)) == 2
    assert set(Message.objects.values_list("address", flat=True)) == {"hoa@dienbien.example", "minh@dienbien.example"}


# -- at which times ----------------------------------------------------------------------------------------------------


def test_other_times_hold_from_their_day_on_and_the_past_stays(cast):
    assert times.on(MONDAY) == [time(7), time(13, 30)]
    times.put(times=[time(8), time(8)], since=date(2026, 12, 1), by="quan")
    assert times.on(date(2026, 11, 30)) == [time(7), time(13, 30)]
    assert times.on(date(2026, 12, 1)) == [time(8)]
    times.put(times=[time(6, 30), time(8)], since=date(2027, 1, 1), by="quan")
    assert times.on(date(2026, 12, 31)) == [time(8)]
    assert times.on(date(2027, 1, 4)) == [time(6, 30), time(8)]
    assert list(Entry.objects.filter(verb="desk.digest.times").values_list("by", flat=True)) == ["quan", "quan"]


@pytest.mark.parametrize("wanted", [[], [time(hour) for hour in range(7)]])
def test_times_that_nobody_can_mean_are_refused(cast, wanted):
    with pytest.raises(times.BadTimes):
        times.put(times=wanted, since=date(2026, 12, 1))
    assert not DigestTime.objects.exists()


def test_a_change_before_the_last_change_is_refused(cast):
    times.put(times=[time(8)], since=date(2026, 12, 1))
    with pytest.raises(times.BadTimes):
        times.put(times=[time(9)], since=date(2026, 12, 1))
    assert times.on(date(2026, 12, 1)) == [time(8)]


def test_the_command_shows_and_sets_the_times(cast, capsys):
    call_command("digest_times")
    assert "07:00, 13:30" in capsys.readouterr().out
    since = localdate() + timedelta(days=3)
    call_command("digest_times", "08:15", "--since", since.isoformat())
    assert f"{since:%d/%m/%Y}: 08:15" in capsys.readouterr().out
    for wrong in (["25:00", "--since", "2030-01-01"], ["08:00"], ["08:00", "--since", "2020-01-01"]):
        with pytest.raises(CommandError):
            call_command("digest_times", *wrong)


# -- what it says ------------------------------------------------------------------------------------------------------


def test_it_counts_what_waits_for_the_officer_and_names_no_report(cast):
    now = this_hour()
    report(cast, 1, open_due=now - timedelta(hours=5))
    report(cast, 2)
    late = report(cast, 3, state=State.VERIFYING, resolve_due=now - timedelta(days=1))
    due = report(cast, 4, state=State.OPENED, resolve_due=now)
    Assignment.objects.create(thread=late, officer=cast.hoa, by=cast.nam)
    offer = Handover.objects.create(box=cast.box, giver=cast.nam, taker=cast.hoa)
    HandoverItem.objects.create(handover=offer, thread=due, label="001/2026")
    work = work_of(cast.hoa, localdate(), now)
    assert work.own == Waiting(to_open=2, due=3, late=2, mine=1, offered=1)
    assert (work.people, work.instead) == (0, None)
    body = text.write(work, at(MONDAY, 7))
    for line in ("     2  tin chờ mở", "     3  tin đến hạn hôm nay", "     1  tin được giao"):
        assert line in body
    assert "001/2026" not in body
    assert late.key not in body
    assert body.count("23/11/2026") == 2, "in both languages"


def test_a_training_box_is_in_no_digest(cast):
    cast.box.training = True
    cast.box.save()
    report(cast, 1)
    assert work_of(cast.hoa, localdate(), this_hour()).own is None
    assert "chưa mở được hộp thư nào" in text.write(work_of(cast.hoa, localdate(), this_hour()), at(MONDAY, 7))


def test_who_stands_in_is_told_of_the_absent_officers_work_and_the_absent_officer_still_too(cast):
    """dung of the province's police stands in for hoa of the post."""
    cast.dung.email = "dung@dienbien.example"
    cast.dung.save()
    Assignment.objects.create(thread=report(cast, 1), officer=cast.hoa, by=cast.nam)
    _ = cast.police
    Absence.objects.create(officer=cast.hoa, stand_in=cast.dung, first=MONDAY, last=MONDAY)
    assert sending.write_due(at(MONDAY, 7)) == 2
    work = work_of(cast.dung, MONDAY, at(MONDAY, 7))
    assert (work.people, work.instead.to_open, work.instead.mine) == (1, 1, 1)
    assert work.own.to_open == 0
    to_dung, to_hoa = bodies()
    assert "trực thay (số người: 1)" in to_dung
    assert "     1  tin được giao" in to_dung
    assert "trực thay" not in to_hoa
    assert cast.hoa.name not in to_dung
    assert work_of(cast.dung, MONDAY + timedelta(days=1), at(MONDAY, 7)).instead is None


def test_the_level_above_is_told_how_much_is_late_below_and_the_post_itself_is_not(cast):
    cast.minh.email = "minh@dienbien.example"
    cast.minh.save()
    report(cast, 1, open_due=this_hour() - timedelta(days=2))
    report(cast, 2, state=State.OPENED, resolve_due=this_hour() - timedelta(days=2))
    below = work_of(cast.minh, localdate(), this_hour()).below
    assert (below.to_open, below.to_resolve) == (1, 1)
    assert work_of(cast.hoa, localdate(), this_hour()).below is None
    assert "     1  tin quá 24 giờ chưa mở" in text.write(work_of(cast.minh, localdate(), this_hour()), at(MONDAY, 7))


# -- of one length -----------------------------------------------------------------------------------------------------


def work(number: int, *, all: bool = True) -> Work:
    counted = Waiting(number, number, number, number, number)
    if not all:
        return Work(counted, 0, None, None)
    keys = RunningOut(boxes=[], soon=number, expired=number, days=min(number, 60))
    return Work(counted, number, counted, Late(number, number, number, number), keys)


def mail(of: Work, moment: datetime) -> bytes:
    return compose(
        sender="Kẻng <keng@dienbien.example>",
        address="hoa@dienbien.example",
        subject=text.SUBJECT,
        body=text.write(of, moment),
        now=moment,
    )


def test_every_digest_to_an_officer_has_the_same_number_of_bytes_headers_and_all():
    """None of 0 and 9,999 reports, a stand-in, offices below, the hour or the day shows on the wire."""
    of = [work(0), work(9_999), work(123_456_789), work(0, all=False), work(7, all=False), Work(None, 0, None, None)]
    moments = [at(MONDAY, 7), at(date(2027, 1, 1), 13, 30), at(date(2026, 5, 9), 7)]
    assert len({len(mail(one, moment)) for one in of for moment in moments}) == 1
    assert "  9999  tin quá hạn" in text.write(work(123_456_789), moments[0])


def test_a_text_that_would_not_fit_is_an_error_and_never_a_longer_mail():
    with pytest.raises(ValueError, match="longer"):
        text.pad("x" * text.SIZE)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as running:
        settings.SMTP_URL = running.url
        yield running


def test_on_the_line_an_empty_day_looks_like_a_full_one(cast, server, settings):
    settings.SMTP_URL = server.url
    sending.write_due(at(MONDAY, 7))
    outbox.send_due()
    for number in range(12):
        report(cast, number, open_due=this_hour() - timedelta(days=3))
    sending.write_due(at(MONDAY, 13, 30))
    outbox.send_due()
    [(_one, empty), (_two, full)] = server.received
    assert len(empty) == len(full)
    talk = [command for command in server.commands if not command.startswith("DATA")]
    half = len(talk) // 2
    assert [len(command) for command in talk[:half]] == [len(command) for command in talk[half:]]


# -- upkeep ------------------------------------------------------------------------------------------------------------


def test_a_month_later_nothing_is_known_of_a_digest(cast):
    sending.write_due(at(MONDAY, 7))
    assert sending.forget() == 0
    Digest.objects.update(day=localdate() - timedelta(days=31))
    assert sending.forget() == 1
    assert {"desk.write_digests", "desk.forget_digests"} <= {name for name, _chore in chores}


def test_many_officers_cost_the_same_each(cast, django_assert_max_num_queries):
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            work_of(cast.hoa, MONDAY, at(MONDAY, 7))
        return len(seen)

    few = cost()
    for number in range(30):
        report(cast, number)
    assert cost() == few


# -- the administrator's page ------------------------------------------------------------------------------------------


def page(desk: Any) -> str:
    answer = desk.get("/people/digest/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_says_whether_mail_goes_out_and_to_whom_not(desk, cast, settings):
    straight_in(desk, cast.quan)
    _ = cast.nam
    assert "Đang gửi bình thường" in page(desk)
    assert "07:00, 13:30" in page(desk)
    assert "Lò Văn Nam" in page(desk), "without an address"
    sending.write_due(at(MONDAY, 7))
    Message.objects.update(since=at(MONDAY, 7) - timedelta(days=400))
    assert "Thư đang nghẽn" in page(desk)
    outbox.send_due()
    told = page(desk)
    assert "Có thư không tới" in told
    assert "Giàng A Hoà" in told
    settings.SMTP_URL = ""
    assert "KENG_SMTP_URL" in page(desk)


def test_an_administrator_sets_and_removes_an_address_and_the_ledger_keeps_that_not_which(desk, cast):
    straight_in(desk, cast.quan)
    answer = desk.post("/people/@nam/email/", {"email": " nam@bienphong.example "}, follow=True)
    assert "nam@bienphong.example" in answer.content.decode()
    desk.post("/people/@nam/email/", {"email": "nam@bienphong.example"})
    desk.post("/people/@nam/email/", {"email": "", "csrfmiddlewaretoken": "x"})
    cast.nam.refresh_from_db()
    assert cast.nam.email == ""
    entries = Entry.objects.filter(verb__startswith="accounts.person.", subject="nam").exclude(verb__endswith="added")
    assert sorted(entries.values_list("verb", flat=True)) == ["accounts.person.email", "accounts.person.no_email"]
    assert "bienphong" not in str([list(entry) for entry in entries.values_list()])


@pytest.mark.parametrize(
    "email",
    [
        "nam",
        "nam@",
        "nam@bien phong.example",
        "nam@x.example\nBcc: y@z.example",
        "hoà@x.example",
        "n" * 120 + "@x.example",
    ],
)
def test_s3_what_is_no_address_is_refused_beside_the_field(desk, cast, email):
    straight_in(desk, cast.quan)
    answer = desk.post("/people/@nam/email/", {"email": email})
    assert answer.status_code in (400, 302 if "\n" in email else 400)
    cast.nam.refresh_from_db()
    assert "\n" not in cast.nam.email
    assert answer.status_code != 400 or cast.nam.email == ""


def test_o2_an_administrator_elsewhere_sets_no_address_here(desk, cast):
    straight_in(desk, user("xa", "Quản Xa", (cast.neighbour, Role.ADMINISTRATOR)))
    assert desk.post("/people/@hoa/email/", {"email": "evil@x.example"}).status_code == 404
    cast.hoa.refresh_from_db()
    assert cast.hoa.email == "hoa@dienbien.example"
