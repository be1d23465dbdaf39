"""Two providers of e-identity, each in a process of its own, and a resident's browser that goes through their pages."""

import html
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from tests.e2e.server import free_port

ROOT = Path(__file__).resolve().parents[3]
RESIDENTS = ROOT / "config/demo/residents.toml"
CALLBACKS = ("http://my.localhost/oidc/callback",)
PASSWORD = "mat khau dinh danh"


@dataclass
class Running:
    """A provider's process. `issuer` is its address; `subject` what it calls a resident."""

    name: str
    issuer: str
    process: Any

    def subject(self, who: str) -> str:
        return who if self.name == "mock" else f"cong-dan-{who}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def start(name: str, folder: Path, *, port: int = 0, callbacks: tuple[str, ...] = CALLBACKS) -> Running:
    """`mock` is the demo's own (oidc-provider-mock), `allauth` the other."""
    port = port or free_port()
    command = {
        "mock": [str(ROOT / "tools/e_identity.py"), str(port), str(RESIDENTS)],
        "allauth": ["-m", "tests.identity_provider.run", str(port), *callbacks],
    }[name]
    environment = {**os.environ, "PROVIDER_FOLDER": str(folder), "PYTHONPATH": str(ROOT)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment)
    running = Running(name, f"http://127.0.0.1:{port}", process)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if requests.get(f"{running.issuer}/.well-known/openid-configuration", timeout=5).ok:
                return running
        except requests.RequestException:
            time.sleep(0.2)
        assert process.poll() is None, f"the provider {name} ended"
    raise AssertionError(f"the provider {name} does not answer")


@dataclass
class Browser:
    """A resident's browser: `my` is Kẻng's citizens' face, `there` what the provider's pages see."""

    my: Any
    provider: Running
    there: requests.Session = field(default_factory=requests.Session)

    def leave(self, **form: Any) -> str:
        """Presses the button on the sign-in page; the provider's address that the next page leads to."""
        return led_to(self.my.post("/oidc/begin", form))

    def agree(self, address: str, who: str) -> str:
        """Signs in and agrees at the provider; the address that it sends the browser back to."""
        return {"mock": self._pick, "allauth": self._consent}[self.provider.name](address, who)

    def come_back(self, address: str) -> Any:
        parts = urlsplit(address)
        assert (parts.hostname, parts.path) == ("my.localhost", "/oidc/callback")
        return self.my.get(f"{parts.path}?{parts.query}")

    def sign_in(self, who: str, **form: Any) -> Any:
        return self.come_back(self.agree(self.leave(**form), who))

    def _pick(self, address: str, who: str) -> str:
        answer = self.there.post(address, data={"sub": who}, allow_redirects=False, timeout=10)
        return answer.headers["Location"]

    def _consent(self, address: str, who: str) -> str:
        page = self.there.get(address, timeout=10)
        if "/accounts/login/" in page.url:
            page = self._send(page, login=who, password=PASSWORD)
        answer = self._send(page, allow_redirects=False, action="grant")
        return answer.headers["Location"]

    def _send(self, page: requests.Response, allow_redirects: bool = True, **values: str) -> requests.Response:
        """Fills in the page's own form, as a person would, and sends it."""
        body = max(re.findall(r"<form.*?</form>", page.text, re.S), key=len)
        hidden: dict[str, str] = {}
        for tag in re.findall(r"<input[^>]*>", body):
            found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            if found.get("type") in ("hidden", "checkbox") and "name" in found:
                hidden.setdefault(found["name"], []).append(html.unescape(found.get("value", "on")))
        action = re.search(r'<form[^>]*action="([^"]*)"', body)
        address = urljoin(page.url, html.unescape(action[1])) if action and action[1] else page.url
        data = {**hidden, **values}
        return self.there.post(
            address, data=data, allow_redirects=allow_redirects, timeout=10, headers={"Referer": page.url}
        )


def led_to(answer: Any) -> str:
    """Where the page goes on to by itself."""
    found = re.search(r'http-equiv="refresh" content="\d+;url=([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return html.unescape(found[1])
