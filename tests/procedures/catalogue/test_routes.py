"""Who decides a dossier stands in the version that it was filed under: what is drafted or published later moves none that is open."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from keng.procedures.catalogue import handing_in, outgoing
from keng.procedures.dossiers import services
from keng.procedures.models import ProcedureVersion
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import accepted, draft

pytestmark = pytest.mark.django_db
BEFORE = ("procedures", "0008_consent_of_a_draft")
WHOLE = {
    "ways": [{"way": "counter", "note": ""}],
    "bases": [{"title": "Luật Cư trú", "number": "", "date": "", "issuer": ""}],
}


@pytest.fixture
def cast(db: None) -> Province:
    made = Province()
    _ = made.centre, made.neighbour, made.committee, made.version
    return made


def bring_in(cast: Province, publish_from: date | None, **changes: Any) -> None:
    """The catalogue as it is, but for these sections of its one procedure."""
    whole = outgoing.everything()
    whole["procedures"][0] |= WHOLE | changes
    body = outgoing.as_json(whole)
    kept, made = handing_in.hand_in(name="thu-tuc.json", body=body, publish_from=publish_from, by=cast.quan)
    assert kept, made.errors
    handing_in.bring_in(handed_in=kept.pk, by=cast.quan)


def test_what_comes_in_as_a_draft_leaves_open_dossiers_with_the_office_that_decides_them(cast: Province) -> None:
    dossier = accepted(cast)
    bring_in(cast, None, competent="peoples_committee", level="province")
    services.advance(dossier=dossier, by=cast.thu)
    assert dossier.office == cast.neighbour


def test_a_new_version_sends_new_dossiers_elsewhere_and_moves_no_open_one(cast: Province) -> None:
    dossier = accepted(cast)
    bring_in(cast, timezone.localdate(), competent="peoples_committee")
    services.advance(dossier=dossier, by=cast.thu)
    assert dossier.office == cast.neighbour
    later = draft(cast)
    later.version = ProcedureVersion.objects.in_force().get()
    later.save()
    filed = services.accept(dossier=services.submit(draft=later, by=None), by=cast.thu)
    services.advance(dossier=filed, by=cast.thu)
    assert filed.office == cast.committee


@pytest.mark.parametrize(("changes", "said"), [({"field": "khac"}, True), ({"competent": "border_post"}, False)])
def test_a_look_says_what_changes_at_once_though_the_rest_is_a_draft(
    desk: Any, cast: Province, changes: dict[str, str], said: bool
) -> None:
    whole = outgoing.everything()
    whole["fields"].append({"slug": "khac", "name": "Khác", "order": 9})
    whole["procedures"][0] |= changes
    straight_in(desk, cast.quan)
    file = SimpleUploadedFile("thu-tuc.json", outgoing.as_json(whole))
    page = desk.post("/procedures/files/look/", {"file": file, "what": "draft"}).content.decode()
    assert "còn là bản thảo" in page
    assert ("đổi ngay khi nhập" in page) == said


@pytest.fixture
def older(transactional_db: None, cast: Province) -> Iterator[None]:
    """The tables as they were when a procedure had one office for all its versions; today's again afterwards."""
    _ = cast.version
    call_command("migrate", *BEFORE, verbosity=0)
    yield
    call_command("migrate", verbosity=0)


def test_every_version_gets_what_its_procedure_had_and_gives_it_back(older: None, cast: Province) -> None:
    old = MigrationExecutor(connection).loader.project_state([BEFORE]).apps.get_model("procedures", "Procedure").objects
    assert old.get().competent == "commune_police"
    old.update(competent="province_police", level="province")
    call_command("migrate", verbosity=0)
    version = ProcedureVersion.objects.get(pk=cast.version.pk)
    assert (version.competent, version.level) == ("province_police", "province")
