"""A citizen signs in by e-identity: the whole code flow, against two providers that know nothing of each other."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.sessions.models import Session
from django.utils import timezone

from keng.accounts.citizens import sessions
from keng.accounts.models import Citizen, Identity, User
from keng.ledger.models import Entry
from tests.accounts.citizens.providers import Browser, led_to
from tests.conftest import FaceClient
from tests.procedures.cast import citizen
from tests.procedures.citizens import as_citizen

pytestmark = pytest.mark.django_db


def held(my: FaceClient) -> sessions.CitizenSession:
    return sessions.CitizenSession(my.cookies["sessionid"].value)


def asked(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_a_citizen_signs_in_and_goes_where_they_were_going(browser, trusted):
    answer = browser.sign_in("an", next="/sign-in?level=2", level="2")
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == "/sign-in?level=2"
    an = Citizen.objects.get()
    assert (an.number, an.name, an.born) == ("011090000123", "Quàng Văn An", date(1990, 5, 4))
    assert (an.source, an.confirmed_on) == (trusted.issuer, timezone.localdate())
    identity = Identity.objects.get()
    assert (identity.citizen, identity.subject, identity.level) == (an, trusted.subject("an"), 2)
    page = browser.my.get("/").content.decode()
    assert "Quàng Văn An" in page
    assert "định danh mức 2" in page


def test_it_asks_by_the_code_flow_with_pkce_state_nonce_and_level(browser):
    for level, acr in (("1", "muc-1 muc-2"), ("2", "muc-2")):
        query = asked(browser.leave(level=level, next="/"))
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert len(query["code_challenge"]) == 43
        assert len(query["state"]) >= 16
        assert len(query["nonce"]) >= 40
        assert query["acr_values"] == acr
        assert set(query["scope"].split()) == {"openid", "profile"}
        assert query["redirect_uri"] == "http://my.localhost/oidc/callback"
        assert "max_age" not in query


def test_each_sign_in_has_its_own_state_nonce_and_challenge(browser):
    first, second = asked(browser.leave()), asked(browser.leave())
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


def test_nothing_of_it_is_kept_but_number_name_birth_day_and_subject(browser):
    browser.sign_in("an")
    for table in (SocialAccount, SocialToken, SocialApp, EmailAddress, User):
        assert not table.objects.exists(), table
    session = held(browser.my)
    assert set(session.keys()) == {sessions.CITIZEN, sessions.LEVEL, sessions.SINCE, sessions.SEEN}


def test_coming_again_changes_nothing_but_the_day(browser):
    browser.sign_in("an")
    entries = Entry.objects.count()
    browser.my.post("/sign-out")
    browser.sign_in("an")
    assert Citizen.objects.count() == Identity.objects.count() == 1
    assert Entry.objects.count() == entries


def test_the_ledger_tells_that_somebody_was_linked_and_not_who(browser):
    browser.sign_in("an")
    entry = Entry.objects.get(verb="accounts.citizen.linked")
    assert entry.subject == str(Citizen.objects.get().pk)
    assert entry.by == ""


def test_somebody_of_level_1_signs_in_at_level_1(browser):
    assert browser.sign_in("mua")["Location"] == "/"
    assert "định danh mức 1" in browser.my.get("/").content.decode()


def test_level_1_where_2_is_needed_is_told_how_to_get_it_and_not_sent_round_in_circles(browser):
    answer = browser.sign_in("mua", next="/apply/1.004194", level="2")
    assert answer["Location"] == "/sign-in?next=%2Fapply%2F1.004194&level=2"
    page = browser.my.get(answer["Location"]).content.decode()
    assert "Việc này cần định danh mức 2" in page
    assert "công an xã" in page
    assert 'name="next" value="/apply/1.004194"' in page


def test_a_level_that_rises_asks_for_the_person_anew(browser):
    browser.sign_in("mua")
    query = asked(browser.leave(level="2"))
    assert query["max_age"] == "300"
    assert browser.come_back(browser.agree(browser.leave(level="2"), "mua")).status_code == 302


def test_a_citizen_from_the_counter_is_found_by_number_at_level_2_and_becomes_what_the_identity_says(browser, trusted):
    known = citizen("011150000456", "Giang Thi Sua", born=None, source="pvhcc-thanh-yen")
    assert browser.sign_in("sua")["Location"] == "/"
    known.refresh_from_db()
    assert (known.name, known.born) == ("Giàng Thị Sua", date(1950, 2, 3))
    assert (known.source, known.confirmed_on) == (trusted.issuer, timezone.localdate())
    assert held(browser.my)[sessions.CITIZEN] == known.pk


def test_a_citizen_from_the_counter_is_opened_by_no_identity_of_level_1(browser):
    known = citizen("011305000564", "Vàng Thị Mùa", source="pvhcc-thanh-yen")
    answer = browser.sign_in("mua")
    assert answer.status_code == 403
    assert "Cần định danh mức 2" in answer.content.decode()
    assert not Identity.objects.exists()
    assert browser.my.get("/").context["citizen"] is None
    known.refresh_from_db()
    assert known.source == "pvhcc-thanh-yen"


def test_the_session_gets_a_new_key_and_the_old_one_opens_nothing(browser):
    browser.leave()
    planted = browser.my.cookies["sessionid"].value
    thief = FaceClient("my")
    thief.cookies["sessionid"] = planted
    browser.sign_in("an")
    assert browser.my.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert thief.get("/").context["citizen"] is None


def test_somebody_else_on_the_same_phone_takes_nothing_over(browser):
    browser.sign_in("an")
    other = Browser(browser.my, browser.provider)
    other.sign_in("binh")
    page = browser.my.get("/").content.decode()
    assert "Lò Thị Bình" in page
    assert "Quàng Văn An" not in page


def test_signing_out_leads_on_to_the_provider_that_offers_it(browser, trusted):
    browser.sign_in("an")
    answer = browser.my.post("/sign-out")
    address = led_to(answer)
    assert address.startswith(trusted.issuer)
    assert asked(address) == {"client_id": "keng", "post_logout_redirect_uri": "http://my.localhost/"}
    assert browser.there.get(address, timeout=10).ok
    assert browser.my.get("/").context["citizen"] is None


def test_no_other_face_knows_the_addresses(public, desk):
    for face in (public, desk):
        for address in ("/oidc/begin", "/oidc/callback", "/sign-in", "/oidc/e-identity/login/"):
            assert face.get(address).status_code in (302, 403, 404), address
            assert "/accounts/login/" in face.get(address).get("Location", "/accounts/login/")


def test_the_librarys_own_addresses_do_not_exist(my):
    for address in ("/accounts/login/", "/accounts/signup/", "/social/signup/", "/oidc/e-identity/login/"):
        assert my.get(address).status_code == 404


def test_a_sign_in_is_begun_by_our_own_form_only(trusted):
    """Login CSRF: another site can't send somebody's browser off to sign in."""
    strict = FaceClient("my", enforce_csrf_checks=True)
    assert strict.get("/oidc/begin").status_code == 405
    assert strict.post("/oidc/begin", {"next": "/"}).status_code == 403


def test_somebody_signed_in_sees_the_way_to_sign_in_again(my):
    page = as_citizen(my, citizen("011090000123", "Quàng Văn An")).get("/sign-in").content.decode()
    assert "Tới trang định danh" in page
