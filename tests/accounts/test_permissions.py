"""The table of permissions, and how far an appointment reaches: in time, and down the chain of offices. The views: `tests/desk`."""

from datetime import timedelta

import pytest
from allauth.account import views as library
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from keng.accounts.models import Appointment, Role
from keng.accounts.permissions import LEVELS, TABLE, Reach, has_role, may, needs, offices
from keng.core.ids import this_hour
from tests.cast import Cast, office, user

pytestmark = pytest.mark.django_db
READS = {"desk.read_box", "desk.own_key", "desk.grant_box"}


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_an_administrator_and_a_leader_have_nothing_that_reads():
    for perm in READS:
        assert Role.ADMINISTRATOR not in TABLE[perm]
        assert Role.LEADER not in TABLE[perm]


def test_a_leader_sees_numbers_and_nothing_else():
    seen = {perm for perm, row in TABLE.items() if Role.LEADER in row}
    desk = {"desk.see_figures", "desk.see_keys", "desk.see_late_below", "desk.see_register"}
    assert seen == {"accounts.approve", "procedures.see_figures", "procedures.see_queue"} | desk


def test_a_custodian_may_whatever_an_officer_may():
    for perm, row in TABLE.items():
        assert Role.OFFICER not in row or row[Role.OFFICER] == row.get(Role.CUSTODIAN), perm


def test_reading_never_reaches_below_ones_own_office():
    for perm in READS:
        assert set(TABLE[perm].values()) == {Reach.OWN}


def test_every_line_of_the_table_is_a_permission_of_the_user(cast):
    for perm, row in TABLE.items():
        assert cast.quan.has_perm(perm, cast.post) is (Role.ADMINISTRATOR in row)
        assert cast.hoa.has_perm(perm, cast.post) is (Role.OFFICER in row)
        assert cast.hoa.has_perm(perm, cast.box) is (Role.OFFICER in row)
        assert not cast.lan.has_perm(perm, cast.post)


def test_an_appointment_holds_from_its_first_hour_until_its_last(cast):
    held = cast.hoa.appointments.get()
    hour = timedelta(hours=1)
    for since, until, holds in [
        (-hour, None, True),
        (0 * hour, None, True),
        (hour, None, False),
        (-2 * hour, 2 * hour, True),
        (-2 * hour, 0 * hour, False),
        (-2 * hour, -hour, False),
    ]:
        ends = None if until is None else this_hour() + until
        Appointment.objects.filter(pk=held.pk).update(since=this_hour() + since, until=ends)
        assert may(cast.hoa, "desk.read_box", cast.post) is holds, (since, until)
        assert has_role(cast.hoa, None, Role.OFFICER) is holds


def test_nobody_signed_out_or_closed_may_anything(cast):
    cast.hoa.is_active = False
    for person in (AnonymousUser(), cast.hoa):
        assert not any(may(person, perm) for perm in TABLE)
        assert not offices(person, "desk.read_box").exists()


def test_two_offices_are_two_appointments_and_each_opens_only_its_own(cast):
    both = user("both", "Hai Nơi", (cast.post, Role.OFFICER), (cast.neighbour, Role.LEADER))
    assert set(offices(both, "desk.read_box")) == {cast.post}
    assert set(offices(both, "desk.see_figures")) == {cast.post, cast.neighbour}
    assert set(offices(both, "desk.see_late_below")) == {cast.post, cast.neighbour}
    assert set(offices(both, "desk.share_work")) == {cast.post}


def test_below_is_every_level_down_the_chain_and_no_sideways_one(cast):
    chain = [cast.province_police]
    for level in range(1, LEVELS + 2):
        chain.append(office(f"cap-{level}", f"Cấp {level}", "commune_police", cast.quang_lam, above=chain[-1]))
    reached = set(offices(cast.quan, "accounts.manage_people"))
    assert set(chain[: LEVELS + 1]) <= reached
    assert chain[LEVELS + 1] not in reached
    middle = user("giua", "Ở Giữa", (chain[2], Role.ADMINISTRATOR))
    assert set(offices(middle, "accounts.manage_people")) == set(chain[2:])


def test_offices_in_reach_are_one_query_whatever_their_number(cast, django_assert_num_queries):
    for number in range(30):
        office(f"o-{number}", f"Đồn {number}", "border_post", cast.quang_lam, above=cast.province_police)
    _ = cast.quan
    with django_assert_num_queries(1):
        assert offices(cast.quan, "accounts.manage_people").count() >= 30


def test_the_same_role_at_the_same_office_is_held_once(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(user=cast.hoa, office=cast.post, role=Role.OFFICER)


def test_a_view_for_a_permission_that_is_not_in_the_table_cannot_be_written():
    with pytest.raises(KeyError):
        needs("desk.fly")


def test_needs_refuses_the_role_before_it_looks_for_the_thing(cast):
    looked = []

    @needs("desk.read_box", office=lambda slug: looked.append(slug) or [cast.post.pk])
    def view(request, slug):
        return HttpResponse("ok")

    request = RequestFactory().get("/")
    request.user = cast.minh
    with pytest.raises(PermissionDenied):
        view(request, slug="a")
    assert not looked
    request.user = cast.lan
    with pytest.raises(Http404):
        view(request, slug="a")
    request.user = cast.hoa
    assert view(request, slug="a").content == b"ok"


def test_a_view_that_declares_nothing_is_refused_to_everybody(desk, monkeypatch):
    assert desk.get("/accounts/login/").status_code == 200
    monkeypatch.delattr(library.login, "gate")
    assert desk.get("/accounts/login/").status_code == 403
