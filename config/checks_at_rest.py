"""What start-up refuses about the keys of what lies encrypted in the database (S4): none, not the right ones, open to others."""

import stat
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.checks import Error

from config.refusals import refuse
from keng.core import at_rest


def files_can_be_sealed() -> Iterator[Error]:
    if not at_rest.paths() and not settings.DEMO:
        yield refuse(
            50,
            "Chưa có khoá mã hoá tệp của người dân: chạy manage.py at_rest_key, rồi cất một bản sao tệp khoá ở nơi khác.",
            "There is no key to encrypt residents' files with: run manage.py at_rest_key, then keep a copy of the key's file elsewhere.",
        )


def files_can_be_opened() -> Iterator[Error]:
    """Keys that can't be read, or a database that came back without the keys that sealed what is in it."""
    try:
        if at_rest.paths():
            at_rest.readable()
        for _name, column in at_rest.columns:
            held = apps.get_model(column.model)._default_manager.exclude(**{f"{column.field}__isnull": True})
            for sealed in held.order_by("-pk").values_list(column.field, flat=True)[:1]:
                at_rest.unseal(bytes(sealed))
    except at_rest.KeyLost:
        yield refuse(
            51,
            f"Khoá trong {settings.AT_REST_KEYS} không mở được tệp đã mã hoá: chép lại thư mục khoá từ bản sao của nó.",
            f"The keys in {settings.AT_REST_KEYS} do not open the encrypted files: put the folder of keys back from its copy.",
        )


def sealing_keys_are_private() -> Iterator[Error]:
    keys = at_rest.paths()
    for path in [keys[0].parent, *keys] if keys else []:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            mode = "700" if path.is_dir() else "600"
            yield refuse(
                52,
                f"Người dùng khác trên máy đọc được khoá mã hoá {path}: chạy chmod {mode} {path}, và thay khoá nếu nghi đã lộ.",
                f"Other users of this machine can read {path}: run chmod {mode} {path}, and replace the key if it may be known.",
            )
