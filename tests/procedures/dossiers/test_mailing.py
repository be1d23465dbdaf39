"""News by e-mail: for who wants them, as long as they want them, and never more than that there are some."""

import pytest
from django.test import override_settings
from django.utils.timezone import localdate

from keng.notify import services as notify
from keng.notify.models import Message as Letter
from keng.procedures import consents
from keng.procedures.dossiers import erasing, services
from keng.procedures.models import Dossier
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import submitted

pytestmark = pytest.mark.django_db
POST = {"SMTP_URL": "smtp://127.0.0.1:2525", "MAIL_FROM": "keng@tinh.example"}


def wants_mail(cast: Province) -> None:
    cast.an.email = "an@example.vn"
    cast.an.save()
    consents.give(citizen=cast.an, purpose="email", dossier=None, how="online", witness=None)


def test_a_letter_says_that_there_is_news_and_of_which_code_and_nothing_else(cast):
    wants_mail(cast)
    with override_settings(**POST):
        dossier = submitted(cast)
    [letter] = Letter.objects.all()
    assert letter.address == "an@example.vn"
    assert dossier.code in letter.subject
    told = letter.subject + letter.body
    assert "/messages" in told
    for private in (cast.an.name, cast.an.number, dossier.version.name, dossier.office.name, "Noong Vai"):
        assert private not in told


def test_c3_withdrawn_consent_stops_letters_at_once(cast):
    wants_mail(cast)
    with override_settings(**POST):
        dossier = submitted(cast)
        consents.withdraw(consent=cast.an.consents.get(), by_citizen=cast.an)
        services.accept(dossier=dossier, by=cast.thu)
    assert not Letter.objects.exists()


def test_c3_a_letter_that_waits_goes_with_the_consent_but_for_a_dossier_with_one_of_its_own_and_for_others(cast):
    wants_mail(cast)
    with override_settings(**POST):
        one, other = submitted(cast), submitted(cast)
    consents.give(citizen=cast.an, purpose="email", dossier=other, how="online", witness=None)
    elsewhere = notify.post(channel="email", address="ban@example.vn", subject=one.code, body="x")
    consents.withdraw(consent=cast.an.consents.get(dossier=None), by_citizen=cast.an)
    waiting = Letter.objects.exclude(pk=elsewhere.pk)
    assert other.code in waiting.get().subject
    assert Letter.objects.filter(pk=elsewhere.pk).exists()


def test_c3_consent_for_one_dossier_brings_letters_of_that_one_alone(cast):
    one, other = submitted(cast), submitted(cast)
    cast.an.email = "an@example.vn"
    cast.an.save()
    consents.give(citizen=cast.an, purpose="email", dossier=other, how="online", witness=None)
    with override_settings(**POST):
        for dossier in (one, other):
            services.accept(dossier=dossier, by=cast.thu)
    assert [letter.subject for letter in Letter.objects.all()] == [f"Hồ sơ {other.code} có tin mới"]


def test_c4_a_letter_that_waits_goes_with_the_dossier_it_is_about(cast):
    wants_mail(cast)
    with override_settings(**POST):
        dossier = services.withdraw(dossier=submitted(cast), by=None)
    assert Letter.objects.exists()
    Dossier.objects.filter(pk=dossier.pk).update(erase_on=localdate())
    assert erasing.erase_due() == 1
    assert not Letter.objects.exists()


def test_nobody_who_did_not_ask_gets_a_letter_and_none_waits_where_none_can_be_sent(cast):
    with override_settings(**POST):
        submitted(cast)
    cast.an.email = "an@example.vn"
    cast.an.save()
    with override_settings(**POST):
        submitted(cast)
    wants_mail(cast)
    submitted(cast)
    assert not Letter.objects.exists()
