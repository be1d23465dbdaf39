"""Two at the same moment: administrators, approvers, spenders, codes. One gets it, the other is told; nothing is done twice."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache
from django.db import connection, transaction
from django.utils.timezone import localdate

from keng.accounts import approvals, people, slowing
from keng.accounts.models import Appointment, Approval, Role, Tries, User
from keng.accounts.passkeys import Refused as PasskeyRefused
from keng.ledger.models import Entry
from tests.accounts.signing_in import code, give_phone
from tests.accounts.soft_key import ask
from tests.accounts.test_passkeys import key_of, signed_in
from tests.accounts.two_people import agreed, asked
from tests.cast import PASSWORD, Cast, user
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db(transaction=True)
REFUSALS = (people.Refused, approvals.NotApproved, PasskeyRefused)


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.quan, made.hoa, made.nam, made.minh, made.neighbour
    return made


@pytest.fixture
def second(cast) -> User:
    """Another administrator of the province."""
    return user("second", "Lường Văn Hai", (cast.province_police, Role.ADMINISTRATOR))


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each gave back or was refused with, having begun together, each on a connection of its own."""
    start = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        start.wait()
        try:
            results[place] = deed()
        except REFUSALS as refused:
            results[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def of(login: str) -> User:
    """Each request reads people anew."""
    return User.objects.get(username=login)


def refusals(results: list[object]) -> list[object]:
    return [str(result) for result in results if isinstance(result, Exception)]


def entered(verb: str) -> int:
    return Entry.objects.filter(verb=verb).count()


def test_of_two_administrators_who_give_one_login_at_once_one_is_told_that_it_is_taken(cast, second):
    new = {"username": "lo-van-moi", "name": "Lò Văn Mới", "office": cast.neighbour, "role": Role.OFFICER}
    results = at_once(*(lambda by=by: people.add(by=of(by), **new) for by in ("quan", "second")))
    assert refusals(results) == [str(people.LOGIN_TAKEN)]
    assert of("lo-van-moi").appointments.count() == 1
    assert Entry.objects.filter(verb="accounts.person.added", subject="lo-van-moi").count() == 1


@pytest.mark.parametrize("days", [None, 30])
def test_two_administrators_give_one_role_once(cast, second, days):
    until = localdate() + timedelta(days=days) if days else None
    give = {"office": cast.neighbour, "role": Role.LEADER, "until": until}
    results = at_once(*(lambda by=by: people.give_role(user=of("hoa"), by=of(by), **give) for by in ("quan", "second")))
    assert refusals(results) == [str(people.HAS_ROLE)]
    assert Appointment.objects.filter(user=cast.hoa, role=Role.LEADER).count() == entered("accounts.role.given") == 1


def test_two_administrators_do_not_make_one_person_administer_and_read(cast, second):
    officer = {"office": cast.neighbour, "role": Role.OFFICER}
    administrator = {"office": cast.neighbour, "role": Role.ADMINISTRATOR}
    at_once(
        lambda: people.give_role(user=of("minh"), by=of("quan"), **officer),
        lambda: people.give_role(user=of("minh"), by=of("second"), **administrator),
    )
    assert Appointment.objects.filter(user=cast.minh, role__in=(Role.OFFICER, Role.ADMINISTRATOR)).count() == 1


def test_two_administrators_end_one_role_once(cast, second):
    held = cast.hoa.appointments.get().pk
    end = lambda by: people.end_role(appointment=Appointment.objects.get(pk=held), by=of(by))  # noqa: E731
    assert refusals(at_once(lambda: end("quan"), lambda: end("second"))) == [str(people.ENDED)]
    assert entered("accounts.role.ended") == 1


def test_of_two_resets_at_once_one_is_told_that_its_password_would_open_nothing(cast, second):
    first, other = of("hoa"), of("hoa")
    results = at_once(
        lambda: people.reset(user=first, by=of("quan")), lambda: people.reset(user=other, by=of("second"))
    )
    assert refusals(results) == [str(people.CHANGED)]
    password = next(result for result in results if isinstance(result, str))
    assert of("hoa").check_password(password)
    assert entered("accounts.person.reset") == 1


def test_two_administrators_close_an_account_once_and_give_it_no_role_meanwhile(cast, second):
    results = at_once(
        lambda: people.set_active(user=of("hoa"), active=False, by=of("quan")),
        lambda: people.set_active(user=of("hoa"), active=False, by=of("second")),
    )
    assert refusals(results) == [str(people.CHANGED)]
    assert entered("accounts.person.deactivated") == 1


def test_two_administrators_do_not_close_each_others_accounts(cast, second):
    results = at_once(
        lambda: people.set_active(user=of("second"), active=False, by=of("quan")),
        lambda: people.set_active(user=of("quan"), active=False, by=of("second")),
    )
    assert refusals(results) == [str(people.NOT_YOURS)]
    assert User.objects.filter(username__in=("quan", "second"), is_active=True).count() == 1


def test_two_administrators_do_not_end_each_others_roles(cast, second):
    own = {login: of(login).appointments.get().pk for login in ("quan", "second")}
    end = lambda whose, by: people.end_role(appointment=Appointment.objects.get(pk=own[whose]), by=of(by))  # noqa: E731
    results = at_once(lambda: end("second", "quan"), lambda: end("quan", "second"))
    assert refusals(results) == [str(people.NOT_YOURS)]
    assert entered("accounts.role.ended") == 1


# -- two people --------------------------------------------------------------------------------------------------------


def test_o3_an_asking_is_approved_once_though_two_approve_at_once(cast, second):
    asking = asked(cast)
    results = at_once(
        *(lambda by=by: approvals.approve(approval=asking, by=of(by)) for by in ("minh", "second")),
    )
    assert refusals(results) == [str(approvals.NOT_WAITING)]
    assert entered("accounts.approval.approved") == 1


def test_o3_what_is_approved_and_refused_at_once_ends_refused_or_is_not_approved(cast, second):
    asking = asked(cast)
    at_once(
        lambda: approvals.approve(approval=asking, by=of("minh")),
        lambda: approvals.refuse(approval=asking, by=of("second")),
    )
    assert approvals.state(Approval.objects.get()) == "refused"
    assert approvals.approved("box.recovery", "na-co-sa") is None


def test_o3_an_approval_is_spent_once_though_two_tabs_spend_it_at_once(cast):
    agreed(cast)

    def spend() -> Approval:
        with transaction.atomic():
            return approvals.spend(kind="box.recovery", subject="na-co-sa", by=of("nam"))

    assert refusals(at_once(spend, spend, spend)) == [str(approvals.NEEDS_TWO)] * 2
    assert entered("accounts.approval.used") == 1


def test_o3_two_tabs_ask_once(cast):
    assert refusals(at_once(lambda: asked(cast), lambda: asked(cast))) == [str(approvals.ASKED_ALREADY)]
    assert Approval.objects.count() == 1


# -- signing in --------------------------------------------------------------------------------------------------------


def past_the_password() -> FaceClient:
    client = FaceClient("desk")
    assert client.post("/accounts/login/", {"login": "hoa", "password": PASSWORD}).status_code == 302
    return client


def test_o1_tries_that_begin_while_others_are_forgiven_are_all_counted_and_none_fails(db):
    def tries() -> None:
        for _each in range(60):
            with suppress(slowing.TooSoon):
                slowing.begin("hoa")
            slowing.forgive("hoa")

    at_once(*[tries] * 6)
    slowing.begin("hoa")
    assert Tries.objects.get(login="hoa").count == 1


def test_o1_one_code_opens_one_of_two_sessions_that_send_it_at_the_same_moment(cast):
    secret = give_phone(cast.hoa)
    cache.clear()
    clients, good = [past_the_password() for _time in range(2)], code(secret)
    at_once(*(lambda one=one: one.post("/accounts/2fa/authenticate/", {"code": good}) for one in clients))
    assert sorted(map(signed_in, clients)) == [False, True]


def test_o1_one_recovery_code_opens_one_of_two_sessions_that_send_it_at_the_same_moment(cast):
    give_phone(cast.hoa)
    spare = RecoveryCodes.activate(cast.hoa).get_unused_codes()[0]
    clients = [past_the_password() for _time in range(2)]
    at_once(*(lambda one=one: one.post("/accounts/2fa/authenticate/", {"code": spare}) for one in clients))
    assert sorted(map(signed_in, clients)) == [False, True]


def test_o1_a_copied_passkey_opens_one_of_two_sessions_that_answer_at_the_same_moment(cast):
    key = key_of(cast.hoa)
    clients = [FaceClient("desk") for _time in range(2)]
    answers = []
    for one in clients:
        counter = key.counter
        answers.append(key.get(ask(one)))
        key.counter = counter
    sign_in = lambda one, answer: one.post("/accounts/passkeys/sign-in/", {"credential": answer})  # noqa: E731
    at_once(
        *(lambda one=one, answer=answer: sign_in(one, answer) for one, answer in zip(clients, answers, strict=True))
    )
    assert sorted(map(signed_in, clients)) == [False, True]
    assert entered("accounts.passkey.copied") == 1
