"""A provider that does as a test says: honest, until one thing is changed. In this process, on this machine."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PERSON = {"name": "Quàng Văn An", "personal_id_number": "011090000123", "birthdate": "1990-05-04"}


def public(key: Any, kid: str = "k1", **more: Any) -> dict[str, Any]:
    return {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig", **more}


@dataclass
class Hostile:
    """`claims` and `header` change the id_token, `config` the discovery document (None takes a line out), `bodies` what an address answers:
    bytes, a status, or a function that writes it. `codes` remembers nonces by code."""

    port: int = 0
    key: Any = KEY
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=lambda: [public(KEY)])
    bodies: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    posted: list[dict[str, str]] = field(default_factory=list)
    nonce: str = ""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer_to(self, address: str, **more: str) -> str:
        """What a browser that was sent to `address` comes back with: the path and query of our callback."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.nonce = query["nonce"]
        given = {"code": "c0de", "state": query["state"], **more}
        return "/oidc/callback?" + "&".join(f"{name}={value}" for name, value in given.items())

    def token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": "keng", "sub": "an", "iat": now, "exp": now + 300, "nonce": self.nonce,
            "acr": "muc-2", "auth_time": now, **PERSON, **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        headers = {name: value for name, value in {"kid": "k1", **self.header}.items() if value is not None}
        return jwt.encode(claims, self.key, algorithm=self.algorithm, headers=headers)

    def told(self, path: str) -> Any:
        if path == "/.well-known/openid-configuration":
            at = {
                "authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks", "userinfo_endpoint": "/userinfo",
            }  # fmt: skip
            config = {"issuer": self.issuer, **{name: self.issuer + where for name, where in at.items()}, **self.config}
            return {name: value for name, value in config.items() if value is not None}
        if path == "/jwks":
            return {"keys": self.keys}
        if path == "/token":
            return {"access_token": "opens-userinfo", "token_type": "Bearer", "id_token": self.token()}
        return {"sub": "an", **PERSON, **self.userinfo}


class Handler(BaseHTTPRequestHandler):
    provider: Hostile

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.provider.asked.append(path)
        body = self.provider.bodies.get(path)
        if callable(body):
            body(self)
            return
        if isinstance(body, int):
            self.send_response(body)
            self.send_header("Location", f"{self.provider.issuer}/elsewhere")
            self.end_headers()
            return
        content = body if body is not None else json.dumps(self.provider.told(path)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        posted = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        self.provider.posted.append({name: values[0] for name, values in posted.items()})
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Nothing is logged."""


def run(provider: Hostile) -> Any:
    """Starts it; call the answer to stop it."""
    handler = type("Its", (Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    provider.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop
