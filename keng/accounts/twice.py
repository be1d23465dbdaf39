"""Whether two accounts may be one person's, by what the system can see of them. What it can't see stands in ADR 27."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.accounts import passkeys
from keng.accounts.models import User
from keng.core.ids import this_hour
from keng.ledger.models import Entry

# Whoever made an account, or got into it by a one-time password, could have kept it for themselves.
POWER = ("accounts.person.added", "accounts.person.reset", "accounts.role.given")
FOR = timedelta(days=30)

SAME_ACCOUNT = _("Đây là cùng một tài khoản. Việc này cần hai người.")
SAME_NAME = _("Hai tài khoản có cùng họ tên, nên có thể là một người. Cần một người khác duyệt.")
SAME_EMAIL = _("Hai tài khoản dùng chung một địa chỉ thư, nên có thể là một người. Cần một người khác duyệt.")
MADE_BY_OTHER = _(
    "Trong 30 ngày qua, một trong hai người đã thêm, giao vai trò hoặc cấp lại mật khẩu cho người kia. Cần một người khác duyệt."
)
SAME_MAKER = _(
    "Trong 30 ngày qua, cùng một quản trị đã thêm, giao vai trò hoặc cấp lại mật khẩu cho cả hai người. Cần một người khác duyệt."
)
SAME_FACTOR = _("Hai tài khoản đã đăng nhập bằng cùng một khoá truy cập. Cần một người khác duyệt.")


def one_person(one: User, other: User) -> Promise | None:
    """The sentence that says why these two don't count as two people; None if nothing is seen against it. A few queries."""
    if one.pk == other.pk:
        return SAME_ACCOUNT
    if one.search_key == other.search_key:
        return SAME_NAME
    if one.email and one.email.casefold() == other.email.casefold():
        return SAME_EMAIL
    if _made_by_other(one, other):
        return MADE_BY_OTHER
    if _same_phone(one, other) or _same_passkey(one, other):
        return SAME_FACTOR
    return None


def _made_by_other(one: User, other: User) -> bool:
    either = Q(subject=one.username, by=other.username) | Q(subject=other.username, by=one.username)
    return Entry.objects.filter(either, verb__in=POWER, hour__gt=this_hour() - FOR).exists()


def one_maker(one: User, other: User) -> Promise | None:
    """The sentence where a third person could be behind both accounts; the command line, which names nobody, could be anyway."""
    done = Entry.objects.filter(verb__in=POWER, hour__gt=this_hour() - FOR).exclude(by="")
    behind = [set(done.filter(subject=user.username).values_list("by", flat=True)) for user in (one, other)]
    return SAME_MAKER if set.intersection(*behind) else None


def _same_phone(one: User, other: User) -> bool:
    """Two accounts never get the same secret, unless somebody wrote in the database."""
    phones = Authenticator.objects.filter(user__in=(one, other), type=Authenticator.Type.TOTP)
    secrets = [phone.data["secret"] for phone in phones]
    return len(secrets) != len(set(secrets))


def _same_passkey(one: User, other: User) -> bool:
    """Whether a passkey that one of them has now was ever added by the other as well: the entries tell also of removed ones."""
    now = {passkeys.mark(row) for row in passkeys.of(one) | passkeys.of(other)}
    added = Entry.objects.filter(case__in=now, verb=passkeys.ADDED, subject__in=(one.username, other.username))
    subjects: dict[str, set[str]] = {}
    for mark, login in added.values_list("case", "subject"):
        subjects.setdefault(mark, set()).add(login)
    return any(len(logins) > 1 for logins in subjects.values())
