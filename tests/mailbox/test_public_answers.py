"""Suggestions answered for all to read: only with consent, only of democracy boxes, and nothing leads back to the report."""

from datetime import timedelta

import pytest
from django.utils import timezone

from keng.core.ids import this_hour
from keng.ledger.models import Entry
from keng.mailbox.errors import Conflict, Malformed, NotAllowed
from keng.mailbox.models import Box, PublicAnswer, State, Thread
from keng.mailbox.public_answers import live, publish, withdraw
from tests.cast import Cast
from tests.conftest import FaceClient
from tests.desk.register.test_services import at_once

ASKED, ANSWERED = "Bao giờ sửa cầu treo bản Na Cô Sa 1?", "Xã đã xin kinh phí, làm xong trước Tết."


@pytest.fixture
def box(cast: Cast) -> Box:
    cast.box.kind = Box.Kind.DEMOCRACY
    cast.box.save()
    return cast.box


def suggestion(box: Box, number: int = 0, state: str = State.VERIFYING) -> Thread:
    hour = this_hour()
    return Thread.objects.create(
        key=f"{number:064x}", box=box, holder=box, state=state, open_due=hour, resolve_due=hour, pin="", pin_mac=""
    )


def answered(box: Box, number: int = 0, asked: str = ASKED) -> PublicAnswer:
    return publish(thread=suggestion(box, number), asked=asked, answered=ANSWERED, allowed=True, by="hoa")


def test_an_answer_is_read_by_all_newest_day_first(box: Box, public: FaceClient) -> None:
    answered(box, 1, "Câu mới?")
    old = answered(box, 2, "Câu cũ?")
    PublicAnswer.objects.filter(pk=old.pk).update(published_on=timezone.localdate() - timedelta(days=9))
    said = public.get("/b/na-co-sa/answers").content.decode()
    assert said.index("Câu mới?") < said.index("Câu cũ?")
    assert ANSWERED in said
    assert timezone.localdate().strftime("%d/%m/%Y") in said


def test_nothing_that_is_public_leads_back_to_the_report(box: Box, public: FaceClient) -> None:
    made = answered(box, 77)
    page = public.get("/b/na-co-sa/answers").content.decode()
    assert made.thread is not None
    for trace in (
        made.thread.key,
        made.thread.key[:12],
        str(made.thread.pk),
        str(made.pk),
        f"{this_hour():%H:00}",
        "T0",
    ):
        assert trace not in page
    entry = Entry.objects.get(verb="mailbox.public_answer.published")
    assert (entry.case, entry.subject, entry.by) == ("na-co-sa", str(made.pk), "hoa")
    assert not Entry.objects.filter(case=made.thread.key).exists()


def test_r5_the_page_has_no_cookie_no_script_and_is_the_same_for_everybody(box: Box, public: FaceClient) -> None:
    answered(box)
    first = public.get("/b/na-co-sa/answers")
    again = public.get("/b/na-co-sa/answers", HTTP_COOKIE="sessionid=x", HTTP_USER_AGENT="Zalo")
    assert first.content == again.content
    assert not first.cookies
    policy = first.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "<script" not in first.content.decode()


def test_what_was_written_is_shown_as_text(box: Box, public: FaceClient) -> None:
    answered(box, asked="<script>alert(1)</script> & <b>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in public.get("/b/na-co-sa/answers").content.decode()


def test_without_consent_nothing_is_published(box: Box) -> None:
    with pytest.raises(NotAllowed) as refused:
        publish(thread=suggestion(box), asked=ASKED, answered=ANSWERED, allowed=False, by="hoa")
    assert refused.value.code == "no_consent"
    assert not PublicAnswer.objects.exists()
    assert not Entry.objects.filter(verb__contains="public_answer").exists()


@pytest.mark.parametrize("kind", ["crime", "complaint"])
def test_a_tip_or_a_complaint_is_never_answered_publicly(box: Box, public: FaceClient, kind: str) -> None:
    thread = suggestion(box)
    Box.objects.update(kind=kind)
    with pytest.raises(NotAllowed):
        publish(thread=thread, asked=ASKED, answered=ANSWERED, allowed=True, by="hoa")
    assert public.get("/b/na-co-sa/answers").status_code == 404


def test_a_suggestion_that_lies_in_another_kind_of_box_is_not_answered_publicly(cast: Cast, box: Box) -> None:
    thread = suggestion(box)
    Thread.objects.update(holder=cast.police)
    thread.refresh_from_db()
    with pytest.raises(NotAllowed):
        publish(thread=thread, asked=ASKED, answered=ANSWERED, allowed=True, by="dung")


def test_an_unopened_suggestion_is_opened_first(box: Box) -> None:
    with pytest.raises(NotAllowed):
        publish(thread=suggestion(box, state=State.RECEIVED), asked=ASKED, answered=ANSWERED, allowed=True, by="hoa")


@pytest.mark.parametrize(
    ("asked", "said", "code"),
    [
        ("", ANSWERED, "empty"), ("  \n ", ANSWERED, "empty"), (ASKED, "", "empty"), ("a" * 1001, ANSWERED, "too_long"),
        (ASKED, "a" * 5000, "too_long"), ("\u202egnưh\u202c", ANSWERED, "strange"), (ASKED, "a\x07b", "strange"),
        (ASKED, "hết\u200f", "strange"),
    ],
)  # fmt: skip
def test_what_is_empty_too_long_or_turns_lines_round_is_refused(box: Box, asked: str, said: str, code: str) -> None:
    thread = suggestion(box)
    with pytest.raises(Malformed) as refused:
        publish(thread=thread, asked=asked, answered=said, allowed=True, by="hoa")
    assert refused.value.code == code
    assert not PublicAnswer.objects.exists()


def test_withdrawn_it_is_gone_from_the_page_once_and_for_good(box: Box, public: FaceClient) -> None:
    made = answered(box)
    withdraw(answer=made, by="nam")
    withdraw(answer=made, by="hoa")
    assert ASKED not in public.get("/b/na-co-sa/answers").content.decode()
    assert [entry.by for entry in Entry.objects.filter(verb="mailbox.public_answer.withdrawn")] == ["nam"]


def test_one_answer_stands_at_a_time(box: Box) -> None:
    made = answered(box)
    assert made.thread is not None
    with pytest.raises(Conflict):
        publish(thread=made.thread, asked="Khác", answered=ANSWERED, allowed=True, by="nam")
    withdraw(answer=made, by="hoa")
    second = publish(thread=made.thread, asked="Khác", answered=ANSWERED, allowed=True, by="nam")
    assert live(made.thread) == second


def test_the_answer_stays_when_its_report_is_erased(box: Box, public: FaceClient) -> None:
    made = answered(box)
    Thread.objects.all().delete()
    assert ASKED in public.get("/b/na-co-sa/answers").content.decode()
    made.refresh_from_db()
    assert made.thread is None


def test_the_page_is_there_in_the_boxs_languages_and_linked_from_its_pages(box: Box, public: FaceClient) -> None:
    Box.objects.update(version=8123)
    answered(box)
    assert public.get("/b/na-co-sa/answers/en").status_code == 200
    assert public.get("/b/na-co-sa/answers/xx").status_code == 404
    assert public.get("/b/khong-co/answers").status_code == 404
    assert public.post("/b/na-co-sa/answers").status_code == 405
    for path in ("/b/na-co-sa", "/b/na-co-sa/plain"):
        assert 'href="/b/na-co-sa/answers"' in public.get(path).content.decode()


def test_many_answers_take_pages_and_few_queries(box: Box, public: FaceClient, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    today = timezone.localdate()
    PublicAnswer.objects.bulk_create(
        PublicAnswer(box=box, asked=f"Câu {n}?", answered=ANSWERED, published_on=today - timedelta(days=n))
        for n in range(120)
    )
    with django_assert_max_num_queries(8):
        said = public.get("/b/na-co-sa/answers").content.decode()
    assert said.count(ANSWERED) == 50
    assert "?p=2" in said
    assert "Câu 119?" in public.get("/b/na-co-sa/answers?p=3").content.decode()
    assert public.get("/b/na-co-sa/answers?p=x").status_code == 200


def test_what_was_passed_on_meanwhile_is_answered_on_nobodys_page(cast: Cast, box: Box) -> None:
    """Two of an office at one moment: one answers, the other passes the suggestion on to the level above."""
    seen = suggestion(box)
    cast.police.kind = Box.Kind.DEMOCRACY
    cast.police.save()
    Thread.objects.filter(pk=seen.pk).update(holder=cast.police)
    with pytest.raises(Conflict) as refused:
        publish(thread=seen, asked=ASKED, answered=ANSWERED, allowed=True, by="hoa")
    assert refused.value.code == "passed_on"
    assert not PublicAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_answer_stands(box: Box) -> None:
    for number in range(5):
        thread = suggestion(box, number)
        said = {"thread": thread, "asked": ASKED, "answered": ANSWERED, "allowed": True}
        raised = at_once([lambda said=said: publish(**said, by="hoa")] * 4, together=4)  # type: ignore[misc]
        assert [type(error) for error in raised] == [Conflict] * 3
        assert PublicAnswer.objects.filter(thread=thread).count() == 1
