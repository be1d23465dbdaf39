"""O2, for every address of the desk: what the table of permissions says is what happens. A new view falls under this test by itself."""

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, clear_url_caches, path
from django.utils import timezone

from config.urls import desk as desk_urls
from keng.accounts.models import Absence, Role, User
from keng.accounts.permissions import TABLE, Door, Gate, Reach, needs
from keng.core.calendar.load import load_calendar
from keng.core.ids import this_hour
from keng.desk.models import Ceremony, Handover, Matter, Outcome, Place
from keng.mailbox.models import Part, Passing, PublicAnswer, State, Thread
from keng.units.models import Office
from tests.accounts.signing_in import straight_in
from tests.accounts.two_people import asked
from tests.cast import Cast, office, unit, user
from tests.desk.training.cast import training_box
from tests.procedures.assisted import at_post as begun_at_post
from tests.procedures.forms import at_desk as form_at_desk
from tests.procedures.queue import at_post

pytestmark = pytest.mark.django_db

NAME = re.compile(r"(?:\(\?P)?<(?:\w+:)?(\w+)>(?:[^()]*\))?")
PLACES = ("own", "above", "neighbour", "other province")


@dataclass(frozen=True)
class Address:
    """One pattern of the desk's urls: its path with `<kind:name>` or `(?P<name>…)` in it, and the view."""

    path: str
    view: Any

    @property
    def names(self) -> list[str]:
        return NAME.findall(self.path)

    @property
    def gate(self) -> Gate:
        return self.view.gate

    def filled(self, things: dict[str, str]) -> str:
        return "/" + NAME.sub(lambda found: things[found[1]], self.path)

    def concerned(self, things: dict[str, str]) -> set[int]:
        """Ids of the offices that the view says the thing belongs to."""
        return set(self.gate.scope(**{name: things[name] for name in self.names})) if self.gate.scope else set()


def walk(patterns: Any, before: str = "") -> Iterator[Address]:
    for entry in patterns:
        path = before + str(entry.pattern).removeprefix("^").removesuffix("$")
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, path)
        elif isinstance(entry, URLPattern):
            yield Address(path, entry.callback)


ADDRESSES = list(walk(desk_urls.urlpatterns))
FOR_SOME = [address for address in ADDRESSES if getattr(address.view, "gate", None) and address.gate.perm]
by_path = pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: "/" + address.path)
by_path_for_some = pytest.mark.parametrize("address", FOR_SOME, ids=lambda address: "/" + address.path)


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def things(cast: Cast) -> dict[str, str]:
    """One thing of the post's for every name that an address uses. A new name needs a line here."""
    load_calendar()
    return dict(named(cast))


def named(cast: Cast) -> Iterator[tuple[str, str]]:
    thread = report(cast)
    colleague = user("mai", "Vàng Thị Mai", (cast.post, Role.OFFICER))
    yield "slug", cast.box.slug
    yield from at_post.named(cast)
    yield "key", thread.key
    yield "digest", thread.parts.get().digest
    yield "username", colleague.username
    yield "appointment", str(colleague.appointments.get().pk)
    yield "unit", cast.quang_lam.pk
    yield "village", str(cast.quang_lam.villages.all()[0].pk)
    yield "office", cast.post.code
    yield "outcome", str(counted(cast).pk)
    yield "handover", str(Handover.objects.create(box=cast.box, giver=colleague, taker=cast.nam).pk)
    yield "absence", str(Absence.objects.create(officer=colleague, first="2026-01-01", last="2026-01-02").pk)
    yield "to", cast.police.slug
    yield "day", passed_on(cast)
    yield "place", str(Place.objects.create(office=cast.post, kind="market", name="Chợ phiên").pk)
    yield "answer", str(suggestion_answered(cast).pk)
    yield "passkey", "1"
    yield "approval", str(asked(cast).pk)
    yield "training_box", training_box(cast)[0].slug
    yield from begun_at_post.named(cast)
    yield from form_at_desk.named()
    yield "ceremony", str(Ceremony.objects.create(box=cast.box, kind="renewed", by=cast.dung, root=cast.box.root).pk)


def suggestion_answered(cast: Cast) -> PublicAnswer:
    return PublicAnswer.objects.create(
        box=cast.box, asked="Bao giờ sửa cầu?", answered="Tháng sau.", published_on="2026-11-01"
    )


def counted(cast: Cast) -> Outcome:
    return Outcome.objects.create(
        matter=Matter.objects.create(), kind="arrest", quantity=2, unit="person", day=timezone.localdate(), office=cast.post,
        box=cast.box, by=cast.nam,
    )  # fmt: skip


def report(cast: Cast) -> Thread:
    thread = Thread.objects.create(
        key="ab" * 32,
        box=cast.box,
        holder=cast.box,
        state=State.RECEIVED,
        open_due=this_hour(),
        resolve_due=this_hour(),
        pin="",
        pin_mac="",
    )
    Part.objects.create(
        thread=thread,
        box=cast.box,
        direction="reporter",
        index=0,
        digest="cd" * 32,
        header=b"age-encryption.org/v1\n",
        payload=b"x" * 32,
    )
    return thread


def passed_on(cast: Cast) -> str:
    """The local day on which another report of the post's went to the province's police."""
    other = Thread.objects.create(
        key="ef" * 32,
        box=cast.box,
        holder=cast.police,
        open_due=this_hour(),
        resolve_due=this_hour(),
        pin="",
        pin_mac="",
    )
    passing = Passing.objects.create(thread=other, from_box=cast.box, to_box=cast.police)
    return f"{timezone.localtime(passing.hour):%Y-%m-%d}"


def office_at(cast: Cast, place: str) -> Office:
    if place == "other province":
        return office("ca-lai-chau", "Công an tỉnh Lai Châu", "province_police", unit("12", "Lai Châu", "tinh"))
    return {"own": cast.post, "above": cast.province_police, "neighbour": cast.neighbour}[place]


def somebody(cast: Cast, role: Role, place: str) -> User:
    """A person with that one role. At the post a reader holds the box's key, as one would."""
    if place == "own" and role in (Role.OFFICER, Role.CUSTODIAN):
        _ = cast.box
        return {Role.OFFICER: cast.hoa, Role.CUSTODIAN: cast.nam}[role]
    if place == "own" and role is Role.CASEWORKER:
        return begun_at_post.caseworker(cast)
    return user(f"{role}-{place.replace(' ', '-')}", "Ai Đó", (office_at(cast, place), role))


def reaches(reach: Reach, at: Office, concerned: set[int]) -> bool:
    """The table's word, worked out the slow way."""
    if at.pk in concerned:
        return True
    return reach is Reach.BELOW and any(reaches(reach, below, concerned) for below in at.below.all())


def ask(client: Any, there: str) -> list[int]:
    """The statuses of a GET and of an empty POST; whatever they did is undone, so that the next address finds the same world."""
    kept = copy(client.cookies)
    with transaction.atomic():
        statuses = [client.get(there).status_code, client.post(there).status_code]
        transaction.set_rollback(True)
    client.cookies = kept
    return statuses


@by_path
def test_o2_every_view_of_the_desk_declares_who_it_is_for(address: Address):
    assert isinstance(getattr(address.view, "gate", None), Gate), f"/{address.path} has no @needs"


@by_path_for_some
def test_o2_an_address_that_names_a_thing_says_whose_it_is(address: Address):
    assert not address.names or address.gate.scope, f"/{address.path} needs @needs(…, office=…)"


def test_o2_nobody_signed_out_gets_past_the_door(desk, things):
    for address in ADDRESSES:
        if address.gate.door is Door.OPEN:
            continue
        there = address.filled(things)
        answer = desk.get(there)
        if "/api/" in address.path:
            assert (answer.status_code, answer.json()["error"]) == (403, "sign_in"), there
        else:
            assert answer.status_code == 302, there
            assert answer["Location"].startswith("/accounts/login/"), there
        assert desk.post(there).status_code in (302, 403), there


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", Role)
def test_o2_what_the_table_says_is_what_happens(role: Role, place: str, desk, cast, things):
    at = office_at(cast, place)
    straight_in(desk, somebody(cast, role, place))
    for address in FOR_SOME:
        row = TABLE[address.gate.perm]
        if role not in row and place != "own":
            continue  # without a line nobody gets nearer than at the very office
        there, concerned = address.filled(things), address.concerned(things)
        assert cast.neighbour.pk not in concerned
        statuses = ask(desk, there)
        told = f"{there}: {statuses}"
        if role not in row:
            assert statuses == [403, 403], told
        elif (address.names or address.gate.scope) and not reaches(row[role], at, concerned):
            assert statuses == [404, 404], told
        else:
            assert not {403, 404} & set(statuses), told
            assert max(statuses) < 500, told


@pytest.mark.parametrize("role", Role)
def test_o2_whose_role_ended_an_hour_ago_gets_nowhere(role: Role, desk, cast, things):
    person = user(f"{role}-former", "Người Đã Thôi", (cast.post, role))
    person.appointments.update(until=timezone.now() - timedelta(hours=1))
    straight_in(desk, person)
    for address in FOR_SOME:
        if role in TABLE[address.gate.perm]:
            there = address.filled(things)
            assert ask(desk, there) == [403, 403], there


def test_o2_a_view_without_a_line_is_refused_and_found_by_the_tests_above(desk, cast, monkeypatch):
    def unguarded(request):
        return HttpResponse("a secret")

    planted = [path("planted/", unguarded), path("planted/<int:gadget>/", needs("desk.own_key")(unguarded))]
    monkeypatch.setattr(desk_urls, "urlpatterns", [*desk_urls.urlpatterns, *planted])
    clear_url_caches()
    try:
        straight_in(desk, cast.quan)
        assert desk.get("/planted/").status_code == 403
        bare_one, named_one = list(walk(desk_urls.urlpatterns))[-2:]
        with pytest.raises(AssertionError, match="has no @needs"):
            test_o2_every_view_of_the_desk_declares_who_it_is_for(bare_one)
        with pytest.raises(AssertionError, match="needs @needs"):
            test_o2_an_address_that_names_a_thing_says_whose_it_is(named_one)
        with pytest.raises(KeyError, match="gadget"):
            named_one.filled({})
    finally:
        clear_url_caches()


def bare(answer: Any) -> str:
    """The page without what is new each time: CSRF tokens, the seconds left."""
    return re.sub(
        r'(name="csrf" content|name="csrfmiddlewaretoken" value|data-session-left)="\w+"', "", answer.content.decode()
    )


def test_o2_a_neighbours_answer_is_the_answer_for_a_thing_that_does_not_exist(desk, cast, things):
    straight_in(desk, cast.lan)
    theirs = desk.get(f"/boxes/{cast.box.slug}/")
    nothing = desk.get("/boxes/khong-co-hop-nay/")
    assert theirs.status_code == nothing.status_code == 404
    assert bare(theirs) == bare(nothing).replace("khong-co-hop-nay", "na-co-sa")
