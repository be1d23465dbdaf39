"""Passkeys: added after the password, good as second factor and as both; each way of cheating with one is refused (O1)."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator

from keng.accounts import approvals, devices, passkeys, people, slowing, twice
from keng.accounts.models import Role, Tries, User
from keng.ledger.models import Entry
from tests.accounts.signing_in import enter, give_phone, hold_the_clock, straight_in
from tests.accounts.soft_key import PRESENT, SoftKey, add_passkey, ask, by_passkey
from tests.accounts.two_people import asked
from tests.cast import PASSWORD, Cast, user
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db
UNREADABLE = "Khoá truy cập chưa dùng được"
SIGN_IN, SECOND = "/accounts/passkeys/sign-in/", "/accounts/2fa/passkey/"


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.quan, made.hoa, made.lan
    return made


@pytest.fixture
def key(cast) -> SoftKey:
    """Hoà's; she is signed out again."""
    return key_of(cast.hoa)


def key_of(person: User, **details: object) -> SoftKey:
    client, made = FaceClient("desk"), SoftKey(**details)  # type: ignore[arg-type]
    enter(client, person)
    assert add_passkey(client, made, password=PASSWORD)["Location"] == "/accounts/"
    return made


def told(answer, client) -> str:
    """The sentence on the page that a refusal leads to."""
    assert answer.status_code == 302
    return client.get(answer["Location"]).content.decode()


def signed_in(client) -> bool:
    return client.get("/accounts/").status_code == 200


def verbs(login: str = "hoa") -> list[str]:
    found = Entry.objects.filter(subject=login, verb__startswith="accounts.passkey.")
    return sorted(found.values_list("verb", flat=True))


# -- the way it goes ---------------------------------------------------------------------------------------------------


def test_a_passkey_is_added_after_the_password_is_typed_again(desk, cast):
    enter(desk, cast.hoa)
    assert desk.get("/accounts/passkeys/add/")["Location"].startswith("/accounts/reauthenticate/")
    assert desk.post("/accounts/api/passkeys/make").status_code == 403
    assert not passkeys.of(cast.hoa).exists()
    assert add_passkey(desk, SoftKey(), name="Máy ở cơ quan", password=PASSWORD)["Location"] == "/accounts/"
    assert "Máy ở cơ quan" in desk.get("/accounts/").content.decode()
    assert verbs() == ["accounts.passkey.added"]


def test_o1_a_passkey_alone_signs_in_for_it_is_both_factors(desk, cast, key):
    answer = by_passkey(desk, key)
    assert answer["Location"] == "/"
    assert desk.get("/")["Location"] == "/mailbox/"
    assert devices.known(answer.wsgi_request, "hoa") == ""
    assert devices.cookie_name("hoa") in desk.cookies


def test_o1_a_passkey_stands_in_for_the_code_after_the_password(desk, cast, key):
    desk.post("/accounts/login/", {"login": "hoa", "password": PASSWORD})
    assert "Dùng khoá truy cập thay cho mã" in desk.get("/accounts/2fa/authenticate/").content.decode()
    assert [one["id"] for one in ask(desk)["publicKey"]["allowCredentials"]] == [json.loads(key.get(ask(desk)))["id"]]
    assert by_passkey(desk, key, SECOND)["Location"] == "/"
    assert signed_in(desk)


def test_the_page_asked_for_is_come_back_to_and_no_other_site(desk, key):
    assert by_passkey(desk, key, next="/boxes/?page=2")["Location"] == "/boxes/?page=2"
    desk.post("/accounts/logout/")
    assert by_passkey(desk, key, next="https://evil.example/")["Location"] == "/"


def test_nobody_is_told_whose_passkeys_there_are_before_a_right_password(desk, key):
    assert not ask(desk)["publicKey"].get("allowCredentials")
    desk.post("/accounts/login/", {"login": "hoa", "password": "khong phai"})
    assert not ask(desk)["publicKey"].get("allowCredentials")


def test_each_passkey_demands_that_the_person_be_verified(desk, cast, key):
    assert ask(desk)["publicKey"]["userVerification"] == "required"
    straight_in(desk, cast.hoa)
    desk.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/"})
    options = desk.post("/accounts/api/passkeys/make").json()["publicKey"]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert [one["id"] for one in options["excludeCredentials"]] == [passkeys.of(cast.hoa).get().data["id"]]


def test_o1_the_first_password_must_be_changed_though_one_signs_in_by_passkey(desk, cast, key):
    User.objects.filter(pk=cast.hoa.pk).update(must_change_password=True)
    by_passkey(desk, key)
    assert desk.get("/")["Location"] == "/accounts/password/change/"


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://my.localhost"},
        {"origin": "http://127.0.0.1"},
        {"origin": "http://evil.desk.localhost"},
        {"origin": "https://desk.localhost"},
        {"origin": "http://desk.localhost:8001"},
        {"rp": "localhost"},
        {"rp": "my.localhost"},
        {"flags": PRESENT},
        {"flags": 0},
    ],
    ids=str,
)
def test_o1_an_answer_given_to_another_face_or_without_finger_or_pin_opens_nothing(desk, cast, key, wrong):
    for name, value in wrong.items():
        setattr(key, name, value)
    assert UNREADABLE in told(by_passkey(desk, key), desk)
    assert not signed_in(desk)
    desk.post("/accounts/login/", {"login": "hoa", "password": PASSWORD})
    assert UNREADABLE in told(by_passkey(desk, key, SECOND), desk)
    assert not signed_in(desk)


@pytest.mark.parametrize("wrong", [{"origin": "http://my.localhost"}, {"rp": "localhost"}, {"flags": PRESENT}], ids=str)
def test_o1_a_passkey_made_for_another_face_or_without_finger_or_pin_is_not_added(desk, cast, wrong):
    straight_in(desk, cast.hoa)
    answer = add_passkey(desk, SoftKey(**wrong), password=PASSWORD)
    assert answer.status_code == 400
    assert UNREADABLE in answer.content.decode()
    assert not passkeys.of(cast.hoa).exists()


def test_o1_an_answer_is_good_once_and_only_in_the_session_that_was_asked(desk, key):
    answer = key.get(ask(desk))
    other = FaceClient("desk")
    ask(other)
    assert UNREADABLE in told(other.post(SIGN_IN, {"credential": answer}), other)
    assert desk.post(SIGN_IN, {"credential": answer})["Location"] == "/"
    desk.post("/accounts/logout/")
    assert UNREADABLE in told(desk.post(SIGN_IN, {"credential": answer}), desk)


def test_o1_an_answer_that_comes_after_five_minutes_is_too_late(desk, key, monkeypatch):
    answer = key.get(ask(desk))
    late = datetime.now(UTC).timestamp() + passkeys.PATIENCE
    monkeypatch.setattr("keng.accounts.passkeys.time.time", lambda: late)
    assert UNREADABLE in told(desk.post(SIGN_IN, {"credential": answer}), desk)


def test_o1_a_colleagues_passkey_is_no_second_factor_after_ones_password(desk, cast, key):
    theirs = key_of(cast.lan)
    desk.post("/accounts/login/", {"login": "hoa", "password": PASSWORD})
    assert UNREADABLE in told(by_passkey(desk, theirs, SECOND), desk)
    theirs.handle = key.handle
    assert UNREADABLE in told(by_passkey(desk, theirs, SECOND), desk)
    elsewhere = FaceClient("desk")
    assert UNREADABLE in told(by_passkey(elsewhere, theirs), elsewhere)
    assert not signed_in(desk)
    assert not signed_in(elsewhere)


def test_o1_a_passkey_without_the_password_does_not_finish_another_sign_in(desk, key):
    assert desk.post(SECOND, {"credential": key.get(ask(desk))})["Location"] == "/accounts/login/"
    assert not signed_in(desk)


def test_o1_a_removed_passkey_opens_nothing(desk, cast, key):
    client = FaceClient("desk")
    by_passkey(client, key)
    row = passkeys.of(cast.hoa).get()
    assert "Đã gỡ khoá" in told(client.post(f"/accounts/passkeys/{row.pk}/remove/"), client)
    assert UNREADABLE in told(by_passkey(desk, key), desk)
    assert verbs() == ["accounts.passkey.added", "accounts.passkey.removed"]


@pytest.mark.parametrize("back", [1, 2])
def test_o1_a_copied_passkey_is_found_by_its_counter_blocked_and_entered(desk, cast, key, back):
    by_passkey(desk, key)
    by_passkey(FaceClient("desk"), key)
    key.counter -= back
    thief = FaceClient("desk")
    assert "dấu hiệu bị sao chép" in told(by_passkey(thief, key), thief)
    assert not signed_in(thief)
    key.counter += 10
    assert "dấu hiệu bị sao chép" in told(by_passkey(thief, key), thief)
    assert verbs() == ["accounts.passkey.added", "accounts.passkey.copied"]
    assert "bị chặn" in desk.get("/accounts/").content.decode()


def test_a_passkey_that_counts_nothing_is_used_again_and_again(cast):
    key = key_of(cast.hoa, counter=0)
    for _time in range(3):
        key.counter = 0
        assert by_passkey(FaceClient("desk"), key)["Location"] == "/"


def test_o1_a_closed_account_is_not_opened_by_its_passkey(desk, cast, key):
    people.set_active(user=cast.hoa, active=False, by=cast.quan)
    assert by_passkey(desk, key)["Location"] == "/accounts/inactive/"
    assert not signed_in(desk)


def test_o1_an_administrators_reset_clears_passkeys(desk, cast, key):
    people.reset(user=cast.hoa, by=cast.quan)
    assert not Authenticator.objects.filter(user=cast.hoa).exists()
    assert UNREADABLE in told(by_passkey(desk, key), desk)


def test_o1_the_last_second_factor_is_not_removed(desk, cast, key):
    Authenticator.objects.filter(user=cast.hoa, type="totp").delete()
    by_passkey(desk, key)
    row = passkeys.of(cast.hoa).get()
    assert "cuối cùng" in told(desk.post(f"/accounts/passkeys/{row.pk}/remove/"), desk)
    assert passkeys.of(cast.hoa).exists()
    give_phone(cast.hoa)
    passkeys.remove(user=cast.hoa, passkey=row.pk)


@pytest.mark.parametrize("step", ["name", "remove"])
def test_o2_somebody_elses_passkey_is_neither_renamed_nor_removed(desk, cast, key, step):
    straight_in(desk, cast.lan)
    row = passkeys.of(cast.hoa).get()
    assert desk.post(f"/accounts/passkeys/{row.pk}/{step}/", {"name": "Của tôi"}).status_code == 404
    row.refresh_from_db()
    assert row.data["name"] == "Máy ở cơ quan"


def test_one_passkey_belongs_to_one_account_and_is_there_once(desk, cast, key):
    for person in (cast.lan, cast.hoa):
        straight_in(desk, person)
        answer = add_passkey(desk, SoftKey(ident=key.ident), password=PASSWORD)
        assert answer.status_code == 400
        assert "đã có trong một tài khoản" in answer.content.decode()


def test_a_person_has_ten_passkeys_at_most(desk, cast, key):
    straight_in(desk, cast.hoa)
    for number in range(9):
        assert add_passkey(desk, SoftKey(), password=PASSWORD).status_code == 302, number
    assert "tối đa 10" in add_passkey(desk, SoftKey(), password=PASSWORD).content.decode()


@pytest.mark.parametrize("name", ["", "  ", "\x00", "\u202e", "x" * 41])
def test_s3_a_passkey_has_a_name(desk, cast, key, name):
    straight_in(desk, cast.hoa)
    row = passkeys.of(cast.hoa).get()
    assert desk.post(f"/accounts/passkeys/{row.pk}/name/", {"name": name}).status_code == 400
    assert add_passkey(desk, SoftKey(), name=name, password=PASSWORD).status_code == 400
    assert passkeys.of(cast.hoa).get().data["name"] == "Máy ở cơ quan"
    assert desk.post(f"/accounts/passkeys/{row.pk}/name/", {"name": "Khoá USB"}).status_code == 302
    assert passkeys.of(cast.hoa).get().data["name"] == "Khoá USB"


MANGLED = [
    "",
    "x",
    "null",
    "[]",
    "{}",
    "7",
    '"a"',
    "[" * 16000,
    '{"a":' * 3000,
    "x" * 20_000,
    "\x00",
    '{"rawId": 1, "response": {"userHandle": 2}}',
    '{"rawId": "AA", "response": {"userHandle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}}',
    '{"rawId": "AA", "response": {"userHandle": "\u0664"}}',
    '{"rawId": "AA", "response": null}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "_w", "attestationObject": "_w"}}',
]


@pytest.mark.parametrize("answer", MANGLED, ids=lambda answer: repr(answer[:30]))
def test_s3_a_mangled_answer_is_refused_with_a_sentence_everywhere(desk, cast, key, answer):
    ask(desk)
    assert UNREADABLE in told(desk.post(SIGN_IN, {"credential": answer}), desk)
    desk.post("/accounts/login/", {"login": "hoa", "password": PASSWORD})
    ask(desk)
    assert UNREADABLE in told(desk.post(SECOND, {"credential": answer}), desk)
    straight_in(desk, cast.hoa)
    desk.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/"})
    desk.post("/accounts/api/passkeys/make")
    made = desk.post("/accounts/passkeys/add/", {"name": "Máy", "credential": answer})
    assert made.status_code == 400
    assert UNREADABLE in made.content.decode()


@pytest.mark.parametrize("field", ["authenticatorData", "signature", "clientDataJSON", "userHandle"])
@pytest.mark.parametrize("bytes_", ["", "AA", "_" * 400, "!", "oA"])
def test_s3_an_answer_with_a_mangled_field_is_refused(desk, key, field, bytes_):
    answer = key.get(ask(desk), **{field: bytes_})
    assert UNREADABLE in told(desk.post(SIGN_IN, {"credential": answer}), desk)
    assert not signed_in(desk)


# -- slowing -----------------------------------------------------------------------------------------------------------


def test_o1_wrong_answers_slow_the_account_and_the_right_one_is_refused_meanwhile(desk, key, monkeypatch):
    hold_the_clock(monkeypatch)
    for _time in range(4):
        answer = key.get(ask(desk), signature="AA")
        assert UNREADABLE in told(desk.post(SIGN_IN, {"credential": answer}), desk)
    assert "Đồng chí chờ" in told(by_passkey(desk, key), desk)
    Tries.objects.update(last=datetime.now(UTC) - timedelta(minutes=5))
    assert by_passkey(desk, key)["Location"] == "/"
    assert not Tries.objects.filter(login="hoa").exists()


def test_o1_whoever_does_not_know_a_passkeys_id_slows_nobody_with_made_up_ones(desk, key):
    before = list(Tries.objects.values())
    for _time in range(10):
        by_passkey(desk, SoftKey(handle=key.handle))
    assert list(Tries.objects.values()) == before


def test_o1_strangers_wrong_tries_do_not_keep_the_owner_from_a_known_machine(desk, key):
    by_passkey(desk, key)
    desk.post("/accounts/logout/")
    slowing.begin("hoa")
    Tries.objects.filter(login="hoa").update(count=60, last=datetime.now(UTC))
    stranger = FaceClient("desk")
    assert "Đồng chí chờ" in told(by_passkey(stranger, key), stranger)
    assert by_passkey(desk, key)["Location"] == "/"


# -- two people --------------------------------------------------------------------------------------------------------


def test_o3_two_accounts_that_ever_had_the_same_passkey_are_not_two_people(cast):
    other = user("thu-hai", "Vì Văn Thứ Hai", (cast.post, Role.LEADER))
    first = key_of(cast.nam)
    passkeys.remove(user=cast.nam, passkey=passkeys.of(cast.nam).get().pk)
    asking = asked(cast)
    key_of(other, ident=first.ident)
    with pytest.raises(approvals.NotApproved) as error:
        approvals.approve(approval=asking, by=other)
    assert error.value.sentence is twice.SAME_FACTOR
    passkeys.remove(user=other, passkey=passkeys.of(other).get().pk)
    key_of(other)
    assert approvals.approve(approval=asking, by=other)
