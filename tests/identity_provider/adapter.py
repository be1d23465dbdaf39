"""What this provider tells of a resident: the same as the demo's does, by the same file."""

import time
import tomllib
from pathlib import Path
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.contrib.auth import get_user_model

RESIDENTS = tomllib.loads((Path(__file__).resolve().parents[2] / "config/demo/residents.toml").read_text())
LEVELS = ("acr", "auth_time")


class Adapter(DefaultOIDCAdapter):  # type: ignore[misc]
    def get_user_sub(self, client: Any, user: Any) -> str:
        return f"cong-dan-{user.username}"

    def get_user_by_sub(self, client: Any, sub: str) -> Any:
        return get_user_model().objects.filter(username=sub.removeprefix("cong-dan-")).first()

    def get_claims(self, purpose: str, user: Any, client: Any, scopes: Any, email: Any = None, **kwargs: Any) -> Any:
        told = RESIDENTS[user.username] if purpose == "userinfo" else {"acr": RESIDENTS[user.username]["acr"]}
        claims = {name: value for name, value in told.items() if purpose == "id_token" or name not in LEVELS}
        if purpose == "id_token":
            claims["auth_time"] = int(time.time())
        return {**claims, "sub": self.get_user_sub(client, user)}
