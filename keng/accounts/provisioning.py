"""Several officers of one office at once, from lines that an administrator pastes: `login; họ tên; vai trò; đến ngày`.

All or nothing: `read` says what is wrong with each line, `add_all` adds them in one transaction.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.accounts import people
from keng.accounts.models import Role, User
from keng.core.text import fold
from keng.units.models import Office

# Each password takes half a second to hash.
MOST = 40
MOST_CHARACTERS = 10_000
ROLES = {fold(str(name)): role for role in Role for name in (role.value, role.label)} | {
    "can bo": Role.OFFICER,
    "nguoi giu khoa": Role.CUSTODIAN,
    "can bo ho so": Role.CASEWORKER,
    "lanh dao": Role.LEADER,
    "quan tri": Role.ADMINISTRATOR,
}
DAYS = ("%d/%m/%Y", "%Y-%m-%d")

NOTHING = _("Chưa có dòng nào. Mỗi người một dòng.")
TOO_MANY = _("Mỗi lần thêm tối đa 40 người. Đồng chí chia làm nhiều lần.")
WRONG = _("Còn dòng chưa đúng nên chưa thêm ai. Đồng chí sửa các dòng có báo lỗi.")
SHAPE = _("Dòng cần ba hoặc bốn phần, cách nhau bằng dấu chấm phẩy: tên đăng nhập; họ tên; vai trò; đến ngày.")
BAD_ROLE = _("Vai trò là một trong: cán bộ, người giữ khoá, cán bộ hồ sơ, lãnh đạo, quản trị.")
BAD_DAY = _("Ngày viết như 31/12/2026, hoặc để trống.")
TWICE = _("Tên đăng nhập này đã có ở một dòng trên.")


@dataclass(frozen=True)
class Line:
    """One person as pasted: `number` counts from 1, blank lines too; `wrong` is empty where they can be added."""

    number: int
    username: str
    name: str = ""
    role: Role | None = None
    until: date | None = None
    wrong: list[str | Promise] = field(default_factory=list)


def read(text: str) -> list[Line]:
    """The lines with what is wrong with each. Two queries at most. Raises people.Refused for none or too many."""
    numbered = [(number, line) for number, line in enumerate(text[:MOST_CHARACTERS].splitlines(), 1) if line.strip()]
    if not numbered:
        raise people.Refused(NOTHING)
    if len(numbered) > MOST or len(text) > MOST_CHARACTERS:
        raise people.Refused(TOO_MANY)
    lines = [_line(number, line) for number, line in numbered]
    logins = [line.username for line in lines]
    possible = [login for login in logins if people.LOGIN.fullmatch(login)]  # PostgreSQL can't even be asked for a NUL
    taken = set(User.objects.filter(username__in=possible).values_list("username", flat=True))
    for place, line in enumerate(lines):
        if SHAPE in line.wrong:
            continue
        if line.username in taken:
            line.wrong.append(people.LOGIN_TAKEN)
        elif line.username in logins[:place]:
            line.wrong.append(TWICE)
    return lines


def add_all(*, lines: Sequence[Line], office: Office, by: User) -> list[tuple[User, str]]:
    """Adds everybody or nobody. Returns each with their one-time password, which is stored nowhere. Raises people.Refused."""
    if any(line.wrong or line.role is None for line in lines):
        raise people.Refused(WRONG)
    passwords = [people.one_time_password() for _line in lines]
    # Before the transaction: nobody else writes while it is open, and this takes half a second each.
    hashes = [make_password(password) for password in passwords]
    with transaction.atomic():
        made = [
            people.add(
                username=line.username,
                name=line.name,
                office=office,
                role=line.role,
                until=line.until,
                by=by,
                hashed=hashed,
            )[0]
            for line, hashed in zip(lines, hashes, strict=True)
            if line.role is not None
        ]
    return list(zip(made, passwords, strict=True))


def _line(number: int, text: str) -> Line:
    parts = [" ".join(part.split()) for part in re.split(r"[;\t]", text)]
    if not 3 <= len(parts) <= 4:
        return Line(number, parts[0][:60], wrong=[SHAPE])
    username, name, role, day = (*parts, "")[:4]
    until = _day(day)
    wrong = list(_wrong(username, name, role, day, until))
    return Line(number, username[:60], name[:120], ROLES.get(fold(role)), until, wrong)


def _wrong(username: str, name: str, role: str, day: str, until: date | None) -> Iterator[str | Promise]:
    if len(username) > 60 or not people.LOGIN.fullmatch(username):
        yield people.BAD_LOGIN
    if not fold(name):
        yield people.NO_NAME
    if fold(role) not in ROLES:
        yield BAD_ROLE
    if day and until is None:
        yield BAD_DAY
    elif until and not localdate() <= until <= localdate() + people.LONGEST:
        yield people.BAD_UNTIL


def _day(text: str) -> date | None:
    for pattern in DAYS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return None
