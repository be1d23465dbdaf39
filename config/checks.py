"""What start-up refuses (S4): each refusal has an id and says in one sentence, in Vietnamese and in English, how to mend it.

`configuration()` looks at the settings alone and runs as Django's system checks, before every command; `machine()` looks at
folders, files and the database, and runs when `manage.py serve` starts.
"""

import os
import stat
from collections.abc import Callable, Iterator
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config.checks_at_rest import files_can_be_opened, files_can_be_sealed, sealing_keys_are_private
from config.checks_identity import identity_can_be_read, identity_is_asked_over_https, identity_is_whole_or_absent
from config.checks_ledger import log_can_be_signed, log_can_be_written, log_has_an_hour, log_is_not_ahead
from config.checks_witness import checkpoints_are_mailed_somewhere, witnesses_are_known
from config.refusals import refuse
from keng.core.triggers import kept_tables
from keng.desk.figures.upkeep import tally
from keng.ledger.triggers import lock
from keng.notify.email.address import MAIL_ADDRESS, BadAddress
from keng.notify.email.address import read as mail_server
from keng.procedures.figures.upkeep import tally as dossier_tally

Check = Callable[[], Iterator[Error]]
SECRET_LENGTH = 50
MAKES_ONE = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
POSTGRESQL = 150000


def local(host: str) -> bool:
    return host in ("127.0.0.1", "::1", "localhost") or host.endswith(".localhost")


def secret_key() -> Iterator[Error]:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's word for an empty one
        key = ""
    if settings.DEMO:
        return
    if key == settings.DEMO_SECRET:
        yield refuse(
            2,
            f"KENG_SECRET_KEY đang là khoá của bản trình diễn mà ai cũng biết: đặt khoá riêng, tạo bằng {MAKES_ONE}.",
            f"KENG_SECRET_KEY is the demo's, which everybody knows: set your own, made with {MAKES_ONE}.",
        )
    elif len(key) < SECRET_LENGTH:
        yield refuse(
            1,
            f"KENG_SECRET_KEY còn thiếu hoặc ngắn hơn {SECRET_LENGTH} ký tự: đặt khoá mới, tạo bằng {MAKES_ONE}.",
            f"KENG_SECRET_KEY is missing or shorter than {SECRET_LENGTH} characters: set one made with {MAKES_ONE}.",
        )


def every_face_has_a_host() -> Iterator[Error]:
    for face, hosts in settings.FACE_HOSTS.items():
        name = f"KENG_{face.upper()}_HOSTS"
        if not any(hosts):
            yield refuse(
                3,
                f"{name} còn thiếu: đặt tên miền của mặt này, ví dụ {name}={face}.tinh.gov.vn.",
                f"{name} is missing: set this face's host, such as {name}={face}.tinh.gov.vn.",
            )
        for host in hosts:
            if host != host.lower().strip() or set(host) & set("*/: ") or host.startswith("."):
                yield refuse(
                    5,
                    f"{name} có “{host}” không phải một tên miền trần: viết chữ thường, không cổng, không dấu *, cách nhau bằng dấu phẩy.",
                    f'{name} has "{host}", which is no bare host: write it in lower case, without port or *, separated by commas.',
                )


def no_host_is_shared() -> Iterator[Error]:
    """A shared host would hand the desk's cookies to the villagers' face, and one face would hide the other."""
    face_of: dict[str, str] = {}
    for face, hosts in settings.FACE_HOSTS.items():
        for host in filter(None, hosts):
            other = face_of.setdefault(host, face)
            if other != face:
                yield refuse(
                    4,
                    f"Tên miền {host} đứng ở cả KENG_{other.upper()}_HOSTS và KENG_{face.upper()}_HOSTS: cho mỗi mặt một tên miền riêng.",
                    f"The host {host} is in both KENG_{other.upper()}_HOSTS and KENG_{face.upper()}_HOSTS: give each face its own.",
                )


def posters_lead_here() -> Iterator[Error]:
    origin = urlsplit(settings.PUBLIC_ORIGIN)
    if not settings.DEMO and origin.scheme != "https":
        yield refuse(
            6,
            "KENG_PUBLIC_ORIGIN phải bắt đầu bằng https://: sửa lại, vì trang báo tin chỉ niêm phong được qua https.",
            "KENG_PUBLIC_ORIGIN must begin with https://: mend it, for a page can seal a report over https only.",
        )
    if any(settings.FACE_HOSTS["public"]) and (
        origin.path or origin.query or origin.hostname not in settings.FACE_HOSTS["public"]
    ):
        yield refuse(
            7,
            "KENG_PUBLIC_ORIGIN phải là https:// và một tên miền trong KENG_PUBLIC_HOSTS, không có gì phía sau: "
            "sửa lại để mã QR trên áp phích dẫn đúng chỗ.",
            "KENG_PUBLIC_ORIGIN must be https:// and a host of KENG_PUBLIC_HOSTS with nothing behind: mend it, posters point there.",
        )


def numbers() -> Iterator[Error]:
    for name, value in (("PORT", settings.PORT), ("WORKERS", settings.WORKERS)):
        if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
            yield refuse(
                8,
                f"KENG_{name} là “{value}”: viết một số nguyên từ 1 đến 65535.",
                f'KENG_{name} is "{value}": write a whole number from 1 to 65535.',
            )


def figures_wait() -> Iterator[Error]:
    """Counts of reports are published once and for ever: not before the time to resolve a report has run out."""
    days = settings.FIGURES_AFTER
    if not (days.isascii() and days.isdigit() and 28 <= int(days) <= 365):
        yield refuse(
            30,
            f"KENG_FIGURES_AFTER là “{days}”: viết một số ngày từ 28 đến 365.",
            f'KENG_FIGURES_AFTER is "{days}": write a number of days from 28 to 365.',
        )


def database_is_known() -> Iterator[Error]:
    url = urlsplit(settings.DATABASE_URL)
    known = url.scheme in ("sqlite", "postgresql") and not (
        url.scheme == "sqlite" and (url.netloc or len(url.path) < 2)
    )
    if not known:
        yield refuse(
            9,
            "KENG_DATABASE_URL không đọc được: viết sqlite:///đường/dẫn/tuyệt/đối hoặc postgresql://người-dùng@máy/tên.",
            "KENG_DATABASE_URL is not understood: write sqlite:///absolute/path or postgresql://user@host/name.",
        )


def one_worker_on_sqlite() -> Iterator[Error]:
    if connection.vendor == "sqlite" and settings.WORKERS != "1":
        yield refuse(
            10,
            "SQLite chỉ chạy tốt với một tiến trình: đặt KENG_WORKERS=1, hoặc chuyển KENG_DATABASE_URL sang postgresql://.",
            "SQLite serves one process only: set KENG_WORKERS=1, or move KENG_DATABASE_URL to postgresql://.",
        )


def demo_stays_at_home() -> Iterator[Error]:
    """The demo's logins, keys and secrets are printed and known, so nobody else may reach it."""
    if not settings.DEMO:
        return
    origin = urlsplit(settings.PUBLIC_ORIGIN).hostname or ""
    hosts = {host for hosts in settings.FACE_HOSTS.values() for host in hosts if host}
    foreign = sorted(host for host in {*hosts, origin, settings.LISTEN} if not local(host))
    if foreign:
        yield refuse(
            11,
            f"Bản trình diễn (KENG_DEMO=1) chỉ chạy trên máy này, không chạy với {', '.join(foreign)}: "
            "bỏ KENG_DEMO, hoặc chỉ dùng 127.0.0.1 và *.localhost.",
            f"The demo (KENG_DEMO=1) is for this machine only, not for {', '.join(foreign)}: "
            "unset KENG_DEMO, or use 127.0.0.1 and *.localhost alone.",
        )


def mail_goes_out_sealed() -> Iterator[Error]:
    """A digest tells how busy a post is, and the password is the province's: neither travels in the clear."""
    if not settings.SMTP_URL:
        return
    try:
        server = mail_server(settings.SMTP_URL)
    except BadAddress:  # the text holds a password: it is not repeated
        yield refuse(
            21,
            "KENG_SMTP_URL không đọc được: viết smtps://tên:mật-khẩu@máy:465 hoặc smtp+starttls://tên:mật-khẩu@máy:587.",
            "KENG_SMTP_URL is not understood: write smtps://user:password@host:465 or smtp+starttls://user:password@host:587.",
        )
        return
    if not server.encrypted and not local(server.host):
        yield refuse(
            22,
            "KENG_SMTP_URL gửi thư không mã hoá ra máy khác: dùng smtps:// hoặc smtp+starttls://.",
            "KENG_SMTP_URL would send mail in the clear to another machine: use smtps:// or smtp+starttls://.",
        )
    _name, address = parseaddr(settings.MAIL_FROM)
    if not MAIL_ADDRESS.fullmatch(address) or not settings.MAIL_FROM.isprintable():
        yield refuse(
            23,
            "KENG_MAIL_FROM còn thiếu hoặc không phải địa chỉ thư: đặt địa chỉ gửi, ví dụ keng@dienbien.gov.vn.",
            "KENG_MAIL_FROM is missing or no address: set the sender, such as keng@dienbien.gov.vn.",
        )


def data_folder_is_writable() -> Iterator[Error]:
    folders = {settings.VAR}
    if connection.vendor == "sqlite":
        folders.add(Path(connection.settings_dict["NAME"]).parent)
    for folder in sorted(folders):
        if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
            yield refuse(
                12,
                f"Không ghi được vào thư mục dữ liệu {folder}: tạo thư mục và giao cho người dùng chạy Kẻng (mkdir -p, chown).",
                f"The data folder {folder} is not writable: make it and give it to the user that runs Kẻng (mkdir -p, chown).",
            )


def database_answers() -> Iterator[Error]:
    try:
        connection.ensure_connection()
    except (DatabaseError, OSError):
        yield refuse(
            13,
            "Không mở được cơ sở dữ liệu: xem lại KENG_DATABASE_URL và xem máy chủ cơ sở dữ liệu đã chạy chưa.",
            "The database does not open: look at KENG_DATABASE_URL, and whether the database server runs.",
        )
        return
    yield from database_is_durable()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield refuse(
            14,
            "Cơ sở dữ liệu chưa đúng phiên bản: chạy manage.py migrate rồi khởi động lại.",
            "The database is not of this version: run manage.py migrate, then start again.",
        )


def database_is_durable() -> Iterator[Error]:
    """What is acknowledged must survive a power cut (R10), and what is erased must be overwritten: asked of the database itself."""
    sqlite = {"synchronous": (2, 3), "journal_mode": ("wal",), "secure_delete": (1,)}
    postgresql = {"synchronous_commit": ("on", "remote_apply", "remote_write", "local"), "fsync": ("on",)}
    with connection.cursor() as cursor:
        for name, safe in (sqlite if connection.vendor == "sqlite" else postgresql).items():
            cursor.execute(f"{'PRAGMA' if connection.vendor == 'sqlite' else 'SHOW'} {name}")
            if (value := cursor.fetchone()[0]) not in safe:
                yield refuse(
                    15,
                    f"Cơ sở dữ liệu đang chạy với {name}={value}, mất điện là mất tin: đặt lại {name}={safe[0]}.",
                    f"The database runs with {name}={value} and would lose reports or keep erased ones: set {name}={safe[0]}.",
                )
    if connection.vendor == "postgresql" and connection.pg_version < POSTGRESQL:  # type: ignore[attr-defined]
        yield refuse(
            16,
            "Máy chủ PostgreSQL cũ quá: nâng lên bản 15 trở lên.",
            "PostgreSQL is too old: move to version 15 or newer.",
        )


def ledger_is_append_only() -> Iterator[Error]:
    if lock.missing(connection):
        yield refuse(
            18,
            "Sổ ghi việc mất khoá chống sửa: chạy lại manage.py migrate.",
            "The ledger's append-only triggers are missing: run manage.py migrate again.",
        )


def figures_are_kept() -> Iterator[Error]:
    if tally.missing(connection) or dossier_tally.missing(connection):
        yield refuse(
            31,
            "Số liệu không còn tự cập nhật theo tin, theo hồ sơ, vì lần nâng cấp trước bị ngắt: chạy lại manage.py migrate.",
            "Figures no longer follow the reports or the dossiers, as the last upgrade was cut short: run manage.py migrate again.",
        )


def what_was_posted_is_kept() -> Iterator[Error]:
    if any(missing(connection) for _name, missing in kept_tables):
        yield refuse(
            32,
            "Thủ tục và biểu mẫu đã công bố mất khoá chống sửa, vì lần nâng cấp trước bị ngắt: chạy lại manage.py migrate.",
            "Published procedures and forms are no longer locked, as the last upgrade was cut short: run manage.py migrate again.",
        )


def no_demo_keys() -> Iterator[Error]:
    """The demo's boxes open with keys that are printed: what villagers send there is read by whoever likes."""
    if not settings.DEMO and apps.get_model("mailbox", "Box").objects.filter(demo_keys=True).exists():
        yield refuse(
            19,
            "Cơ sở dữ liệu có hộp thư mang khoá của bản dùng thử mà ai cũng biết: bắt đầu với một cơ sở dữ liệu mới, trống.",
            "The database has boxes with the demo's keys, which everybody knows: start with a new, empty database.",
        )


def database_is_private() -> Iterator[Error]:
    """Other users of the machine must not read sessions, second factors and sealed reports. SQLite's own files only."""
    if settings.DEMO or connection.vendor != "sqlite":
        return
    name = str(connection.settings_dict["NAME"])
    for path in (Path(name), Path(f"{name}-wal"), Path(f"{name}-shm")):
        if path.exists() and path.stat().st_mode & stat.S_IRWXO:
            yield refuse(
                20,
                f"Người dùng khác trên máy đọc được {path}: chạy chmod o= {path}, rồi đặt umask 077 cho dịch vụ.",
                f"Other users of this machine can read {path}: run chmod o= {path}, and give the service umask 077.",
            )


def static_files_are_collected() -> Iterator[Error]:
    if not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        yield refuse(
            17,
            "Các tệp tĩnh chưa được gom: chạy manage.py collectstatic --noinput rồi khởi động lại.",
            "Static files are not collected: run manage.py collectstatic --noinput, then start again.",
        )


CONFIGURATION: tuple[Check, ...] = (
    secret_key,
    every_face_has_a_host,
    no_host_is_shared,
    posters_lead_here,
    numbers,
    figures_wait,
    database_is_known,
    one_worker_on_sqlite,
    demo_stays_at_home,
    mail_goes_out_sealed,
    log_has_an_hour,
    witnesses_are_known,
    checkpoints_are_mailed_somewhere,
    identity_is_whole_or_absent,
    identity_is_asked_over_https,
    identity_can_be_read,
)
MACHINE: tuple[Check, ...] = (
    data_folder_is_writable,
    database_answers,
    ledger_is_append_only,
    log_can_be_written,
    log_can_be_signed,
    log_is_not_ahead,
    files_can_be_sealed,
    files_can_be_opened,
    sealing_keys_are_private,
    figures_are_kept,
    what_was_posted_is_kept,
    no_demo_keys,
    database_is_private,
    static_files_are_collected,
)


def configuration(**kwargs: object) -> list[CheckMessage]:
    """What is unsafe in the settings; takes what Django passes to every system check."""
    return [error for check in CONFIGURATION for error in check()]


def machine() -> list[CheckMessage]:
    """What keeps this machine from serving: stops at the first check that finds something, for the next lean on it."""
    for check in MACHINE:
        if errors := list(check()):
            return list(errors)
    return []


def sentences(errors: list[CheckMessage]) -> str:
    """The refusals as the operator reads them: Vietnamese, then English."""
    return "\n".join(f"{error.id}  {error.msg}\n           {error.hint}" for error in errors)
