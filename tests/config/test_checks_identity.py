"""S4: e-identity half set up, in the clear or with values that can't be told apart is refused at start-up; none at all is fine."""

from typing import Any

import pytest

from config import settings as demos
from config.checks import CONFIGURATION
from config.checks_identity import identity_can_be_read, identity_is_asked_over_https, identity_is_whole_or_absent

CHECKS = (identity_is_whole_or_absent, identity_is_asked_over_https, identity_can_be_read)
WHOLE = {
    "IDENTITY_ISSUER": "https://dinh-danh.example",
    "IDENTITY_CLIENT": "keng",
    "IDENTITY_SECRET": "s",
    "IDENTITY_ACR": {1: "loa1", 2: "loa2"},
    "DEMO": False,
}
ABSENT = {"IDENTITY_ISSUER": "", "IDENTITY_CLIENT": "", "IDENTITY_SECRET": "", "IDENTITY_ACR": {1: "", 2: ""}}


def found(settings: Any, **values: Any) -> list[str]:
    for name, value in {**WHOLE, **values}.items():
        setattr(settings, name, value)
    return [str(error.id) for check in CHECKS for error in check()]


def test_all_of_it_and_none_of_it_are_fine(settings):
    assert found(settings) == []
    assert found(settings, **ABSENT) == []


@pytest.mark.parametrize("missing", ["IDENTITY_ISSUER", "IDENTITY_CLIENT", "IDENTITY_SECRET"])
def test_half_of_it_is_refused(settings, missing):
    assert found(settings, **{missing: ""}) == ["keng.E053"]


@pytest.mark.parametrize("acr", [{1: "", 2: "loa2"}, {1: "loa1", 2: ""}])
def test_a_level_without_a_name_is_half_of_it(settings, acr):
    assert found(settings, IDENTITY_ACR=acr) == ["keng.E053"]


@pytest.mark.parametrize(
    "issuer",
    ["http://dinh-danh.example", "http://127.0.0.1:8001", "dinh-danh.example", "https://", "https://a.example/?x=1", "https://a.example/#x",
     "https://ten:mat-khau@a.example", "https://[", "https://a.exa\nmple", "ftp://a.example"],
)  # fmt: skip
def test_an_issuer_in_the_clear_or_none_at_all_is_refused(settings, issuer):
    assert "keng.E054" in found(settings, IDENTITY_ISSUER=issuer)


def test_the_demo_may_ask_this_machine_in_the_clear_and_no_other(settings):
    assert found(settings, DEMO=True, IDENTITY_ISSUER="http://127.0.0.1:8001") == []
    assert found(settings, DEMO=True, IDENTITY_ISSUER="http://dinh-danh.example") == ["keng.E054"]


@pytest.mark.parametrize(
    "values",
    [
        {"IDENTITY_ACR": {1: "loa", 2: "loa"}}, {"IDENTITY_ACR": {1: "loa 1", 2: "loa 2"}}, {"IDENTITY_SCOPE": ["profile"]},
        {"IDENTITY_CLAIMS": {"number": "x", "name": "x", "born": "b"}}, {"IDENTITY_CLAIMS": {"number": "", "name": "n", "born": "b"}},
        {"IDENTITY_CA": "/nowhere/ca.pem"},
    ],
)  # fmt: skip
def test_what_could_not_be_told_apart_or_found_is_refused(settings, values):
    assert found(settings, **values) == ["keng.E055"]


def test_each_says_in_both_languages_how_to_mend_it_and_no_secret(settings):
    for name, value in {**WHOLE, "IDENTITY_CLIENT": "", "IDENTITY_SECRET": "mat-khau-that"}.items():
        setattr(settings, name, value)
    (error,) = identity_is_whole_or_absent()
    assert "KENG_IDENTITY_CLIENT" in error.msg
    assert error.hint
    assert "mat-khau-that" not in error.msg + error.hint


def test_all_are_looked_at_before_every_command():
    assert set(CHECKS) <= set(CONFIGURATION)


def test_the_secret_may_lie_in_a_file(tmp_path):
    (tmp_path / "secret").write_text("bi-mat\n")
    assert demos.secret_in(str(tmp_path / "secret")) == "bi-mat"
    assert demos.secret_in(str(tmp_path / "none")) == demos.secret_in("") == ""
    (tmp_path / "secret").write_bytes(b"\xff\xff")
    assert demos.secret_in(str(tmp_path / "secret")) == ""


@pytest.mark.parametrize("months", ["1", "121", "", "mười hai", "-3", "²"])
def test_c4_a_time_after_which_nobody_is_known_any_more_must_be_a_time(settings, months):
    assert found(settings, IDENTITY_MONTHS=months) == ["keng.E056"]
    assert found(settings, **ABSENT, IDENTITY_MONTHS=months) == ["keng.E056"]
