"""An answer to a request for more is judged by what is new in it: what was right on the day of filing is not held against the resident."""

from datetime import date
from functools import cached_property
from types import SimpleNamespace

import pytest

from keng.core.ids import now
from keng.procedures.dossiers import services, supplements
from keng.procedures.dossiers.routing import today
from keng.procedures.errors import Invalid
from keng.procedures.filing.steps import Steps
from keng.procedures.forms import Problem, formats
from keng.procedures.forms.fields import Condition, Field, Kind, Page
from keng.procedures.forms.writing import write
from keng.procedures.models import Dossier, Draft, Form, FormVersion
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import at, draft, paper

pytestmark = pytest.mark.django_db
FILED = {"address": "Bản Noong Vai", "from": "2026-11-24", "mine": True}
ITEMS = [{"title": "Hợp đồng thuê nhà", "why": "ảnh mờ", "field": ""}]
PAGES = [
    Page("Nơi ở", items=(
        Field("address", Kind.TEXT, "Địa chỉ", required=True),
        Field("from", Kind.DATE, "Từ ngày", required=True, dates="coming"),
        Field("mine", Kind.YES_NO, "Nhà của mình?", required=True),
        Field("owner", Kind.TEXT, "Chủ nhà", required=True, when=Condition("mine", (False,))),
    )),
]  # fmt: skip


class Coming(Province):
    @cached_property
    def form(self) -> FormVersion:
        schema, display = write(PAGES)
        form = Form.objects.create(slug="tam-tru", title="Đăng ký tạm trú")
        return FormVersion.objects.create(
            form=form, number=1, schema=schema, display=display, published_at=now(), published_by=self.quan
        )


@pytest.fixture(autouse=True)
def _forms_know_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "timezone", SimpleNamespace(localdate=today))


@pytest.fixture
def cast() -> Province:
    made = Coming()
    _ = (made.centre, made.neighbour, made.thu, made.khoa, made.version)
    return made


def waiting(cast: Province, items: list[dict[str, str]]) -> Dossier:
    """Filed and asked for more on the 23rd."""
    with at("2026-11-23 08:00"):
        dossier = services.submit(draft=draft(cast, answers=FILED), by=None)
        services.accept(dossier=dossier, by=cast.thu)
        return services.ask_supplement(dossier=dossier, items=items, by_day=date(2026, 12, 10), by=cast.thu)


def answer(cast: Province, dossier: Dossier, **changed: object) -> Draft:
    more = draft(cast, answers=FILED | changed, to=dossier)
    paper(more, cast.an)
    return more


def test_a_day_to_come_that_has_come_since_is_no_fault(cast: Province) -> None:
    dossier = waiting(cast, ITEMS)
    with at("2026-12-01 08:00"):
        more = answer(cast, dossier)
        assert Steps(more).problems() == []
        services.answer_supplement(dossier=dossier, draft=more, by=None)
    assert dossier.answers["from"] == "2026-11-24"


@pytest.mark.parametrize(
    ("items", "changed", "wrong"),
    [
        ([{**ITEMS[0], "field": "from"}], {}, "from"),
        (ITEMS, {"from": "2026-11-25"}, "from"),
        (ITEMS, {"address": ""}, "address"),
        (ITEMS, {"mine": False}, "owner"),
    ],
    ids=["asked for", "changed", "emptied", "newly needed"],
)
def test_what_is_asked_for_changed_or_newly_needed_is_judged(
    cast: Province, items: list[dict[str, str]], changed: dict[str, object], wrong: str
) -> None:
    dossier = waiting(cast, items)
    with at("2026-12-01 08:00"):
        more = answer(cast, dossier, **changed)
        with pytest.raises(Invalid) as caught:
            services.answer_supplement(dossier=dossier, draft=more, by=None)
        assert [one.path for one in caught.value.problems] == [wrong]
        assert [one.path for one in Steps(more).problems()] == [wrong]


def test_of_a_list_only_the_row_that_changed_is_judged() -> None:
    before = {"members": [{"born": "1990-01-01"}, {"born": "1991-01-01"}]}
    after = {"members": [{"born": "1990-01-01"}, {"born": "1992-01-01"}]}
    problems = [Problem("members.0.born", ""), Problem("members.1.born", ""), Problem("members.1.name", "")]
    judged = supplements.judged(problems, before=before, after=after, asked=set())
    assert [one.path for one in judged] == ["members.1.born", "members.1.name"]
    assert supplements.judged(problems, before=before, after=after, asked={"members"}) == problems
