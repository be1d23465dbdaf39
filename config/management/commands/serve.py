"""`manage.py serve`: the three faces on one address. No request is logged, by us or by the server (R1, R9)."""

import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from config.checks import configuration, machine, sentences

# On which Django works: a request takes one only once it has come whole (`config.rsgi`).
THREADS = 256
# Requests that may be on their way in at once; beyond, the next wait at the socket.
UNDER_WAY = 8192
# How long a request under way may go on after the order to stop, in seconds.
LAST_REQUESTS = 10


def busy(host: str, port: int) -> bool:
    """Whether somebody listens there already: the server itself would share the port with them without a word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


class Command(BaseCommand):
    help = "Chạy máy chủ: mặt công khai, bàn làm việc và mặt của công dân. / Serves the three faces."
    requires_system_checks: list[str] = []  # it asks for them itself, together with the machine's

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Chỉ xem đã chạy được chưa. / Only look whether it could start."
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        os.umask(0o077)  # what the database makes beside itself is for nobody else on the machine
        if refusals := configuration() or machine():
            self.stderr.write(sentences(refusals))
            sys.exit(1)
        host, port = settings.LISTEN, int(settings.PORT)
        if busy(host, port):
            self.stderr.write(
                f"Không mở được {host}:{port}, có lẽ một chương trình khác đang dùng: đổi cổng bằng KENG_PORT (make run PORT=…).\n"
                f"{host}:{port} can't be opened, perhaps another program has it: choose another by KENG_PORT (make run PORT=…)."
            )
            sys.exit(1)
        if check:
            return
        connections.close_all()
        serve(host, port)


def serve(host: str, port: int) -> None:
    Granian(
        "config.rsgi:application",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        backlog=2048,
        backpressure=UNDER_WAY,
        workers=int(settings.WORKERS),
        http=HTTPModes.http1,
        websockets=False,
        # The server's own messages about a request could quote it; a worker that dies says so by the exit code.
        log_level=LogLevels.critical,
        log_access=False,
        workers_kill_timeout=LAST_REQUESTS,
        working_dir=settings.BASE_DIR,
    ).serve()
