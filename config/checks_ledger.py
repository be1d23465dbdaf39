"""What start-up refuses about the public log (S4): its hour, its folders, its keys, a database older than what is published."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.checks import Error

from config.refusals import refuse
from keng.ledger.errors import KeyLost, LogRefused


def log_has_an_hour() -> Iterator[Error]:
    hour = settings.LEDGER_HOUR
    if not (hour.isascii() and hour.isdigit() and int(hour) < 24):
        yield refuse(
            42,
            f"KENG_LEDGER_HOUR là “{hour}”: viết một giờ trong ngày, từ 0 đến 23.",
            f'KENG_LEDGER_HOUR is "{hour}": write an hour of the day, from 0 to 23.',
        )


def log_can_be_written() -> Iterator[Error]:
    """Folders that are not there yet are made when they are needed; what they stand in must then be writable."""
    for place in (Path(settings.LEDGER_FOLDER), Path(settings.LEDGER_KEYS)):
        there = next(each for each in (place, *place.parents) if each.exists())
        if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            yield refuse(
                41,
                f"Không ghi được vào {place} của sổ công khai: tạo thư mục và giao cho người dùng chạy Kẻng (mkdir -p, chown).",
                f"{place} of the public log is not writable: make the folder and give it to the user that runs Kẻng (mkdir -p, chown).",
            )


def log_can_be_signed() -> Iterator[Error]:
    from keng.ledger import keys  # with models, which are not there yet when the settings are looked at

    try:
        signers = keys.signers()
    except KeyLost as lost:
        vietnamese, english = str(lost).split(" / ")
        yield refuse(40, vietnamese, english)
        return
    if not signers and not settings.DEMO:
        yield refuse(
            40,
            "Sổ công khai chưa có khoá ký: chạy manage.py ledger_key, rồi cất một bản sao tệp khoá ở nơi khác.",
            "The public log has no key to sign with: run manage.py ledger_key, then keep a copy of the key's file elsewhere.",
        )
    for signer in signers:
        path = keys.path_of(signer.verifier.vkey)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield refuse(
                40,
                f"Người dùng khác trên máy đọc được khoá ký {path}: chạy chmod 600 {path}, và thay khoá nếu nghi đã lộ.",
                f"Other users of this machine can read the key {path}: run chmod 600 {path}, and replace the key if it may be known.",
            )


def log_is_not_ahead() -> Iterator[Error]:
    """A database restored from before the last publication, or another one's folder: going on would fork the log."""
    from keng.ledger import folder  # as above

    try:
        folder.check_published()
    except LogRefused as refused:
        vietnamese, english = str(refused).split(" / ")
        yield refuse(43, vietnamese, english)
