"""The codes on documents: how they are made, and how typed ones are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.signing import codes


def test_a_code_is_four_groups_of_four_and_no_two_are_alike() -> None:
    made = {codes.new() for _time in range(500)}
    assert len(made) == 500
    for code in made:
        assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
        assert set(code) <= {*codes.ALPHABET, "-"}


@pytest.mark.parametrize(
    "typed",
    ["0A1B-2C3D-4E5F-6G7H", "0a1b2c3d4e5f6g7h", " oaib 2c3d.4e5f/6g7h ", "OALB-2C3D-4E5F-6G7H"],
    ids=["as printed", "small and whole", "O for 0, i for 1, other signs between", "O for 0, L for 1"],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert codes.read(typed) == "0A1B-2C3D-4E5F-6G7H"


def test_a_v_read_as_u_is_a_v() -> None:
    assert codes.read("VuVU-vvuu-0000-1111") == "VVVV-VVVV-0000-1111"


def test_s3_nobody_types_a_code_with_hundreds_of_signs_between() -> None:
    assert codes.read("0A1B2C3D" + " " * (codes.MOST - codes.LENGTH) + "4E5F6G7H") == "0A1B-2C3D-4E5F-6G7H"
    assert codes.read("0A1B2C3D" + " " * (codes.MOST - codes.LENGTH + 1) + "4E5F6G7H") == ""


@pytest.mark.parametrize(
    "typed", ["", "0A1B", "0A1B-2C3D-4E5F-6G7", "0A1B-2C3D-4E5F-6G7HJ", "０A1B-2C3D-4E5F-6G7H", "0" * 10_000]
)
def test_what_is_no_code_is_read_as_none(typed: str) -> None:
    assert codes.read(typed) == ""


@given(st.text())
def test_whatever_is_typed_gives_a_code_or_nothing(typed: str) -> None:
    read = codes.read(typed)
    assert read == "" or codes.read(read) == read


@given(st.text(codes.ALPHABET, min_size=codes.LENGTH, max_size=codes.LENGTH))
def test_every_code_is_read_back_as_itself_from_bad_handwriting(letters: str) -> None:
    code = codes.grouped(letters)
    assert codes.read(code.lower().replace("0", "o").replace("1", "l")) == code
