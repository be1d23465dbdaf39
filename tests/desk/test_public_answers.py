"""The desk's side of public answers: from a suggestion, and the box's own list where one is taken back."""

from keng.mailbox.models import Box, PublicAnswer, Thread
from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer, Report, cast, hoa, report

__all__ = ["cast", "hoa", "report"]
SAID = {"asked": "Bao giờ sửa cầu?", "answered": "Trước Tết.", "allowed": True}


def opened(cast: Cast, hoa: Officer, report: Report) -> Thread:
    thread, _reporter = report(public=True)
    Box.objects.filter(pk=cast.box.pk).update(kind=Box.Kind.DEMOCRACY)
    hoa.opens(thread)
    return thread


def test_an_officer_publishes_and_the_report_shows_it(cast: Cast, hoa: Officer, report: Report) -> None:
    thread = opened(cast, hoa, report)
    assert hoa.post(f"threads/{thread.key}/public-answer", SAID)[0] == 201
    shown = hoa.get(f"threads/{thread.key}")[1]["public_answer"]
    assert (shown["asked"], shown["answered"]) == ("Bao giờ sửa cầu?", "Trước Tết.")
    assert hoa.post(f"threads/{thread.key}/public-answer", SAID)[1]["error"] == "taken"


def test_bad_sayings_are_told_in_one_sentence(cast: Cast, hoa: Officer, report: Report) -> None:
    thread = opened(cast, hoa, report)
    for body in (
        {},
        {**SAID, "allowed": "yes"},
        {**SAID, "asked": 5},
        {**SAID, "allowed": False},
        {**SAID, "answered": "a" * 5000},
    ):
        status, said = hoa.post(f"threads/{thread.key}/public-answer", body)
        assert 400 <= status < 500
        assert said["message"]
    assert not PublicAnswer.objects.exists()


def test_the_list_shows_what_stands_and_what_was_withdrawn(cast: Cast, hoa: Officer, report: Report) -> None:
    thread = opened(cast, hoa, report)
    hoa.post(f"threads/{thread.key}/public-answer", SAID)
    answer = PublicAnswer.objects.get()
    assert "Rút câu này" in hoa.client.get("/boxes/na-co-sa/answers/").content.decode()
    assert hoa.client.post(f"/boxes/na-co-sa/answers/{answer.pk}/withdraw/").status_code == 302
    page = hoa.client.get("/boxes/na-co-sa/answers/").content.decode()
    assert "Rút câu này" not in page
    assert "Đã rút ngày" in page
    assert hoa.client.post("/boxes/na-co-sa/answers/5/withdraw/").status_code == 404


def test_of_another_kind_of_box_the_list_says_why_it_is_empty(cast: Cast, hoa: Officer) -> None:
    assert "Chỉ góp ý với xã mới trả lời công khai được" in hoa.client.get("/boxes/na-co-sa/answers/").content.decode()
