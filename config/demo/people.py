"""The demo's cast: officers with password, second factor and a key of their own. Logins as in the tests' cast."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from config.demo.client import new_identity, seal_with_passphrase
from config.demo.province import BORDER, COMMITTEE, NEIGHBOUR_BORDER, NEIGHBOUR_POLICE, POLICE
from keng.accounts import people
from keng.accounts.models import Role, User
from keng.desk.keys import own
from keng.units.models import Office

ADMINISTRATOR, OFFICER, CUSTODIAN, LEADER = Role.ADMINISTRATOR, Role.OFFICER, Role.CUSTODIAN, Role.LEADER
CASEWORKER = Role.CASEWORKER

# login, name, role, office; these are made on the command line and appoint the others and one another
ADMINISTRATORS = [
    ("quan", "Phạm Hồng Quân", POLICE),
    ("tam", "Bùi Minh Tâm", BORDER),
    ("ngoc", "Đinh Thị Ngọc", COMMITTEE),
    ("long", "Đào Thế Long", NEIGHBOUR_POLICE),
    ("giang", "Trịnh Hoàng Giang", NEIGHBOUR_BORDER),
]
# Who else administers an office besides the one named there.
ALSO = [("quan", "tam", BORDER), ("quan", "ngoc", COMMITTEE), ("long", "giang", NEIGHBOUR_BORDER)]
CAST = [
    ("hoa", "Giàng A Hoà", OFFICER, "bp-na-co-sa"),
    ("thu", "Vàng Thị Thu", OFFICER, "bp-na-co-sa"),
    ("nam", "Lò Văn Nam", CUSTODIAN, "bp-na-co-sa"),
    ("dung", "Nguyễn Tiến Dũng", CUSTODIAN, POLICE),
    ("son", "Hoàng Thái Sơn", OFFICER, POLICE),
    ("lan", "Quàng Thị Lan", OFFICER, "ca-thanh-yen"),
    ("kien", "Tòng Văn Kiên", CUSTODIAN, "ca-thanh-yen"),
    ("phu", "Pờ Gia Phú", CUSTODIAN, "bp-a-pa-chai"),
    ("thao", "Cà Thị Thảo", CUSTODIAN, "ca-muong-nhe"),
    ("hanh", "Lường Thị Hạnh", CUSTODIAN, "ubnd-quang-lam"),
    ("binh", "Trịnh Công Bình", CUSTODIAN, "thanh-tra-dien-bien"),
    ("minh", "Trần Quang Minh", LEADER, POLICE),
]
# Those who take in and decide dossiers, in Thanh Yên and beside it; and who reads their figures.
SERVICES = [
    ("mai", "Lò Thị Mai", CASEWORKER, "pvhcc-thanh-yen"),
    ("duc", "Quàng Văn Đức", CASEWORKER, "pvhcc-thanh-yen"),
    ("khoa", "Cà Văn Khoa", CASEWORKER, "ca-thanh-yen"),
    ("ha", "Tòng Thị Hà", CASEWORKER, "ubnd-thanh-yen"),
    ("oanh", "Lường Thị Oanh", CASEWORKER, "pvhcc-thanh-nua"),
    ("tien", "Lò Văn Tiến", CASEWORKER, "ca-thanh-nua"),
    ("yen", "Hoàng Thị Yến", CASEWORKER, "pvhcc-thanh-an"),
    ("bao", "Vì Văn Bảo", CASEWORKER, "ca-thanh-an"),
    ("tra", "Cà Thị Trà", CASEWORKER, "pvhcc-sam-mun"),
    ("quyet", "Lò Văn Quyết", CASEWORKER, "ca-sam-mun"),
    ("viet", "Đặng Quốc Việt", CASEWORKER, POLICE),
    ("chinh", "Trần Đức Chính", LEADER, "ubnd-thanh-yen"),
    ("phuong", "Lê Thị Phương", LEADER, COMMITTEE),
]
# In a small commune one person works for the centre and for the committee.
BOTH = [("oanh", "ubnd-thanh-nua"), ("yen", "ubnd-thanh-an"), ("tra", "ubnd-sam-mun")]
NEIGHBOURS = [
    ("vinh", "Phùng Xuân Vinh", CUSTODIAN, "bp-ka-lang"),
    ("sinh", "Lý Thị Sinh", OFFICER, "bp-ka-lang"),
    ("tuan", "Chu Anh Tuấn", CUSTODIAN, "bp-pa-u"),
    ("hai", "Đỗ Thanh Hải", CUSTODIAN, NEIGHBOUR_POLICE),
    ("loan", "Phạm Thị Loan", LEADER, NEIGHBOUR_BORDER),
]
READERS = (OFFICER, CUSTODIAN)

# Things that everybody has seen, without accents: typed alike on every keyboard.
WORDS = (Path(__file__).parent / "words.txt").read_text().split()


@dataclass
class Person:
    """What somebody needs to sign in and to unlock. `pair` is the age key: identity, which in life only the browser sees, and recipient."""

    login: str
    name: str
    does: str
    password: str
    totp: str
    passphrase: str = ""
    pair: tuple[str, str] = field(default=("", ""), repr=False)


def passphrase() -> str:
    return " ".join(secrets.choice(WORDS) for _place in range(6))


def add_all() -> dict[str, Person]:
    """Adds everybody, by login. Each has a second factor and, to read, a key, as after their first day."""
    cast: dict[str, Person] = {}
    for login, name, code in ADMINISTRATORS:
        office = Office.objects.get(code=code)
        user, password = people.add_first_administrator(username=login, name=name, office=office)
        cast[login] = _settle(user, password, Role.ADMINISTRATOR, office)
    for login, giver, code in ALSO:
        # One administrator for the whole province: nobody appoints themselves, so the others do.
        users = {name: User.objects.get(username=name) for name in (login, giver)}
        people.give_role(
            user=users[login], office=Office.objects.get(code=code), role=Role.ADMINISTRATOR, by=users[giver]
        )
    for appointed, giver in ((CAST, "quan"), (SERVICES, "quan"), (NEIGHBOURS, "long")):
        by = User.objects.get(username=giver)
        for login, name, role, code in appointed:
            office = Office.objects.get(code=code)
            user, password = people.add(username=login, name=name, office=office, role=role, by=by)
            cast[login] = _settle(user, password, role, office)
    for login, code in BOTH:
        user, by = User.objects.get(username=login), User.objects.get(username="ngoc")
        people.give_role(user=user, office=Office.objects.get(code=code), role=CASEWORKER, by=by)
    return cast


def _settle(user: User, password: str, role: Role, office: Office) -> Person:
    """Lets the one-time password stand: the demo's paper is where it is read from."""
    person = Person(
        login=user.username,
        name=user.name,
        does=f"{role.label}, {office.name}",
        password=password,
        totp=generate_totp_secret(),
    )
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    TOTP.activate(user, person.totp)
    if role in READERS:
        person.passphrase, person.pair = passphrase(), new_identity()
        sealed = seal_with_passphrase(person.passphrase, person.pair[0].encode())
        own.make_key(by=user, recipient=person.pair[1], sealed_identity=sealed)
    return person
