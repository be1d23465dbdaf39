"""Eight forms written out in full, after the paper ones, and what puts them into the database.

They leave out what paper forms ask of ethnicity and religion. Each file is {"title", "schema", "display"}; its name is the form's slug.
"""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from keng.accounts.models import User
from keng.core import ids
from keng.procedures.forms.dialect import read
from keng.procedures.forms.writing import write
from keng.procedures.models import Form, FormVersion

FOLDER = Path(__file__).parent


def slugs() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def sample(slug: str) -> dict[str, Any]:
    """{"title", "schema", "display"}; raises KeyError for a name that is no sample's."""
    if slug not in slugs():
        raise KeyError(slug)
    return dict(json.loads((FOLDER / f"{slug}.json").read_text("utf-8")))


def load(*, by: User | None) -> list[Form]:
    """The sample forms, each published as version 1 by `by`, or (None) left as a draft; a form that is there already stays as it is."""
    return [load_one(slug, by) for slug in slugs()]


@transaction.atomic
def load_one(slug: str, by: User | None) -> Form:
    said = sample(slug)
    form, new = Form.objects.get_or_create(slug=slug, defaults={"title": said["title"]})
    if new:
        schema, display = write(read(said["schema"], said["display"]))
        published = {"published_at": ids.now(), "published_by": by} if by else {}
        FormVersion.objects.create(form=form, number=1, schema=schema, display=display, **published)
    return form
