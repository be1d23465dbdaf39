"""What an administrator may do about officers, and what not. Each thing done stands in the ledger."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from keng.accounts import people
from keng.accounts.models import Appointment, Role, User
from keng.accounts.permissions import has_role, may
from keng.core.ids import this_hour
from keng.ledger.models import Entry
from keng.units.models import Office
from tests.accounts.signing_in import enter, give_phone
from tests.cast import Cast, unit, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """With those who are refused or changed already there: a refusal is known by nothing having been written."""
    made = Cast()
    _ = made.quan, made.hoa, made.nam, made.minh, made.neighbour
    return made


def add(cast, **changed):
    wanted = {"username": "sung-thi-may", "name": "Sùng Thị Máy", "office": cast.post, "role": Role.OFFICER}
    return people.add(by=cast.quan, **(wanted | changed))


def entries(subject: str) -> list[tuple[str, str, str, str]]:
    return sorted(Entry.objects.filter(subject=subject).values_list("verb", "office", "by", "case"))


def refused(sentence, service, **what):
    """The service refuses with that sentence and writes nothing."""
    before = (Entry.objects.count(), User.objects.count(), Appointment.objects.count())
    with pytest.raises(people.Refused) as error:
        service(**what)
    assert error.value.sentence is sentence
    assert (Entry.objects.count(), User.objects.count(), Appointment.objects.count()) == before


# -- adding ------------------------------------------------------------------------------------------------------------


def test_a_new_officer_gets_a_role_and_a_one_time_password_that_must_be_changed(cast):
    made, password = add(cast, name="  Sùng \t Thị\u202e  Máy ")
    assert made.name == "Sùng Thị Máy"
    assert made.check_password(password)
    assert made.must_change_password
    assert has_role(made, cast.post, Role.OFFICER)
    assert entries("sung-thi-may") == [
        ("accounts.person.added", "bp-na-co-sa", "quan", ""),
        ("accounts.role.given", "bp-na-co-sa", "quan", "officer"),
    ]


def test_one_time_passwords_are_long_readable_and_never_alike():
    made = {people.one_time_password() for _time in range(200)}
    assert len(made) == 200
    for password in made:
        assert len(password) == 19
        assert not set(password) & set("il1o0")


@pytest.mark.parametrize("login", ["", "Lo", "lò", "a b", "-a", "a-", "a--b", "a.b", "a" * 61, "a\n", "<b>", "ａ", "٣"])
def test_a_login_is_made_of_plain_small_letters_digits_and_single_dashes(cast, login):
    if login == "a\n":  # a line end at the edge is a slip of the keyboard
        assert add(cast, username=login)[0].username == "a"
    else:
        refused(people.BAD_LOGIN, add, cast=cast, username=login)


def test_a_login_is_never_given_twice_even_when_its_holder_left(cast):
    people.set_active(user=cast.hoa, active=False, by=cast.quan)
    refused(people.LOGIN_TAKEN, add, cast=cast, username="hoa")


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e", "\x00"])
def test_an_officer_has_a_name(cast, name):
    refused(people.NO_NAME, add, cast=cast, name=name)


def test_o2_an_administrator_adds_only_at_offices_in_reach(cast):
    local = user("local", "Quản trị đồn", (cast.post, Role.ADMINISTRATOR))
    people.add(username="a", name="A", office=cast.post, role=Role.OFFICER, by=local)
    for office in (cast.neighbour, cast.province_police):
        refused(people.NOT_YOURS, people.add, username="b", name="B", office=office, role=Role.OFFICER, by=local)


@pytest.mark.parametrize("who", ["hoa", "nam", "minh"])
def test_o2_other_roles_add_nobody(cast, who):
    refused(
        people.NOT_YOURS, people.add, username="b", name="B", office=cast.post, role=Role.OFFICER, by=getattr(cast, who)
    )


# -- roles -------------------------------------------------------------------------------------------------------------


def test_a_role_is_given_and_ended_and_the_past_stays(cast):
    given = people.give_role(user=cast.hoa, office=cast.neighbour, role=Role.LEADER, by=cast.quan)
    assert has_role(cast.hoa, cast.neighbour, Role.LEADER)
    people.end_role(appointment=given, by=cast.quan)
    assert not has_role(cast.hoa, cast.neighbour, Role.LEADER)
    assert Appointment.objects.get(pk=given.pk).until == this_hour()
    assert ("accounts.role.ended", "ca-thanh-yen", "quan", "leader") in entries("hoa")
    again = people.give_role(user=cast.hoa, office=cast.neighbour, role=Role.LEADER, by=cast.quan)
    assert again.pk != given.pk


def test_a_role_already_held_is_not_given_again_and_one_ended_not_ended_again(cast):
    refused(people.HAS_ROLE, people.give_role, user=cast.hoa, office=cast.post, role=Role.OFFICER, by=cast.quan)
    held = cast.hoa.appointments.get()
    people.end_role(appointment=held, by=cast.quan)
    refused(people.ENDED, people.end_role, appointment=held, by=cast.quan)


@pytest.mark.parametrize("role", list(Role))
def test_an_administrator_gives_himself_no_role_and_ends_none_of_his_own(cast, role):
    refused(people.YOURSELF, people.give_role, user=cast.quan, office=cast.post, role=role, by=cast.quan)
    held = cast.quan.appointments.get()
    refused(people.YOURSELF, people.end_role, appointment=held, by=cast.quan)


@pytest.mark.parametrize("reading", [Role.OFFICER, Role.CUSTODIAN])
def test_nobody_both_administers_and_reads(cast, reading):
    both = {"office": cast.post, "by": cast.quan}
    second = user("second", "Quản trị hai", (cast.neighbour, Role.ADMINISTRATOR))
    refused(people.APART, people.give_role, user=second, role=reading, **both)
    reader = user("reader", "Người đọc", (cast.neighbour, reading))
    refused(people.APART, people.give_role, user=reader, role=Role.ADMINISTRATOR, **both)
    people.end_role(appointment=reader.appointments.get(), by=cast.quan)
    people.give_role(user=reader, role=Role.ADMINISTRATOR, **both)
    assert may(reader, people.PERM, cast.post)


def test_a_role_is_not_given_to_a_closed_account(cast):
    people.set_active(user=cast.hoa, active=False, by=cast.quan)
    refused(people.INACTIVE, people.give_role, user=cast.hoa, office=cast.post, role=Role.LEADER, by=cast.quan)


def test_o2_a_role_at_somebody_elses_office_is_neither_given_nor_ended(cast):
    local = user("local", "Quản trị đồn", (cast.post, Role.ADMINISTRATOR))
    refused(people.NOT_YOURS, people.give_role, user=cast.hoa, office=cast.neighbour, role=Role.OFFICER, by=local)
    refused(people.NOT_YOURS, people.end_role, appointment=cast.lan.appointments.get(), by=local)


# -- accounts ----------------------------------------------------------------------------------------------------------


def test_a_reset_clears_the_second_factor_and_signs_out_everywhere(desk, cast):
    enter(desk, cast.hoa)
    password = people.reset(user=cast.hoa, by=cast.quan)
    assert desk.get("/accounts/")["Location"].startswith("/accounts/login/")
    assert not Authenticator.objects.filter(user=cast.hoa).exists()
    desk.post("/accounts/login/", {"login": "hoa", "password": password})
    assert desk.get("/")["Location"] == "/accounts/password/change/"
    assert ("accounts.person.reset", "bp-na-co-sa", "quan", "") in entries("hoa")


def test_o2_whoever_could_sign_in_as_a_person_must_administer_everything_that_person_does(cast):
    local = user("local", "Quản trị đồn", (cast.post, Role.ADMINISTRATOR))
    people.give_role(user=cast.hoa, office=cast.province_police, role=Role.OFFICER, by=cast.quan)
    give_phone(cast.hoa)
    refused(people.NOT_ALL_YOURS, people.reset, user=cast.hoa, by=local)
    refused(people.NOT_ALL_YOURS, people.set_active, user=cast.hoa, active=False, by=local)
    refused(people.NOT_ALL_YOURS, people.rename, user=cast.hoa, name="Ai Đó", by=local)
    assert Authenticator.objects.filter(user=cast.hoa).exists()
    people.reset(user=cast.hoa, by=cast.quan)


def test_o2_whoever_moved_on_is_no_longer_their_former_administrators(cast):
    local = user("local", "Quản trị đồn", (cast.post, Role.ADMINISTRATOR))
    here = cast.hoa.appointments.get()
    people.give_role(user=cast.hoa, office=cast.neighbour, role=Role.OFFICER, by=cast.quan)
    people.end_role(appointment=here, by=local)
    assert set(people.offices_of("hoa")) == {cast.neighbour.pk}
    refused(people.NOT_ALL_YOURS, people.reset, user=cast.hoa, by=local)


def test_whoever_holds_no_role_any_more_can_still_be_reset_by_the_last_administrator(cast):
    people.end_role(appointment=cast.hoa.appointments.get(), by=cast.quan)
    assert set(people.offices_of("hoa")) == {cast.post.pk}
    people.set_active(user=cast.hoa, active=False, by=cast.quan)


def test_an_administrator_neither_resets_nor_closes_their_own_account(cast):
    refused(people.YOURSELF, people.reset, user=cast.quan, by=cast.quan)
    refused(people.YOURSELF, people.set_active, user=cast.quan, active=False, by=cast.quan)


def test_an_account_is_closed_and_reopened_with_its_roles(cast):
    people.set_active(user=cast.hoa, active=False, by=cast.quan)
    assert not may(cast.hoa, "desk.read_box", cast.post)
    people.set_active(user=cast.hoa, active=True, by=cast.quan)
    assert may(cast.hoa, "desk.read_box", cast.post)
    verbs = [verb for verb, *_rest in entries("hoa")]
    assert verbs == ["accounts.person.deactivated", "accounts.person.reactivated"]


def test_a_name_is_corrected_and_found_without_accents(cast):
    people.rename(user=cast.hoa, name="Giàng A Hoà Bình", by=cast.quan)
    cast.hoa.refresh_from_db()
    assert cast.hoa.search_key == "giang a hoa binh"
    assert entries("hoa") == [("accounts.person.renamed", "bp-na-co-sa", "quan", "")]


def test_in_reach_are_those_with_a_role_there_now_or_before(cast):
    local = user("local", "Quản trị đồn", (cast.post, Role.ADMINISTRATOR))
    gone = user("gone", "Đã chuyển", (cast.post, Role.OFFICER))
    gone.appointments.update(until=this_hour() - timedelta(days=1))
    _ = cast.hoa, cast.lan, cast.minh
    assert {person.username for person in people.in_reach(local)} == {"local", "gone", "hoa", "nam"}
    assert {"hoa", "lan", "minh", "quan"} <= {person.username for person in people.in_reach(cast.quan)}
    assert not people.in_reach(cast.hoa).exists()


# -- the first administrator ---------------------------------------------------------------------------------------------


def test_the_first_administrator_is_made_on_the_command_line(cast, capsys):
    call_command("first_administrator", "dau-tien", "Người Đầu Tiên", "--office", cast.post.code)
    printed = capsys.readouterr().out
    first = User.objects.get(username="dau-tien")
    assert has_role(first, cast.post, Role.ADMINISTRATOR)
    assert first.must_change_password
    assert any(first.check_password(word) for word in printed.split())
    entry = Entry.objects.get(verb="accounts.person.added")
    assert (entry.by, entry.purpose) == ("", "dòng lệnh trên máy chủ")


@pytest.mark.parametrize(
    ("username", "office", "sentence"),
    [("Sai Rồi", "bp-na-co-sa", "Tên đăng nhập chỉ gồm"), ("moi", "khong-co", "Không có đơn vị khong-co")],
)
def test_a_wrong_word_on_the_command_line_is_told_in_a_sentence(cast, username, office, sentence):
    before = User.objects.count()
    with pytest.raises(CommandError, match=sentence):
        call_command("first_administrator", username, "Ai", "--office", office)
    assert User.objects.count() == before


def test_on_an_empty_installation_the_first_office_is_made_with_its_first_administrator(db, capsys):
    call_command("load_units", verbosity=0)
    first = ("first_administrator", "quan", "Phạm Hồng Quân", "--office", "ca-dien-bien")
    with pytest.raises(CommandError, match="--office-name"):
        call_command(*first)
    call_command(*first, "--office-name", "Công an tỉnh Điện Biên")
    made = Office.objects.get(code="ca-dien-bien")
    assert (made.kind, made.province_id, made.above) == ("province_police", "11", None)
    assert may(User.objects.get(username="quan"), "accounts.manage_people", made)
    assert set(Entry.objects.values_list("verb", flat=True)) >= {"units.office.added", "accounts.person.added"}


def test_without_units_or_with_a_wrong_login_not_even_the_office_is_made(db):
    first = ("--office", "ca-dien-bien", "--office-name", "Công an tỉnh Điện Biên")
    with pytest.raises(CommandError, match="load_units"):
        call_command("first_administrator", "quan", "Phạm Hồng Quân", *first)
    unit("11", "Điện Biên", "tinh")
    with pytest.raises(CommandError, match="Tên đăng nhập"):
        call_command("first_administrator", "Sai Rồi", "Phạm Hồng Quân", *first)
    assert not Office.objects.exists()
