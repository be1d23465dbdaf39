"""A served desk whose officers have phones: signing in once, then moving about. A stage says in `setting` what its database holds."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Page

from tests.accounts.signing_in import code
from tests.cast import PASSWORD
from tests.e2e.server import Server

NewScreen = Callable[..., Page]
# What a link leads to, asked for by the page itself: Chromium resolves *.localhost, the test's own client doesn't.
FETCHED = """async (address) => {
  const answer = await fetch(address)
  return [answer.headers.get("content-type"), (await answer.text()).slice(0, 5)]
}"""


@dataclass
class Officers:
    """`known` is what the setting printed as JSON on its last line; `phones` in it are TOTP secrets by login."""

    server: Server
    known: dict[str, Any]
    sessions: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def prepared(cls, folder: Path, setting: str) -> Self:
        """Not serving yet: what others may be copied from."""
        server = Server(folder / "var").prepare()
        return cls(server, json.loads(server.python(setting).splitlines()[-1]))

    @classmethod
    def staged(cls, folder: Path, setting: str) -> Self:
        made = cls.prepared(folder, setting)
        made.server.start()
        return made

    def enter(self, new_screen: NewScreen, login: str, path: str = "/mailbox/", **options: object) -> Page:
        """A browser of this officer's, signed in, at a page of the desk. A code is good once, so later ones share the first's session."""
        page = new_screen(**{"storage_state": self.sessions.get(login), **options})
        page.goto(f"{self.server.desk}{path}")
        if login not in self.sessions:
            page.fill("[name=login]", login)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.fill("[name=code]", code(self.known["phones"][login]))
            page.press("[name=code]", "Enter")
            # From the start: the address of the signing in names the page, too, as where to go next.
            page.wait_for_url(f"{self.server.desk}{path}**")
            self.sessions[login] = page.context.storage_state()
        return page
