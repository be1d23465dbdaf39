"""A code from the phone is good once, whichever process checks it: the row of the second factor keeps the last half minute used."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt

from keng.core.group_commit import group_commit


def spend(authenticator: Authenticator, code: str) -> bool:
    """Whether a right code was not used yet, nor a later one; from now on it is. Recovery codes see to this themselves."""
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    return group_commit(lambda: _spend(authenticator.pk, code))


def _spend(pk: int, code: str) -> bool:
    row = Authenticator.objects.select_for_update().get(pk=pk)
    secret, last = decrypt(row.data["secret"]), row.data.get("last_step", 0)
    for step in yield_hotp_counters_from_time():
        if step > last and compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            row.data["last_step"] = step
            row.save(update_fields=["data"])
            return True
    return False
