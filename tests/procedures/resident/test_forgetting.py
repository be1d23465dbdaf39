"""C4 for the person themselves: known while there is something to know them for, and by their own wish no longer than an office must."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.utils.timezone import localdate

from keng.accounts.citizens import leaving, linking, sessions
from keng.accounts.citizens.linking import Person
from keng.accounts.citizens.troubles import Trouble
from keng.accounts.models import Citizen, Identity
from keng.core.registry import chores
from keng.ledger.models import Entry
from keng.notify.models import Message as Letter
from keng.procedures import consents
from keng.procedures.dossiers import erasing, services
from keng.procedures.models import Attachment, AttachmentBytes, Consent, DataRequest, Dossier, Draft, Message
from keng.procedures.requests import services as requests
from keng.procedures.resident import forgetting
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import ISSUER, Province
from tests.procedures.citizens import as_citizen
from tests.procedures.dossiers.filed import accepted, counter_draft, draft, paper, submitted

pytestmark = pytest.mark.django_db
NUMBER = "011090000123"


def with_everything(cast: Province) -> Citizen:
    """An, with all that a resident may have besides dossiers."""
    Citizen.objects.filter(pk=cast.an.pk).update(phone="0912345678", email="an@example.vn")
    cast.an.refresh_from_db()
    file = paper(draft(cast), cast.an)
    AttachmentBytes.objects.create(attachment=file, sealed=b"x" * 100)
    loose = Attachment.objects.create(citizen=cast.an, name="le.pdf", kind="application/pdf", size=9, sha256="1" * 64)
    AttachmentBytes.objects.create(attachment=loose, sealed=b"y" * 100)
    for purpose in ("reuse", "email"):
        consents.give(citizen=cast.an, purpose=purpose, dossier=None, how="online", witness=None)
    Message.objects.create(citizen=cast.an, kind="submitted")
    return cast.an


def rows_of(citizen: int) -> list[str]:
    """Every table that still has a row of that citizen, whoever adds one later."""
    found = []
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.related_model is Citizen and model._default_manager.filter(**{field.name: citizen}).exists():
                found.append(model.__name__)
    return found


def last_seen(cast: Province, day: date) -> None:
    assert Identity.objects.filter(citizen=cast.an).update(used_on=day)


def test_c4_who_removes_their_page_and_has_no_dossier_is_in_no_table_and_the_ledger_names_nobody(cast):
    an = with_everything(cast)
    key = an.pk
    assert len(rows_of(key)) >= 5
    assert forgetting.remove(citizen=an)
    assert rows_of(key) == []
    assert not Citizen.objects.filter(number=NUMBER).exists()
    assert not AttachmentBytes.objects.exists()
    said = {one.verb: one for one in Entry.objects.filter(subject=str(key))}
    assert {"accounts.citizen.left", "accounts.citizen.forgotten"} <= said.keys()
    for one in Entry.objects.all():
        for told in (NUMBER, "Quàng", "an@example.vn", "0912345678"):
            assert told not in str(vars(one))


def test_c4_what_an_office_must_keep_stays_with_number_name_and_birth_day_and_nothing_else(cast):
    an = with_everything(cast)
    dossier = accepted(cast)
    asked = requests.file(dossier=dossier, kind="correction", text="Sai địa chỉ.", citizen=an)
    draft(cast, to=dossier)
    assert not forgetting.remove(citizen=an)
    left = Citizen.objects.get(number=NUMBER)
    assert (left.name, left.born, left.phone, left.email) == ("Quàng Văn An", date(1990, 5, 4), "", "")
    assert not left.identities.exists()
    assert not Draft.objects.exists()
    assert not Message.objects.exists()
    assert not Consent.objects.exists()
    assert Dossier.objects.get().citizen == left
    # The office answers still, and works on.
    assert DataRequest.objects.get() == asked
    services.refuse(dossier=dossier, reason="Không thuộc nơi này", by=cast.thu)
    Dossier.objects.update(erase_on=localdate())
    assert erasing.erase_due() == 1
    assert rows_of(left.pk) == []
    assert not Citizen.objects.filter(number=NUMBER).exists()


def test_what_an_officer_fills_in_for_them_goes_too(cast):
    counter_draft(cast, cast.thu, cast.centre)
    forgetting.remove(citizen=cast.ba_sua)
    assert not Draft.objects.exists()
    assert not Citizen.objects.filter(pk=cast.ba_sua.pk).exists()


def test_a_letter_that_still_waits_is_not_sent(cast):
    an = with_everything(cast)
    dossier = submitted(cast)
    letter = Letter.objects.create(
        channel="email", address="an@example.vn", subject=f"Hồ sơ {dossier.code} có tin mới", body="…",
        since=dossier.submitted_at, next_try=dossier.submitted_at,
    )  # fmt: skip
    forgetting.remove(citizen=an)
    assert not Letter.objects.filter(pk=letter.pk).exists()


def test_removed_on_one_phone_they_are_signed_in_on_no_other_and_others_stay(my, desk, cast):
    submitted(cast)
    straight_in(desk, cast.thu)
    as_citizen(my, cast.ba_sua)
    for _phone in range(2):
        as_citizen(my, cast.an)
    forgetting.remove(citizen=cast.an)
    assert Session.objects.count() == 2
    assert my.get("/messages").status_code == 302
    assert desk.get("/accounts/").status_code == 200


def test_pressed_twice_it_is_done_once(cast):
    an = cast.an
    assert forgetting.remove(citizen=an)
    assert forgetting.remove(citizen=Citizen(pk=an.pk or 1, number=NUMBER))
    assert Entry.objects.filter(verb="accounts.citizen.left").count() == 1


def sign_in(level: int = 2) -> Citizen:
    who = Person(NUMBER, "Quàng Văn An", date(1990, 5, 4))
    return linking.signed_in(issuer=ISSUER, subject="an", level=level, person=who)


def test_who_comes_back_with_nothing_kept_begins_anew_at_any_level(cast):
    before = cast.an.pk
    forgetting.remove(citizen=cast.an)
    assert sign_in(level=1).pk != before


def test_who_comes_back_at_level_2_finds_the_dossiers_that_were_kept_and_at_level_1_nothing(my, cast):
    dossier = submitted(cast)
    forgetting.remove(citizen=cast.an)
    with pytest.raises(Trouble) as low:
        sign_in(level=1)
    assert low.value.kind == "low"
    as_citizen(my, sign_in())
    assert dossier.code in my.get("/").content.decode()


def test_c4_who_stayed_away_for_a_year_with_nothing_here_is_forgotten_and_not_a_day_before(cast, settings):
    settings.IDENTITY_MONTHS = "12"
    an = with_everything(cast)
    key = an.pk
    Draft.objects.all().delete()
    last_seen(cast, forgetting.known_since())
    assert forgetting.forget_absent() == 0
    last_seen(cast, forgetting.known_since().replace(day=1).replace(month=1, year=2020))
    assert forgetting.forget_absent() == 1
    assert forgetting.forget_absent() == 0
    assert rows_of(key) == []
    assert Entry.objects.filter(verb="accounts.citizen.forgotten", subject=str(key)).count() == 1


def test_c4_what_the_absent_had_allowed_ends_as_by_their_own_button_and_no_file_stays(cast):
    with_everything(cast)
    Draft.objects.all().delete()
    last_seen(cast, date(2020, 1, 1))
    assert forgetting.forget_absent() == 1
    assert not AttachmentBytes.objects.exists()
    assert Entry.objects.filter(verb="procedures.consent.withdrawn").count() == 2


def test_who_signs_in_while_others_are_forgotten_is_not(cast, monkeypatch):
    other = Citizen.objects.create(number="011090000124", name="Lò Văn Bình", source=ISSUER, confirmed_on=localdate())
    other.identities.create(issuer=ISSUER, subject="binh", level=1, used_on=date(2020, 1, 1))
    last_seen(cast, date(2020, 1, 1))
    forget = leaving.forget

    def and_the_rest_come_back(citizen):
        Identity.objects.exclude(citizen=citizen).update(used_on=localdate())
        forget(citizen)

    monkeypatch.setattr(leaving, "forget", and_the_rest_come_back)
    assert forgetting.forget_absent() == 1
    assert Citizen.objects.count() == 1


def test_c4_what_belongs_to_a_kept_dossier_is_not_cleared_away_with_its_person(cast):
    dossier = submitted(cast)
    file = paper(dossier, cast.an)
    consents.give(citizen=cast.an, purpose="email", dossier=dossier, how="online", witness=None)
    asked = DataRequest.objects.create(
        citizen=cast.an,
        office=dossier.office,
        kind="correction",
        text="Sai tên.",
        answer_by=dossier.submitted_at,
        act_by=dossier.submitted_at,
    )
    assert not forgetting.remove(citizen=cast.an)
    assert Attachment.objects.filter(pk=file.pk).exists()
    assert Consent.objects.get().withdrawn_at is None
    assert not DataRequest.objects.filter(pk=asked.pk).exists()


@pytest.mark.parametrize("held", ["dossier", "draft", "second identity"])
def test_who_has_something_here_is_not_forgotten(cast, held):
    last_seen(cast, date(2020, 1, 1))
    if held == "dossier":
        submitted(cast)
    elif held == "draft":
        draft(cast)
    else:
        cast.an.identities.create(issuer="https://khac.example", subject="an", level=2, used_on=localdate())
    assert forgetting.forget_absent() == 0
    assert Citizen.objects.filter(number=NUMBER).exists()


def test_whom_only_a_counter_knows_the_other_chore_forgets(cast):
    assert cast.ba_sua.pk
    assert forgetting.forget_absent() == 0


@pytest.mark.parametrize(
    ("today", "months", "since"),
    [("2026-11-22", "12", "2025-11-22"), ("2026-03-31", "13", "2025-02-28"), ("2027-01-05", "2", "2026-11-05")],
)
def test_months_are_counted_by_the_calendar(settings, monkeypatch, today, months, since):
    settings.IDENTITY_MONTHS = months
    monkeypatch.setattr(forgetting.timezone, "localdate", lambda: date.fromisoformat(today))
    assert forgetting.known_since() == date.fromisoformat(since)


def test_it_is_a_chore():
    assert chores["procedures.forget_absent"].run == forgetting.forget_absent


def test_who_is_forgotten_while_they_sign_in_begins_anew(cast, monkeypatch):
    """Between finding the row and holding it, it went."""
    found = Citizen.objects.get_or_create

    def found_and_gone(**asked):
        row = found(**asked)
        leaving.forget(Citizen.objects.get(pk=row[0].pk))
        return row

    assert cast.an.pk
    monkeypatch.setattr(Citizen.objects, "get_or_create", found_and_gone)
    assert sign_in(level=1).name == "Quàng Văn An"


def test_sessions_of_others_are_left_alone(cast):
    session = sessions.CitizenSession()
    sessions.begin(session, citizen=cast.ba_sua, level=1)
    session.save()
    sessions.end_all(cast.an)
    assert Session.objects.count() == 1
