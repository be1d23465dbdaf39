"""The shipped nginx.conf, run by the real nginx: it keeps nothing of a visitor and spools no body (R1, R6, R9)."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.e2e.server import free_port

SHIPPED = Path(__file__).parents[2] / "docs/operating/nginx.conf"
MARKER = b"con trau cua nha toi"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


@pytest.mark.parametrize(
    "line",
    [
        "access_log off;",
        "error_log /dev/null emerg;",
        "ssl_session_cache none;",
        "ssl_session_tickets off;",
        "proxy_request_buffering off;",
        "proxy_max_temp_file_size 0;",
        "client_max_body_size 9m;",
        "client_body_timeout 30s;",
        "try_files $uri @keng;",
    ],
)
def test_each_line_that_keeps_a_promise_is_there(line: str) -> None:
    assert line in SHIPPED.read_text()


def test_r1_no_header_hands_the_address_on() -> None:
    code = re.sub(r"#.*", "", SHIPPED.read_text())
    assert "X-Forwarded-For" not in code
    assert "X-Real-IP" not in code
    assert "$remote_addr" not in code


@dataclass
class Backend:
    """What arrived behind nginx, and what stood in its temporary folders meanwhile."""

    temp: Path
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    spooled: list[str] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        seen = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length, body = int(self.headers["Content-Length"]), b""
                while len(body) < length and (piece := self.rfile.read1(65536)):
                    body += piece
                    seen.spooled += [str(path) for path in seen.temp.rglob("*") if path.is_file()]
                seen.headers.append({name.lower(): value for name, value in self.headers.items()})
                seen.bodies.append(body)
                self.send_response(201)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_args: object) -> None:
                pass

        return Handler


@dataclass
class Site:
    port: int
    backend: Backend
    folder: Path


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    temp = tmp_path / "temp"
    temp.mkdir()
    backend = Backend(temp)
    server = ThreadingHTTPServer(("127.0.0.1", 0), backend.handler())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    port = free_port()
    plain = port + 1  # free as well
    conf = SHIPPED.read_text()
    for old, new in (
        ("/etc/ssl/keng", str(tmp_path)),
        ("127.0.0.1:8000", f"127.0.0.1:{server.server_port}"),
        ("/var/lib/keng-public", str(tmp_path / "public")),
        ("listen 443", f"listen 127.0.0.1:{port}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("server_name keng.example.vn", "server_name localhost keng.example.vn"),
    ):
        assert old in conf
        conf = conf.replace(old, new)
    temps = "".join(f"{kind}_temp_path {temp}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = tmp_path / "nginx.conf"
    # The tests' folder is for its owner alone, and a worker that the superuser starts is somebody else.
    owner = "user root;" if os.geteuid() == 0 else ""
    whole.write_text(
        f"{owner} daemon off; worker_processes 1; pid {tmp_path}/pid; events {{}} http {{ {temps}\n{conf}\n}}"
    )
    process = subprocess.Popen([NGINX, "-p", tmp_path, "-e", "/dev/null", "-c", whole])
    try:
        wait_for(port)
        yield Site(port, backend, tmp_path)
    finally:
        process.terminate()
        process.wait()
        server.shutdown()
        server.server_close()


def wait_for(port: int) -> None:
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx did not start")


def post(port: int, path: str, body: bytes) -> int:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=20)
    try:
        connection.request(
            "POST", path, body, {"Host": "localhost", "User-Agent": "phone-1", "Content-Type": "text/plain"}
        )
        return connection.getresponse().status
    except BrokenPipeError:
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("size", [20_000, 250_000, 8_000_000])
def test_r6_a_body_passes_nginx_without_a_temporary_file_or_a_log(site: Site, size: int) -> None:
    body = (MARKER * (size // len(MARKER) + 1))[:size]

    assert post(site.port, "/b/na-co-sa/plain", body) == 201

    assert site.backend.bodies == [body]
    assert site.backend.spooled == []
    written = [path for path in site.folder.rglob("*") if path.is_file() and MARKER in path.read_bytes()]
    assert written == []


def test_r1_the_server_behind_learns_no_address(site: Site) -> None:
    post(site.port, "/b/na-co-sa/parts", b"x")

    (headers,) = site.backend.headers
    assert headers["x-forwarded-proto"] == "https"
    assert not {"x-forwarded-for", "x-real-ip", "forwarded", "via"} & set(headers)
    assert "127.0.0.1" not in " ".join(headers.values())


def test_s3_a_body_over_the_limit_is_refused(site: Site) -> None:
    assert post(site.port, "/b/na-co-sa/parts", b"x" * 9_500_000) == 413
    assert site.backend.bodies == []


def get(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_nginx_serves_the_public_logs_tiles_itself_with_the_headers_of_every_public_answer(site: Site) -> None:
    tile = site.folder / "public/ledger/tile/0/x001/000"
    tile.parent.mkdir(parents=True)
    tile.write_bytes(bytes(8192))

    status, headers, content = get(site.port, "/ledger/tile/0/x001/000")

    assert (status, content) == (200, bytes(8192))
    assert headers["content-type"] == "application/octet-stream"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "path", ["/ledger/tile/0/999", "/ledger/tile/../../key.pem", "/ledger/tile/", "/ledger/checkpoint"]
)
def test_what_is_no_tile_is_asked_of_the_server_behind_and_nothing_else_is_served(site: Site, path: str) -> None:
    (site.folder / "public/ledger/tile").mkdir(parents=True)

    status, _headers, content = get(site.port, path)

    assert status == 501  # the server behind, which knows POST alone here; as a file it would be 200
    assert b"PRIVATE" not in content
