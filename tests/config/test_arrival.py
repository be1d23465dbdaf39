"""A body that did not come whole is answered in a sentence, on the face where it was sent, before anybody reads it (S3)."""

import pytest

from keng.mailbox.bodies import ARRIVED

pytestmark = pytest.mark.django_db
WHYS = [
    ("large", 413, "8 MB"),
    ("cut", 400, "Đường truyền"),
    ("slow", 408, "Đường truyền"),
    ("busy", 503, "Chờ một phút"),
]


@pytest.mark.parametrize(("why", "status", "says"), WHYS)
@pytest.mark.parametrize("face", ["my", "desk"])
def test_s3_a_form_with_files_that_did_not_come_whole_gets_a_sentence(request, face, why, status, says):
    answer = request.getfixturevalue(face).post("/sign-out", {"a": "x"}, **{ARRIVED: why})
    assert answer.status_code == status
    text = answer.content.decode()
    assert says in text
    assert "<h1" in text
    assert ("Về trang chính của xã" in text) == (face == "my")  # on the page of the face that was asked


@pytest.mark.parametrize(("why", "status", "says"), WHYS)
def test_s3_a_script_is_told_by_a_word_and_the_same_sentence(desk, why, status, says):
    answer = desk.post("/api/anything", {"a": "x"}, **{ARRIVED: why})
    assert (answer.status_code, answer.json()["error"]) == (status, why)
    assert says in answer.json()["message"]


def test_what_came_whole_and_what_is_no_form_with_files_goes_its_way(my):
    assert my.post("/sign-out", {"a": "x"}, **{ARRIVED: ""}).status_code == 200
    assert (
        my.generic("POST", "/sign-out", b"a=x", "application/x-www-form-urlencoded", **{ARRIVED: "cut"}).status_code
        == 200
    )
