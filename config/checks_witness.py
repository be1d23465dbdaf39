"""What start-up refuses about those who watch the public log from elsewhere (S4)."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import Error

from config.refusals import refuse
from keng.ledger.notes import WITNESS, NoteMalformed, Verifier
from keng.notify.email.address import MAIL_ADDRESS


def witnesses_are_known() -> Iterator[Error]:
    """A key that can't be read would make every page ask for a cosignature that nobody can give."""
    names: set[str] = set()
    for vkey in settings.WITNESSES:
        try:
            witness = Verifier.read(vkey)
            readable = witness.type == WITNESS and witness.name not in names
            names.add(witness.name)
        except NoteMalformed:
            readable = False
        if not readable:
            yield refuse(
                44,
                f"KENG_WITNESSES có “{vkey[:60]}” không phải khoá nhân chứng, hoặc trùng tên: chép nguyên dòng mà witness.py init in ra.",
                f'KENG_WITNESSES has "{vkey[:60]}", no witness\'s key or the second of a name: copy the line that witness.py init prints.',
            )


def checkpoints_are_mailed_somewhere() -> Iterator[Error]:
    if not settings.LEDGER_MAIL:
        return
    wrong = [each for each in settings.LEDGER_MAIL if len(each) > 120 or not MAIL_ADDRESS.fullmatch(each)]
    if wrong:
        yield refuse(
            45,
            f"KENG_LEDGER_MAIL có “{wrong[0][:60]}” không phải địa chỉ thư: viết các địa chỉ cách nhau bằng dấu cách.",
            f'KENG_LEDGER_MAIL has "{wrong[0][:60]}", which is no address: write addresses separated by blanks.',
        )
    elif not settings.SMTP_URL:
        yield refuse(
            45,
            "KENG_LEDGER_MAIL cần máy chủ thư: đặt KENG_SMTP_URL, hoặc bỏ KENG_LEDGER_MAIL.",
            "KENG_LEDGER_MAIL needs a mail server: set KENG_SMTP_URL, or unset KENG_LEDGER_MAIL.",
        )
