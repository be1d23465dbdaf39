"""Each kind of box has its states, words and choices, the same wherever they are read."""

import json
from pathlib import Path

import pytest
from django.utils import translation

from keng.desk.models import Assessment
from keng.mailbox import sealing
from keng.mailbox.choices import CHOICES, HEADINGS
from keng.mailbox.errors import NotAllowed
from keng.mailbox.kinds import KINDS, for_script, state_name, told
from keng.mailbox.models import FLOWS, RESULTS, Box, State, Thread
from keng.mailbox.services import change_state
from tests.cast import Cast
from tests.conftest import FaceClient

BUNDLE = Path("keng/mailbox/languages/bundle.json")
by_kind = pytest.mark.parametrize("kind", Box.Kind.values)


@by_kind
def test_every_state_that_a_kind_can_come_to_has_its_words_and_no_other_has(kind: str) -> None:
    words = KINDS[kind]
    states = set(FLOWS[kind])
    assert states == set(words.states) == set(words.told)
    after = {state for following in FLOWS[kind].values() for state in following}
    # Opening happens by reading, forwarding has a dialogue of its own.
    assert set(words.moves) == after - {State.OPENED, State.FORWARDED}


@by_kind
def test_every_way_through_a_kind_ends_closed_and_by_a_result(kind: str) -> None:
    for state, following in FLOWS[kind].items():
        assert following or state == State.CLOSED
        if State.CLOSED in following:
            assert state in RESULTS or state == State.FORWARDED


@by_kind
def test_what_the_reporters_page_offers_is_what_the_office_sorts_by(kind: str) -> None:
    offered = [value for value, _label, _path in CHOICES[kind]]
    assert offered == list(KINDS[kind].what)
    assert set(offered) <= set(Assessment.Category.values)
    assert HEADINGS[Box.Kind(kind)]


@by_kind
def test_the_return_page_with_and_without_javascript_says_the_same(kind: str) -> None:
    said = json.loads(BUNDLE.read_text())
    prefix = "return.states." if kind == Box.Kind.CRIME else f"return.kinds.{kind}."
    with translation.override("vi"):
        assert {state: str(told(kind, state)) for state in FLOWS[kind]} == {
            key.removeprefix(prefix): text for key, text in said.items() if key.startswith(prefix)
        }


def test_crime_words_are_nowhere_among_suggestions() -> None:
    with translation.override("vi"):
        assert not {"theft", "drugs"} & set(for_script("democracy")["what"])  # type: ignore[arg-type]
        assert state_name("democracy", "verifying") == "Đang xem xét"
        assert state_name("complaint", "acted_on") == "Đúng, đã xử lý"
        assert told("democracy", "acted_on") == ""


def thread_in(box: Box, state: str) -> Thread:
    from keng.core.ids import this_hour

    hour = this_hour()
    return Thread.objects.create(
        key="ab" * 32, box=box, holder=box, state=state, open_due=hour, resolve_due=hour, pin="", pin_mac=""
    )


@pytest.mark.parametrize(
    ("kind", "to", "fits"),
    [
        ("crime", "acted_on", True), ("crime", "adopted", False), ("crime", "answered", False), ("crime", "partly", False),
        ("democracy", "adopted", True), ("democracy", "answered", True), ("democracy", "acted_on", False),
        ("democracy", "unfounded", False), ("complaint", "partly", True), ("complaint", "adopted", False),
    ],
)  # fmt: skip
def test_a_report_comes_only_to_states_of_its_kind(cast: Cast, kind: str, to: str, fits: bool) -> None:
    cast.box.kind = kind
    cast.box.save()
    thread = thread_in(cast.box, "verifying")
    if fits:
        change_state(thread=thread, to=to, version=1, by="hoa")
    else:
        with pytest.raises(NotAllowed):
            change_state(thread=thread, to=to, version=1, by="hoa")
    thread.refresh_from_db()
    assert thread.state == (to if fits else "verifying")


@pytest.mark.parametrize(
    ("kind", "there", "absent"),
    [
        ("crime", "Chỉ cán bộ của đơn vị mở được", 'id="public"'),
        ("democracy", "Cho phép trả lời công khai, không nêu ai góp ý", "Ma tuý"),
        ("complaint", "cán bộ bị phản ánh không mở được", 'id="public"'),
    ],
)
def test_the_page_of_a_kind_says_what_fits_it_within_the_budget(
    cast: Cast, public: FaceClient, kind: str, there: str, absent: str
) -> None:
    from keng.mailbox import pages

    cast.box.kind, cast.box.version = kind, 7000 + Box.Kind.values.index(kind)
    cast.box.save()
    pages._report_page.cache_clear()
    page = public.get("/b/na-co-sa").content.decode()
    assert there in page
    assert absent not in page
    for value in KINDS[kind].what:
        assert f'value="{value}"' in page
    assert len(public.get("/b/na-co-sa", HTTP_ACCEPT_ENCODING="br").content) <= 5120
    pages._report_page.cache_clear()


@pytest.mark.parametrize(
    ("ticked", "kind", "said"), [("yes", "democracy", True), ("", "democracy", None), ("yes", "crime", None)]
)
def test_the_plain_page_seals_the_consent_where_one_can_be_given(
    cast: Cast, public: FaceClient, ticked: str, kind: str, said: bool | None
) -> None:
    cast.box.kind = kind
    cast.box.save()
    body = {"text": "Cầu hỏng.", "form": "x" * 43, "public": ticked}
    from urllib.parse import urlencode

    answer = public.post("/b/na-co-sa/plain", urlencode(body), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    part = Thread.objects.get().parts.get()
    opened = sealing.open_part(
        sealed=bytes(part.header) + bytes(part.payload), identity=cast.keys.identity, thread=part.thread.key,
        sender="reporter", index=0, secret=None,
    )  # fmt: skip
    assert opened.json.get("public") is said
