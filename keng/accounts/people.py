"""What an administrator does about officers: adds, appoints, resets, deactivates. Each is one transaction with its ledger entry."""

import re
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone, localdate, localtime
from django.utils.translation import gettext_lazy as _

from keng.accounts import slowing
from keng.accounts.models import Appointment, Role, User
from keng.accounts.permissions import offices
from keng.core.ids import this_hour
from keng.core.text import fold
from keng.ledger.services import append
from keng.units.models import Office

PERM = "accounts.manage_people"
LOGIN = re.compile(r"[a-z0-9](-?[a-z0-9])*", re.ASCII)
# No letter or digit that is mistaken for another.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
EMAIL_MOST = 120
LONGEST = timedelta(days=3653)
READING = frozenset({Role.OFFICER, Role.CUSTODIAN})

BAD_LOGIN = _("Tên đăng nhập chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, ví dụ lo-van-nam.")
LOGIN_TAKEN = _("Tên đăng nhập này đã có người dùng.")
NO_NAME = _("Chưa có họ tên.")
BAD_EMAIL = _("Địa chỉ thư không đúng. Ví dụ: hoa@bienphong.example.vn, không dấu, tối đa 120 ký tự.")
NOT_YOURS = _("Đơn vị này không thuộc phạm vi quản trị của đồng chí.")
NOT_ALL_YOURS = _(
    "Người này còn vai trò ở đơn vị ngoài phạm vi của đồng chí, nên quản trị cấp trên mới làm được việc này."
)
YOURSELF = _("Đồng chí không tự làm việc này cho mình được. Nhờ một quản trị khác.")
HAS_ROLE = _("Người này đang giữ vai trò đó ở đơn vị này rồi. Muốn gia hạn, đồng chí chọn ngày hết hạn muộn hơn.")
APART = _("Quản trị không đọc tin: một người không thể vừa là quản trị vừa là cán bộ hay người giữ khoá.")
ENDED = _("Vai trò này đã thôi từ trước.")
CHANGED = _("Một quản trị khác vừa thay đổi tài khoản này. Đồng chí xem lại trang trước khi làm tiếp.")
BAD_UNTIL = _("Ngày hết hạn phải từ hôm nay trở đi và không quá 10 năm.")
INACTIVE = _("Tài khoản này đang ngừng. Mở lại tài khoản trước đã.")


class Refused(Exception):
    """Nothing was changed; `sentence` says why."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def in_reach(by: User) -> QuerySet[User]:
    """Whom an administrator sees: everybody who has, or had, a role at an office in reach. No one else exists for them."""
    return User.objects.filter(appointments__office__in=offices(by, PERM)).distinct()


def offices_of(username: str) -> Iterable[int]:
    """Ids of the offices where a person holds a role now or, if none, where they held one."""
    held = Appointment.objects.filter(user__username=username)
    now = held.filter(Q(until=None) | Q(until__gt=this_hour()))
    return set((now if now.exists() else held).values_list("office", flat=True))


@transaction.atomic
def add(
    *, username: str, name: str, office: Office, role: Role, by: User, until: date | None = None, hashed: str = ""
) -> tuple[User, str]:
    """A new officer with a first role, to the end of the day `until` if given. Returns them and the one-time password, which is stored
    nowhere; "" where the caller has made one and gives it `hashed`. Raises Refused.
    """
    _hold(by)
    _must_manage(by, office)
    user, password = _create(username, name, hashed)
    append(verb="accounts.person.added", subject=user.username, office=office.code, by=by.username)
    _appoint(user, office, role, by.username, until)
    return user, password


@transaction.atomic
def add_first_administrator(*, username: str, name: str, office: Office) -> tuple[User, str]:
    """For the command line of a new installation, where nobody can yet be asked. Returns them and the one-time password."""
    user, password = _create(username, name)
    append(verb="accounts.person.added", subject=user.username, office=office.code, purpose="dòng lệnh trên máy chủ")
    _appoint(user, office, Role.ADMINISTRATOR, "")
    return user, password


@transaction.atomic
def rename(*, user: User, name: str, by: User) -> None:
    """Corrects a person's name; the login never changes. Raises Refused."""
    _hold(by, user)
    _must_manage_all_of(by, user)
    user.name = _clean_name(name)
    user.save(update_fields=["name", "search_key"])
    _enter("accounts.person.renamed", user, by)


@transaction.atomic
def set_email(*, user: User, email: str, by: User) -> None:
    """Where the person's digests go; "" for nowhere. The ledger keeps that it was changed, not the address. Raises Refused."""
    _hold(by, user)
    _must_manage_all_of(by, user)
    clean = email.strip()
    if clean:
        try:
            validate_email(clean)
        except ValidationError as error:
            raise Refused(BAD_EMAIL) from error
    if len(clean) > EMAIL_MOST or not clean.isascii():
        raise Refused(BAD_EMAIL)
    if clean == user.email:
        return
    user.email = clean
    user.save(update_fields=["email"])
    _enter("accounts.person.email" if clean else "accounts.person.no_email", user, by)


@transaction.atomic
def give_role(*, user: User, office: Office, role: Role, by: User, until: date | None = None) -> Appointment:
    """Appoints a person from this hour on, to the end of the local day `until` or for good. Nobody appoints themselves. Raises Refused.

    Who holds the role until a nearer day gets a new appointment that begins where the old one ends: that is how it is extended.
    """
    _hold(by, user)
    _must_manage(by, office)
    _not_oneself(by, user)
    if not user.is_active:
        raise Refused(INACTIVE)
    now = datetime.now(UTC)
    # Also what begins later: nobody both administers and reads, on any day.
    held = {Role(name) for name in user.appointments.filter(lasting(now)).values_list("role", flat=True)}
    if (role is Role.ADMINISTRATOR and held & READING) or (role in READING and Role.ADMINISTRATOR in held):
        raise Refused(APART)
    return _appoint(user, office, role, by.username, until)


@transaction.atomic
def end_role(*, appointment: Appointment, by: User) -> None:
    """Ends an appointment at once, and with it what was to follow it; one that has not begun is struck out.

    Nobody ends their own, so an administrator always remains. Raises Refused.
    """
    user, office, now = appointment.user, appointment.office, datetime.now(UTC)
    _hold(by, user)
    _must_manage(by, office)
    _not_oneself(by, user)
    same = user.appointments.filter(lasting(now), office=office, role=appointment.role)
    if not same.filter(pk=appointment.pk).exists():
        raise Refused(ENDED)
    same.filter(since__gte=appointment.since, since__gt=now).delete()
    same.filter(pk=appointment.pk).update(until=this_hour())
    append(verb="accounts.role.ended", subject=user.username, office=office.code, by=by.username, case=appointment.role)


@transaction.atomic
def reset(*, user: User, by: User) -> str:
    """A new one-time password, which is returned and stored nowhere; every second factor is cleared, open sessions end. Raises Refused.

    Two administrators at once: the second is told so, for the first has a password in hand that would open nothing.
    """
    seen = user.password
    _hold(by, user)
    _must_manage_all_of(by, user)
    _not_oneself(by, user)
    if user.password != seen:
        raise Refused(CHANGED)
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    Authenticator.objects.filter(user=user).delete()
    slowing.forgive(user.username)
    _enter("accounts.person.reset", user, by)
    return password


@transaction.atomic
def set_active(*, user: User, active: bool, by: User) -> None:
    """Closes or reopens an account; roles and the login stay, so that the ledger keeps its meaning. Raises Refused."""
    _hold(by, user)
    _must_manage_all_of(by, user)
    _not_oneself(by, user)
    if user.is_active is active:
        raise Refused(CHANGED)
    user.is_active = active
    user.save(update_fields=["is_active"])
    _enter("accounts.person.reactivated" if active else "accounts.person.deactivated", user, by)


def lasting(now: datetime) -> Q:
    """Appointments that hold now or later."""
    return Q(until=None) | Q(until__gt=now)


def one_time_password() -> str:
    """16 letters in groups of four, 79 bits, to be read from a screen and typed once."""
    letters = "".join(secrets.choice(LETTERS) for _place in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _create(username: str, name: str, hashed: str = "") -> tuple[User, str]:
    username = username.strip()
    if len(username) > 60 or not LOGIN.fullmatch(username):
        raise Refused(BAD_LOGIN)
    password = "" if hashed else one_time_password()
    user = User(username=username, name=_clean_name(name), password=hashed or make_password(password))
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as taken:
        raise Refused(LOGIN_TAKEN) from taken
    return user, password


def _clean_name(name: str) -> str:
    """Single spaces, no control characters."""
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:120]
    if not fold(clean):
        raise Refused(NO_NAME)
    return clean


def _appoint(user: User, office: Office, role: Role, by: str, last: date | None = None) -> Appointment:
    """The caller holds the person's row, so that two can't appoint at once what would overlap."""
    until = _end_of(last)
    now = datetime.now(UTC)
    newest = user.appointments.filter(lasting(now), office=office, role=role).order_by("-since").first()
    if newest is None:
        since = this_hour()
    elif newest.until is None or (until is not None and until <= newest.until):
        raise Refused(HAS_ROLE)
    else:
        since = newest.until
    appointment = Appointment.objects.create(user=user, office=office, role=role, since=since, until=until)
    append(
        verb="accounts.role.given",
        subject=user.username,
        office=office.code,
        by=by,
        case=role,
        purpose=f"{localtime(since):%Y-%m-%d}..{last:%Y-%m-%d}" if last else "",
    )
    return appointment


def _end_of(last: date | None) -> datetime | None:
    """The first moment after a local day. Raises Refused for a day gone by or very far off."""
    if last is None:
        return None
    if not localdate() <= last <= localdate() + LONGEST:
        raise Refused(BAD_UNTIL)
    return datetime.combine(last + timedelta(days=1), time.min, tzinfo=get_current_timezone()).astimezone(UTC)


def _hold(by: User, user: User | None = None) -> None:
    """Locks the rows of both and reads them anew: what two administrators do to one person, or to each other, comes one after the other.

    Raises Refused where `by` is no longer somebody.
    """
    both = [by, user] if user is not None and user.pk != by.pk else [by]
    list(User.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in both]).order_by("pk"))
    for one in both:
        one.refresh_from_db(fields=["is_active", "password", "email"])
    if not by.is_active:
        raise Refused(NOT_YOURS)


def _must_manage(by: User, office: Office) -> None:
    if not offices(by, PERM).filter(pk=office.pk).exists():
        raise Refused(NOT_YOURS)


def _must_manage_all_of(by: User, user: User) -> None:
    """Who may reset an account could sign in as it: so every office where it holds a role must be in reach."""
    concerned = set(offices_of(user.username))
    if not concerned or offices(by, PERM).filter(pk__in=concerned).count() != len(concerned):
        raise Refused(NOT_ALL_YOURS)


def _not_oneself(by: User, user: User) -> None:
    if by.pk == user.pk:
        raise Refused(YOURSELF)


def _enter(verb: str, user: User, by: User) -> None:
    codes = Office.objects.filter(pk__in=offices_of(user.username)).order_by("code").values_list("code", flat=True)
    append(verb=verb, subject=user.username, office=codes.first() or "", by=by.username)
