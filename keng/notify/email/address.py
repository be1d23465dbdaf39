"""`KENG_SMTP_URL` taken apart. Imports nothing of Django: `config.checks` reads it while the settings are looked at."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*", re.ASCII)
PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}


class BadAddress(ValueError):
    """The text is no server that we could speak to."""


@dataclass(frozen=True)
class Server:
    """`scheme` is `smtps` (TLS from the first byte), `smtp+starttls`, or `smtp` (in the clear)."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    @property
    def encrypted(self) -> bool:
        return self.scheme != "smtp"


def read(url: str) -> Server:
    """`smtps://user:password@host:465`, user and password percent-encoded. Raises BadAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress(url) from error
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadAddress(url)
    return Server(
        parts.scheme,
        parts.hostname,
        port or PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
