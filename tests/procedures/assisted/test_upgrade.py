"""A database from before consents were kept with drafts: an officer's draft is kept and goes on once the person is asked."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from keng.core.ids import now, random_id
from keng.procedures.models import Consent, Dossier, Draft
from tests.accounts.signing_in import straight_in
from tests.procedures.assisted.at_counter import PERSON, begin
from tests.procedures.cast import Province

BEFORE = ("procedures", "0007_chores")


def migrate(*to: str) -> None:
    call_command("migrate", *to, verbosity=0)


@pytest.fixture
def before(transactional_db: None, cast: Province) -> Iterator[None]:
    """The tables as they were; whatever happens, they are today's again afterwards."""
    migrate(*BEFORE)
    yield
    migrate()


def test_an_officers_draft_from_before_is_kept_and_filed_under_a_consent_heard_anew(before, desk, cast):
    draft = Draft.objects.create(
        citizen=cast.ba_sua, filed_by=cast.thu, office=cast.centre, channel="counter", version=cast.version, form=cast.form,
        unit=cast.thanh_yen, answers={"address": "Bản Noong Hẹt"}, step=1,
    )  # fmt: skip
    old = MigrationExecutor(connection).loader.project_state([BEFORE]).apps.get_model("procedures", "Consent")
    given = old.objects.create(id=random_id(), citizen_id=cast.an.pk, purpose="reuse", how="online", given_at=now())
    migrate()
    kept = Consent.objects.get()
    assert (kept.pk, kept.draft, kept.version, kept.withdrawn_at) == (given.pk, None, None, None)
    straight_in(desk, cast.thu)
    assert desk.get(f"/dossiers/new/{draft.pk}/review/")["Location"] == PERSON
    assert begin(desk)["Location"] == f"/dossiers/new/{draft.pk}/1/"
    desk.post(f"/dossiers/new/{draft.pk}/review/")
    assert Dossier.objects.get().pk == Consent.objects.get(purpose="assisted").draft == draft.pk
