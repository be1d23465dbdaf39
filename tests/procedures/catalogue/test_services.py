"""What an administrator does about procedures: added, drafted, edited, published, retired; nothing published ever changes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from keng.accounts.models import Role
from keng.ledger.models import Entry
from keng.procedures.catalogue import services
from keng.procedures.catalogue.sections import content_of
from keng.procedures.errors import Conflict, NotAllowed, Refused
from keng.procedures.models import Draft, Field, Form, FormVersion, LifeEvent, Procedure, ProcedureVersion
from keng.procedures.models.dossiers import now
from tests.cast import user
from tests.procedures.cast import STEPS, Province
from tests.procedures.dossiers.filed import at

pytestmark = pytest.mark.django_db
FRAME = {"code": "1.000894", "field": "ho-tich", "life_events": ["ket-hon"]}
CONTENT = {
    "name": "Đăng ký kết hôn",
    "agency": "Uỷ ban nhân dân cấp xã",
    "competent": "peoples_committee",
    "amount": 1,
    "result": "Giấy chứng nhận kết hôn",
    "steps": STEPS,
    "ways": [{"way": "counter", "note": ""}],
    "bases": [{"title": "Luật Hộ tịch", "number": "60/2014/QH13", "date": "2014-11-20", "issuer": "Quốc hội"}],
}


@pytest.fixture
def cast() -> Province:
    return Province()


@pytest.fixture
def added(cast) -> ProcedureVersion:
    services.add_field(name="Hộ tịch", slug="ho-tich", by=cast.quan)
    services.add_life_event(name="Kết hôn", slug="ket-hon", icon="rings", by=cast.quan)
    return services.add(frame=FRAME, content=CONTENT, by=cast.quan)


@pytest.fixture
def posted(cast, added) -> ProcedureVersion:
    return services.publish(version=added, valid_from=date(2025, 7, 1), by=cast.quan)


def told() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("verb", flat=True))


def last_told(verb) -> Any:
    return Entry.objects.filter(verb=verb).last()


def everything():
    rows = [list(model.objects.order_by("pk").values()) for model in (Procedure, ProcedureVersion, Field, LifeEvent)]
    return rows, Entry.objects.count()


def refused(says, service, error=Refused, **what):
    before = everything()
    with pytest.raises(error) as raised:
        service(**what)
    assert says in str(raised.value.sentence)
    assert everything() == before
    return raised.value


def test_a_new_procedure_begins_as_a_draft_that_nobody_sees(cast, added):
    assert added.procedure.code == "1.000894"
    assert list(added.procedure.life_events.values_list("slug", flat=True)) == ["ket-hon"]
    assert added.published_at is None
    assert not ProcedureVersion.objects.in_force().exists()
    entry = last_told("procedures.procedure.added")
    assert (entry.subject, entry.by, entry.office) == ("1.000894", "quan", cast.province_police.code)


def test_publishing_posts_it_from_its_day_on(cast, posted):
    assert ProcedureVersion.objects.in_force().get() == posted
    assert (posted.published_by, posted.valid_from, posted.valid_to) == (cast.quan, date(2025, 7, 1), None)
    assert last_told("procedures.version.published").purpose == "1: 2025-07-01"


def test_a_change_is_a_new_version_and_the_former_ends_the_day_it_begins(cast, posted):
    draft = services.draft(procedure=posted.procedure, by=cast.quan)
    assert content_of(draft) == content_of(posted)
    services.edit(version=draft, content={"amount": 2}, by=cast.quan)
    day = timezone.localdate() + timedelta(days=9)
    newer = services.publish(version=draft, valid_from=day, by=cast.quan)
    posted.refresh_from_db()
    assert (posted.amount, posted.valid_to) == (1, day)
    assert (newer.amount, newer.number, newer.valid_from) == (2, 2, day)
    assert ProcedureVersion.objects.in_force().get() == posted


def test_it_is_published_by_the_one_clock_of_the_house(cast, posted):
    draft = services.draft(procedure=posted.procedure, by=cast.quan)
    with at("2026-03-02 09:00") as moment:
        assert services.publish(version=draft, valid_from=timezone.localdate(), by=cast.quan).published_at == moment


def test_a_version_published_today_takes_over_today(cast, posted):
    draft = services.draft(procedure=posted.procedure, by=cast.quan)
    assert (
        services.publish(version=draft, valid_from=timezone.localdate(), by=cast.quan)
        == ProcedureVersion.objects.in_force().get()
    )


def test_there_is_one_draft_at_a_time(cast, posted):
    first = services.draft(procedure=posted.procedure, by=cast.quan)
    before = told()
    assert services.draft(procedure=posted.procedure, by=cast.quan) == first
    assert told() == before


def test_what_an_edit_does_not_name_stays_and_the_ledger_says_what_changed(cast, added):
    services.edit(version=added, content={"conditions": "Từ đủ 18 tuổi.", "amount": 2}, by=cast.quan)
    added.refresh_from_db()
    assert (added.conditions, added.amount, added.name) == ("Từ đủ 18 tuổi.", 2, "Đăng ký kết hôn")
    assert last_told("procedures.version.edited").purpose == "1: amount, conditions"


def test_an_edit_that_changes_nothing_says_nothing(cast, added):
    before = everything()
    services.edit(version=added, content={"amount": 1}, by=cast.quan)
    assert everything() == before


def test_a_published_version_is_not_edited_discarded_or_published_again(cast, posted):
    for service, more in (
        (services.edit, {"content": {"amount": 9}}),
        (services.discard, {}),
        (services.publish, {"valid_from": timezone.localdate()}),
    ):
        refused("đã công bố", service, error=Conflict, version=posted, by=cast.quan, **more)


def test_wrong_sections_are_named_with_their_row_and_column(cast, added):
    error = refused(
        "chưa lưu", services.edit, version=added, by=cast.quan,
        content={"steps": [*STEPS, {"title": "", "hours": "hai"}], "online": "đôi khi"},
    )  # fmt: skip
    assert [problem.path for problem in error.problems] == [("online",), ("steps", 3, "title"), ("steps", 3, "hours")]
    assert error.problems[2].where == "Trình tự thực hiện, bước 4, Giờ làm việc"


def test_what_is_not_whole_is_not_published(cast, added):
    services.edit(version=added, content={"agency": "", "ways": [], "steps": [{"title": "Nộp hồ sơ"}]}, by=cast.quan)
    error = refused("chưa đúng", services.publish, version=added, valid_from=timezone.localdate(), by=cast.quan)
    assert [problem.path for problem in error.problems] == [("agency",), ("ways",), ("steps",)]


def test_a_later_version_never_begins_in_the_past_or_before_the_former_or_in_years(cast, posted):
    draft = services.draft(procedure=posted.procedure, by=cast.quan)
    for day, says in (
        (timezone.localdate() - timedelta(days=1), "đã qua"),
        (timezone.localdate() + timedelta(days=400), "quá một năm"),
    ):
        refused(says, services.publish, version=draft, valid_from=day, by=cast.quan)
    services.publish(version=draft, valid_from=timezone.localdate() + timedelta(days=30), by=cast.quan)
    third = services.draft(procedure=posted.procedure, by=cast.quan)
    refused(
        "bản trước", services.publish, version=third, valid_from=timezone.localdate() + timedelta(days=29), by=cast.quan
    )


def test_a_form_is_held_fast_as_it_is_when_published(cast, added):
    form = Form.objects.create(slug="ket-hon", title="Tờ khai đăng ký kết hôn")
    made = [
        FormVersion.objects.create(form=form, number=number, published_at=now(), published_by=cast.quan)
        for number in (1, 2)
    ]
    FormVersion.objects.create(form=form, number=3)
    services.place(procedure=added.procedure, frame={**FRAME, "form": "ket-hon"}, by=cast.quan)
    posted = services.publish(version=added, valid_from=timezone.localdate(), by=cast.quan)
    assert posted.form == made[1]
    assert last_told("procedures.procedure.edited").subject == "1.000894"


def test_a_procedure_stands_only_where_there_is_a_field_an_event_and_a_form(cast, added):
    wrong = {"field": "khong-co", "life_events": ["khong-co"], "form": "khong-co"}
    for name, value in wrong.items():
        error = refused(
            "chưa đúng", services.place, procedure=added.procedure, frame={**FRAME, name: value}, by=cast.quan
        )
        assert [problem.path for problem in error.problems] == [(name,)]
        assert "khong-co" in error.problems[0].sentence


def test_a_code_is_given_once(cast, added):
    error = refused("chưa đúng", services.add, frame=FRAME, content=CONTENT, by=cast.quan)
    assert error.problems[0].path == ("code",)


def test_a_field_and_a_life_event_are_named_once(cast, added):
    for service in (services.add_field, services.add_life_event):
        slug = "ho-tich" if service is services.add_field else "ket-hon"
        error = refused("chưa đúng", service, name="Tên khác", slug=slug, by=cast.quan)
        assert error.problems[0].path == ("slug",)
        refused("chưa đúng", service, name=" ", slug="Có Dấu", by=cast.quan)


def test_a_draft_thrown_away_takes_a_procedure_with_it_that_was_never_posted(cast, added):
    services.discard(version=added, by=cast.quan)
    assert not Procedure.objects.exists()
    assert last_told("procedures.version.discarded").subject == "1.000894"


def test_a_draft_thrown_away_leaves_what_is_posted(cast, posted):
    services.discard(version=services.draft(procedure=posted.procedure, by=cast.quan), by=cast.quan)
    assert posted.procedure.versions.get() == posted


def test_a_draft_under_which_somebody_fills_in_a_form_is_not_thrown_away(cast, added):
    Draft.objects.create(version=added, test=True)
    refused("không bỏ được", services.discard, version=added, by=cast.quan)


def test_a_retired_procedure_is_posted_until_its_day_and_changes_no_more(cast, posted):
    services.retire(procedure=posted.procedure, on=timezone.localdate() + timedelta(days=1), by=cast.quan)
    assert ProcedureVersion.objects.in_force().get() == posted
    refused("bãi bỏ", services.draft, error=Conflict, procedure=posted.procedure, by=cast.quan)
    Procedure.objects.update(retired_on=timezone.localdate())
    assert not ProcedureVersion.objects.in_force().exists()


def test_a_procedure_is_not_retired_for_the_past(cast, posted):
    refused(
        "từ hôm nay",
        services.retire,
        procedure=posted.procedure,
        on=timezone.localdate() - timedelta(days=1),
        by=cast.quan,
    )


def test_only_an_administrator_of_the_province_keeps_the_catalogue(cast, posted):
    """O2: the catalogue is one for the whole province; an administrator of a commune's office keeps none of it."""
    draft = services.draft(procedure=posted.procedure, by=cast.quan)
    of_a_commune = user("tinh", "Lường Thị Tính", (cast.neighbour, Role.ADMINISTRATOR))
    for nobody in (cast.minh, cast.thu, of_a_commune):
        for service, what in (
            (services.add_field, {"name": "Đất đai", "slug": "dat-dai"}),
            (services.add_life_event, {"name": "Xây nhà", "slug": "xay-nha"}),
            (services.add, {"frame": FRAME, "content": CONTENT}),
            (services.place, {"procedure": posted.procedure, "frame": FRAME}),
            (services.draft, {"procedure": posted.procedure}),
            (services.edit, {"version": draft, "content": {"amount": 3}}),
            (services.discard, {"version": draft}),
            (services.publish, {"version": draft, "valid_from": timezone.localdate()}),
            (services.retire, {"procedure": posted.procedure, "on": timezone.localdate()}),
        ):
            refused("quản trị cấp tỉnh", service, error=NotAllowed, by=nobody, **what)
