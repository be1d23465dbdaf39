"""What start-up refuses about citizens' e-identity (S4). None set up at all is no fault: the citizens' face says so, and counters file."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error

from config.refusals import refuse


def set_values() -> dict[str, bool]:
    """The five without which e-identity can't work, and whether each is set."""
    return {
        "KENG_IDENTITY_ISSUER": bool(settings.IDENTITY_ISSUER),
        "KENG_IDENTITY_CLIENT": bool(settings.IDENTITY_CLIENT),
        "KENG_IDENTITY_SECRET": bool(settings.IDENTITY_SECRET),
        "KENG_IDENTITY_ACR_1": bool(settings.IDENTITY_ACR[1]),
        "KENG_IDENTITY_ACR_2": bool(settings.IDENTITY_ACR[2]),
    }


def identity_is_whole_or_absent() -> Iterator[Error]:
    """Half of it would send citizens off to a provider from which they never come back."""
    values = set_values()
    if any(values.values()) and not all(values.values()):
        missing = ", ".join(name for name, there in values.items() if not there)
        yield refuse(
            53,
            f"Định danh điện tử mới đặt một nửa, còn thiếu {missing}: đặt cho đủ (KENG_IDENTITY_SECRET_FILE phải đọc được), hoặc bỏ hết.",
            f"E-identity is half set up, {missing} missing: set all (KENG_IDENTITY_SECRET_FILE must be readable), or none.",
        )


def identity_is_asked_over_https() -> Iterator[Error]:
    """Who asks in the clear is answered by whoever stands between."""
    issuer = settings.IDENTITY_ISSUER
    if not issuer:
        return
    try:
        parts = urlsplit(issuer)
        plain = not (parts.query or parts.fragment or parts.username or parts.password) and bool(parts.hostname)
    except ValueError:
        plain = False
    home = plain and settings.DEMO and parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    if not (plain and (parts.scheme == "https" or home) and issuer.isascii() and issuer.isprintable()):
        yield refuse(
            54,
            "KENG_IDENTITY_ISSUER phải là địa chỉ https:// của hệ thống định danh, đúng như họ công bố, không có dấu ? hay # phía sau.",
            "KENG_IDENTITY_ISSUER must be the provider's https:// address just as it states it, without ? or # behind.",
        )


def identity_can_be_read() -> Iterator[Error]:
    """Levels that differ, claims that differ, a scope with `openid`, a file of certificates that is there; an end."""
    yield from identity_ends()
    if not settings.IDENTITY_ISSUER:
        return
    levels, claims = set(settings.IDENTITY_ACR.values()), set(settings.IDENTITY_CLAIMS.values())
    apart = len(levels) == 2 and len(claims) == len(settings.IDENTITY_CLAIMS) and all(claims)
    words = all(" " not in each for each in levels)
    certificates = not settings.IDENTITY_CA or Path(settings.IDENTITY_CA).is_file()
    if not (apart and words and "openid" in settings.IDENTITY_SCOPE and certificates):
        yield refuse(
            55,
            "KENG_IDENTITY_ACR_1 và _2 phải khác nhau, ba KENG_IDENTITY_CLAIM_* phải khác nhau, KENG_IDENTITY_SCOPE phải có openid, "
            "tệp KENG_IDENTITY_CA phải có: sửa lại theo docs/operating/e-identity.md.",
            "KENG_IDENTITY_ACR_1 and _2 must differ, so must the three KENG_IDENTITY_CLAIM_*, KENG_IDENTITY_SCOPE must hold openid, "
            "the file KENG_IDENTITY_CA must be there: see docs/operating/e-identity.md.",
        )


def identity_ends() -> Iterator[Error]:
    """Nobody is known for ever (C4), nor forgotten while a draft of 30 days may still be theirs."""
    months = settings.IDENTITY_MONTHS
    if not (months.isascii() and months.isdigit() and 2 <= int(months) <= 120):
        yield refuse(
            56,
            f"KENG_IDENTITY_MONTHS là “{months}”: viết một số tháng từ 2 đến 120.",
            f'KENG_IDENTITY_MONTHS is "{months}": write a number of months from 2 to 120.',
        )
