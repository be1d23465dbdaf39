"""The demo's residents with e-identity, as its stand-in (tools/e_identity.py) tells of them."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FILE = Path(__file__).with_name("residents.toml")


@dataclass(frozen=True)
class Resident:
    """`sub` is what one picks at the stand-in."""

    sub: str
    name: str
    number: str
    born: date
    level: int


def everybody() -> list[Resident]:
    told = tomllib.loads(FILE.read_text())
    return [
        Resident(
            sub,
            of["name"],
            of["personal_id_number"],
            date.fromisoformat(of["birthdate"]),
            int(of["acr"].removeprefix("muc-")),
        )
        for sub, of in told.items()
    ]
