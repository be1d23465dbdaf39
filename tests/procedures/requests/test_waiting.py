"""The legal clock of a resident's request is told in time: in the digest, with pages that list just these, and beside the queue."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localtime

from keng.core import ids
from keng.procedures.errors import Conflict, NotAllowed, Refused
from keng.procedures.models import DataRequest, Dossier, Event, Message
from keng.procedures.requests import digest, services
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import accepted
from tests.procedures.requests.test_requests import WORDS, correction, text

pytestmark = pytest.mark.django_db
LISTED = re.compile(r'<a href="/requests/(\d+)/">')


@pytest.fixture
def now(monkeypatch) -> datetime:
    noon = localtime(ids.now()).replace(hour=12, minute=0, second=0, microsecond=0)
    monkeypatch.setattr(ids, "now", lambda: noon)
    return noon


def asked_until(cast: Province, answer_by: datetime, act_by: datetime, state: str = "filed") -> DataRequest:
    made = correction(cast)
    DataRequest.objects.filter(pk=made.pk).update(answer_by=answer_by, act_by=act_by, state=state)
    return made


def filled(cast: Province, now: datetime) -> dict[str, list[int]]:
    """By how near their clock is. What was agreed to has its time to act; what is settled has none."""
    hour, far = timedelta(hours=1), now + timedelta(days=30)
    late = [asked_until(cast, now - hour, far), asked_until(cast, now - 2 * hour, now - hour, "agreed")]
    soon = [asked_until(cast, now - hour, now + 3 * hour, "agreed"), asked_until(cast, now + 4 * hour, far)]
    calm = [asked_until(cast, far, far), asked_until(cast, now - hour, far, "agreed")]
    asked_until(cast, now - hour, now - hour, "done")
    return {
        name: [one.pk for one in found]
        for name, found in {"late": late, "soon": soon, "all": late + soon + calm}.items()
    }


def listed(answer) -> list[int]:
    table = text(answer).partition("<details>")[0]
    return [int(pk) for pk in LISTED.findall(table)]


def test_o5_the_digest_counts_what_is_late_or_soon_and_each_address_lists_just_these(desk, cast, now):
    assert digest.sections(cast.thu, now) == []
    rows = filled(cast, now)
    [section] = digest.sections(cast.thu, now)
    assert [(line.number, line.path) for line in section.lines] == [
        (2, "/requests/?warn=late"),
        (2, "/requests/?warn=soon"),
    ]
    straight_in(desk, cast.thu)
    for name, line in zip(("late", "soon"), section.lines, strict=True):
        assert set(listed(desk.get(line.path))) == set(rows[name])
    assert set(listed(desk.get("/requests/"))) == set(rows["all"])
    assert listed(desk.get("/requests/"))[0] in rows["late"], "the most pressing first"
    assert "Không có yêu cầu nào như vậy." not in text(desk.get("/requests/?warn=never"))


def test_o2_another_communes_officer_and_a_leader_are_told_nothing_of_it(cast, now):
    filled(cast, now)
    assert [list(digest.sections(one, now)) for one in (cast.lam, cast.minh, cast.hoa)] == [[], [], []]


def test_the_queue_leads_to_what_waits_and_says_how_much_of_it_is_late(desk, cast, now):
    straight_in(desk, cast.thu)
    assert 'class="button" href="/requests/"' not in text(desk.get("/dossiers/"))
    filled(cast, now)
    page = desk.get("/dossiers/")
    assert page.context["requests"] == {"count": 6, "late": 2}
    assert 'class="button" href="/requests/"' in text(page)


def formless(cast: Province) -> DataRequest:
    """Agreed to; the dossier has no electronic form, what is wrong lies on paper."""
    dossier = accepted(cast)
    Dossier.objects.filter(pk=dossier.pk).update(form=None, answers={})
    asked = correction(cast, dossier)
    return services.agree(asked=asked, answer="Sẽ sửa.", by=cast.thu)


def test_a_correction_without_a_form_is_done_in_words_that_the_resident_gets(desk, cast):
    asked = formless(cast)
    straight_in(desk, cast.thu)
    address = f"/requests/{asked.pk}/"
    page = text(desk.get(address))
    assert f"{address}correct/" not in page
    assert desk.post(address + "done/", {"answer": " "}).status_code == 400
    assert desk.post(address + "done/", {"answer": "Đã sửa trong sổ."}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("done", "Sẽ sửa.\n\nĐã sửa trong sổ.")
    assert asked.done_at is not None
    assert Message.objects.filter(kind="corrected").count() == Event.objects.filter(kind="corrected").count() == 1
    assert desk.post(address + "done/", {"answer": "Lần nữa."}).status_code == 409


def test_o2_only_the_office_says_that_it_is_done_and_not_where_there_is_a_form(cast):
    asked = formless(cast)
    with pytest.raises(NotAllowed):
        services.done(asked=asked, answer="Xong.", by=cast.lam)
    with pytest.raises(Refused):
        services.done(asked=asked, answer="", by=cast.thu)
    with_form = correction(cast)
    services.agree(asked=with_form, answer=WORDS, by=cast.thu)
    with pytest.raises(Conflict):
        services.done(asked=with_form, answer="Xong.", by=cast.thu)
    assert set(DataRequest.objects.values_list("state", flat=True)) == {"agreed"}
