"""An identity provider that answers for somebody else: nobody is signed in, and nothing personal is logged."""

import time

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from keng.accounts.citizens import provider
from keng.accounts.models import Citizen, Identity
from tests.accounts.citizens.at_hostile import GARBLED, comes_back, leave, refused
from tests.accounts.citizens.hostile import OTHER_KEY, PERSON, public
from tests.conftest import FaceClient
from tests.procedures.cast import citizen

pytestmark = pytest.mark.django_db


def test_honest_it_signs_in(my, hostile):
    assert comes_back(my, hostile)["Location"] == "/"
    assert Citizen.objects.get().number == PERSON["personal_id_number"]
    assert hostile.posted[0]["code_verifier"]


# ---- answering for somebody else

FOREIGN = {
    "the nonce of another session": {"nonce": "x" * 43},
    "no nonce": {"nonce": None},
    "a nonce that is no text": {"nonce": ["x"]},
    "a nonce that is half a letter": {"nonce": "\ud800"},
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "for another client": {"aud": "somebody-else"},
    "for us and another": {"aud": ["keng", "somebody-else"]},
    "asked for by another": {"azp": "somebody-else"},
    "about nobody": {"sub": None},
    "about a subject that is no text": {"sub": 5},
    "about a subject that can't be kept": {"sub": "a\x00n"},
    "about a subject too long": {"sub": "a" * 256},
    "over": {"exp": 1},
    "without an end": {"exp": None},
    "with an end that is no number": {"exp": "soon"},
    "with an endless end": {"exp": float("inf")},
    "from far ahead": {"iat": int(time.time()) + 3600},
    "without a beginning": {"iat": None},
}


@pytest.mark.parametrize("claims", FOREIGN.values(), ids=FOREIGN.keys())
def test_an_id_token_not_for_this_sign_in_is_refused(my, hostile, caplog, claims):
    hostile.claims = claims
    refused(comes_back(my, hostile), GARBLED, caplog)


@pytest.mark.parametrize(("seconds", "signed_in"), [(45, True), (-45, True), (300, False), (-400, False)])
def test_two_clocks_may_differ_by_a_minute_and_no_more(my, hostile, seconds, signed_in):
    now = int(time.time())
    hostile.claims = {"iat": now + seconds, "exp": now + seconds + (300 if seconds > 0 else 0)}
    assert (comes_back(my, hostile).status_code == 302) is signed_in


def test_a_key_that_is_not_the_providers_signs_nothing(my, hostile, caplog):
    hostile.key = OTHER_KEY
    refused(comes_back(my, hostile), GARBLED, caplog)


@pytest.mark.parametrize(("algorithm", "key"), [("none", None), ("HS256", "s" * 64), ("HS256", "demo" * 16)])
def test_no_signature_and_one_by_a_shared_secret_are_refused(my, hostile, algorithm, key):
    hostile.algorithm, hostile.key = algorithm, key
    refused(comes_back(my, hostile), GARBLED)


def test_a_shared_secret_among_the_public_keys_is_not_used(my, hostile):
    hostile.algorithm, hostile.key = "HS256", "s" * 64
    hostile.keys = [{"kty": "oct", "k": "c3M", "kid": "k1", "alg": "HS256"}]
    refused(comes_back(my, hostile), GARBLED)


@pytest.mark.filterwarnings("ignore::Warning")  # the library that signs here warns, too
def test_a_key_too_short_to_trust_is_refused(my, hostile):
    hostile.key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    hostile.keys = [public(hostile.key)]
    refused(comes_back(my, hostile), GARBLED)


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [{}],
        [{"kid": "k1"}],
        [{"kid": "k1", "kty": "RSA", "n": "!", "e": 5}],
        ["k1"],
        None,
        [{"kid": "k1", "kty": "RSA", "use": "enc"}],
    ],
    ids=["none", "empty", "without kind", "broken", "no object", "no list", "for encrypting"],
)
def test_keys_that_are_none_open_nothing(my, hostile, keys):
    hostile.keys = keys
    refused(comes_back(my, hostile), GARBLED)


def test_keys_that_the_provider_changed_are_fetched_anew(my, hostile, monkeypatch):
    assert comes_back(my, hostile).status_code == 302
    hostile.key, hostile.keys, hostile.header = OTHER_KEY, [public(OTHER_KEY, "k2")], {"kid": "k2"}
    monkeypatch.setattr(provider, "KEYS_AGAIN", 0.0)
    assert comes_back(my, hostile).status_code == 302
    assert hostile.asked.count("/jwks") == 2


def test_made_up_key_ids_do_not_make_us_ask_again_and_again(my, hostile):
    comes_back(my, hostile)
    hostile.header = {"kid": "made up"}
    for _try in range(3):
        assert GARBLED in comes_back(my, hostile).content.decode()
    assert hostile.asked.count("/jwks") == 1


def test_without_a_key_id_the_key_that_fits_is_found(my, hostile):
    hostile.keys = [public(OTHER_KEY, "k0"), public(hostile.key, "k9")]
    hostile.header = {"kid": None}
    assert comes_back(my, hostile).status_code == 302


def test_userinfo_about_another_subject_is_refused(my, hostile, caplog):
    hostile.userinfo = {"sub": "binh"}
    refused(comes_back(my, hostile), GARBLED, caplog)


def test_what_is_signed_counts_before_what_is_not(my, hostile):
    hostile.userinfo = {"personal_id_number": "011192000231", "name": "Lò Thị Bình"}
    comes_back(my, hostile)
    assert Citizen.objects.get().number == PERSON["personal_id_number"]


# ---- levels


@pytest.mark.parametrize("acr", [None, "", "muc-3", 2, ["muc-2"], "MUC-2"])
def test_a_level_that_nobody_states_is_none(my, hostile, acr):
    hostile.claims = {"acr": acr}
    refused(comes_back(my, hostile), "Chưa rõ mức")


@pytest.mark.parametrize("auth_time", [None, 1, int(time.time()) - 600, "now"])
def test_a_level_rises_only_for_somebody_who_proved_it_just_now(my, hostile, auth_time):
    hostile.claims = {"acr": "muc-1"}
    assert comes_back(my, hostile).status_code == 302
    hostile.claims = {"acr": "muc-2", "auth_time": auth_time}
    answer = my.get(hostile.answer_to(leave(my, level="2")))
    assert GARBLED in answer.content.decode()
    assert my.get("/").context["identity_level"] == 1
    hostile.claims = {"acr": "muc-2"}
    assert my.get(hostile.answer_to(leave(my, level="2"))).status_code == 302
    assert my.get("/").context["identity_level"] == 2


# ---- who it says


@pytest.mark.parametrize(
    "claims",
    [
        {"personal_id_number": None},
        {"personal_id_number": "01109000012"},
        {"personal_id_number": "0110900001234"},
        {"personal_id_number": 11090000123},
        {"personal_id_number": "０１１０９００００１２３"},
        {"personal_id_number": "01109000012x"},
        {"personal_id_number": "011090000123\n"},
        {"name": None},
        {"name": " "},
        {"name": "A" * 121},
        {"name": "Quàng\x00Văn"},
        {"name": ["An"]},
    ],
)
def test_an_identity_without_a_number_of_12_digits_or_a_name_signs_nobody_in(my, hostile, claims):
    hostile.claims = claims
    hostile.userinfo = dict.fromkeys(claims)
    refused(comes_back(my, hostile), "thiếu số định danh")


@pytest.mark.parametrize("born", [None, "1990", "0000-05-04", "2990-01-01", "1990-13-01", 1990, "1990-05-04T00:00"])
def test_a_birth_day_that_is_none_is_left_out(my, hostile, born):
    hostile.claims, hostile.userinfo = {"birthdate": born}, {"birthdate": born}
    assert comes_back(my, hostile).status_code == 302
    assert Citizen.objects.get().born is None


def test_a_second_subject_for_a_number_is_refused_and_changes_nothing(my, hostile):
    comes_back(my, hostile)
    hostile.claims, hostile.userinfo = {"sub": "other", "name": "Kẻ Khác"}, {"sub": "other"}
    answer = comes_back(FaceClient("my"), hostile)
    assert "không khớp với lần trước" in answer.content.decode()
    assert answer.status_code == 403
    assert Identity.objects.get().subject == "an"
    assert Citizen.objects.get().name == PERSON["name"]


def test_a_second_number_for_a_subject_is_refused_and_changes_nothing(my, hostile):
    comes_back(my, hostile)
    hostile.claims = {"personal_id_number": "011192000231"}
    answer = comes_back(FaceClient("my"), hostile)
    assert "không khớp với lần trước" in answer.content.decode()
    assert Citizen.objects.get().number == PERSON["personal_id_number"]


def test_a_province_that_changes_its_provider_ties_the_new_one_at_level_2(my, hostile):
    known = citizen(PERSON["personal_id_number"], "Quàng Văn An")
    Identity.objects.create(citizen=known, issuer="https://cu.example", subject="1", level=2, used_on="2026-01-01")
    assert comes_back(my, hostile).status_code == 302
    assert known.identities.count() == 2
