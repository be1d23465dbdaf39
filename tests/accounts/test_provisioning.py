"""Several officers at once: every line is looked at, all are added or nobody, and each password is known once."""

from datetime import date

import pytest

from keng.accounts import people, provisioning
from keng.accounts.models import Appointment, Role, User
from keng.accounts.permissions import has_role
from keng.ledger.models import Entry
from tests.cast import Cast, user

pytestmark = pytest.mark.django_db
GOOD = """lo-van-tam; Lò Văn Tám; người giữ khoá

sung-thi-may; Sùng  Thị Máy; CÁN BỘ; 31/12/2030
vi-van-ba\tVì Văn Ba\tlanh dao\t2030-12-31
"""


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.quan, made.hoa, made.post
    return made


def test_each_line_is_read_with_its_number_role_and_day():
    lines = [(line.number, line.username, line.name, line.role, line.until) for line in provisioning.read(GOOD)]
    assert lines == [
        (1, "lo-van-tam", "Lò Văn Tám", Role.CUSTODIAN, None),
        (3, "sung-thi-may", "Sùng Thị Máy", Role.OFFICER, date(2030, 12, 31)),
        (4, "vi-van-ba", "Vì Văn Ba", Role.LEADER, date(2030, 12, 31)),
    ]
    assert not any(line.wrong for line in provisioning.read(GOOD))


def test_all_are_added_with_a_password_and_entries_each(cast):
    made = provisioning.add_all(lines=provisioning.read(GOOD), office=cast.post, by=cast.quan)
    assert [person.username for person, _password in made] == ["lo-van-tam", "sung-thi-may", "vi-van-ba"]
    for person, password in made:
        assert User.objects.get(pk=person.pk).check_password(password)
        assert person.must_change_password
    assert has_role(made[0][0], cast.post, Role.CUSTODIAN)
    assert Appointment.objects.get(user=made[1][0]).last_day == date(2030, 12, 31)
    assert Entry.objects.filter(verb="accounts.person.added", by="quan", office="bp-na-co-sa").count() == 3


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        ("lo-van-tam", [provisioning.SHAPE]),
        ("a; b; c; d; e", [provisioning.SHAPE]),
        ("Lò Văn; Lò Văn; cán bộ", [people.BAD_LOGIN]),
        ("hoa; Giàng A Hoà; cán bộ", [people.LOGIN_TAKEN]),
        ("a; \u200b; cán bộ", [people.NO_NAME]),
        ("a; A; vua", [provisioning.BAD_ROLE]),
        ("a; A; cán bộ; 31/02/2030", [provisioning.BAD_DAY]),
        ("a; A; cán bộ; 31/12/2020", [people.BAD_UNTIL]),
        ("a; A; cán bộ; 31/12/2999", [people.BAD_UNTIL]),
        ("; ; ;", [people.BAD_LOGIN, people.NO_NAME, provisioning.BAD_ROLE]),
        ("\x00; \x00; \x00", [people.BAD_LOGIN, people.NO_NAME, provisioning.BAD_ROLE]),
        ("x" * 5000 + "; A; cán bộ", [people.BAD_LOGIN]),
    ],
)
def test_s3_a_wrong_line_is_told_by_its_number_and_nobody_is_added(cast, line, sentences):
    lines = provisioning.read(f"{GOOD}{line}")
    assert [(one.number, one.wrong) for one in lines if one.wrong] == [(5, sentences)]
    before = User.objects.count(), Entry.objects.count()
    with pytest.raises(people.Refused) as error:
        provisioning.add_all(lines=lines, office=cast.post, by=cast.quan)
    assert error.value.sentence is provisioning.WRONG
    assert (User.objects.count(), Entry.objects.count()) == before


def test_a_login_stands_in_one_line_only(cast):
    lines = provisioning.read("a; A; cán bộ\nb; B; cán bộ\na; C; cán bộ")
    assert [one.wrong for one in lines] == [[], [], [provisioning.TWICE]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", provisioning.NOTHING),
        (" \n\t\n", provisioning.NOTHING),
        ("a; A; cán bộ\n" * 41, provisioning.TOO_MANY),
        ("x" * 10_001, provisioning.TOO_MANY),
    ],
)
def test_s3_an_empty_or_endless_list_is_refused(db, text, sentence):
    with pytest.raises(people.Refused) as error:
        provisioning.read(text)
    assert error.value.sentence is sentence


def test_one_taken_meanwhile_undoes_all(cast):
    lines = provisioning.read(GOOD)
    user("vi-van-ba", "Người Nhanh Tay")
    before = User.objects.count(), Entry.objects.count()
    with pytest.raises(people.Refused):
        provisioning.add_all(lines=lines, office=cast.post, by=cast.quan)
    assert (User.objects.count(), Entry.objects.count()) == before


def test_o2_an_administrator_adds_several_only_at_offices_in_reach(cast):
    local = user("local", "Quản trị đồn", (cast.post, Role.ADMINISTRATOR))
    with pytest.raises(people.Refused) as error:
        provisioning.add_all(lines=provisioning.read(GOOD), office=cast.neighbour, by=local)
    assert error.value.sentence is people.NOT_YOURS
