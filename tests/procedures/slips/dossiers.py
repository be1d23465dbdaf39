"""Dossiers for tests of slips and figures, put straight into the database: what is tested is what becomes of them, not how they came."""

from datetime import UTC, datetime, timedelta
from typing import Any

from keng.procedures.models import Attachment, Dossier, Event, Supplement
from tests.procedures.cast import Province

ACCEPTED = datetime(2026, 11, 2, 1, 5, tzinfo=UTC)  # 08:05 on a Monday in Vietnam
DUE = datetime(2026, 11, 5, 10, 0, tzinfo=UTC)


def dossier(cast: Province, number: int = 1, **other: Any) -> Dossier:
    """One that was accepted and is worked on at the neighbour's police; `other` overrides."""
    said: dict[str, Any] = {
        "code": f"H11-261102-{number:04d}",
        "citizen": cast.an,
        "procedure": cast.version.procedure,
        "version": cast.version,
        "form": cast.form,
        "unit": cast.thanh_yen,
        "office": cast.neighbour,
        "owner": cast.khoa,
        "channel": "online",
        "state": "processing",
        "submitted_at": ACCEPTED - timedelta(hours=1),
        "accepted_at": ACCEPTED,
        "first_due": DUE,
        "due": DUE,
    }
    return Dossier.objects.create(**{**said, **other})


def event(of: Dossier, kind: str, at: datetime, by: str = "khoa", note: str = "") -> Event:
    return Event.objects.create(dossier=of, kind=kind, at=at, office=of.office.code, by=by, note=note)


def paper(of: Dossier, title: str, *, result: bool = False, name: str = "tep.pdf") -> Attachment:
    return Attachment.objects.create(
        citizen=of.citizen,
        dossier=of,
        title=title,
        name=name,
        kind="application/pdf",
        size=9,
        sha256="ab" * 32,
        result=result,
    )


def asks(of: Dossier, *items: tuple[str, str]) -> Supplement:
    wanted = [{"title": title, "why": why, "field": ""} for title, why in items]
    return Supplement.objects.create(dossier=of, items=wanted, by_day=DUE.date() + timedelta(days=15))
