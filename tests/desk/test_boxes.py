"""Boxes for their administrator: created without keys, edited, closed; how each stands."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.accounts.models import Appointment, Role
from keng.core.ids import this_hour
from keng.desk.boxes import services
from keng.desk.boxes.states import state_of, with_until
from keng.ledger.models import Entry
from keng.mailbox.models import Box, KeyStatement
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, office, unit, user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.box, made.quan, made.neighbour
    return made


@pytest.fixture
def admin(desk, cast):
    straight_in(desk, cast.quan)
    return desk


def text(answer) -> str:
    return answer.content.decode()


def create(cast, **changed):
    wanted = {
        "office": cast.neighbour,
        "slug": "thanh-yen",
        "title": "Công an xã Thanh Yên",
        "kind": Box.Kind.CRIME,
        "languages": ["en"],
        "above": cast.police,
        "by": cast.quan,
    }
    return services.create(**(wanted | changed))


def refused(sentence, service, **what):
    before = (Box.objects.count(), Entry.objects.count(), list(Box.objects.values_list("version", "closed_on")))
    with pytest.raises(services.Refused) as error:
        service(**what)
    assert error.value.sentence is sentence
    after = (Box.objects.count(), Entry.objects.count(), list(Box.objects.values_list("version", "closed_on")))
    assert after == before


# -- services ----------------------------------------------------------------------------------------------------------


def test_a_complaint_box_belongs_to_the_level_above(cast):
    _ = cast.neighbour
    assert create(cast, office=cast.province_police, kind=Box.Kind.COMPLAINT, above=None).kind == "complaint"


def test_an_inspectorate_of_the_province_takes_complaints_though_no_office_is_below_it(cast):
    inspectors = office("thanh-tra", "Thanh tra tỉnh", "inspectorate", cast.province)
    Appointment.objects.create(
        user=cast.quan, office=inspectors, role=Role.ADMINISTRATOR, since=this_hour() - timedelta(days=1)
    )
    assert create(cast, office=inspectors, kind=Box.Kind.COMPLAINT, above=None)


def test_a_commune_office_reads_no_complaints_about_its_own_people(cast):
    refused(services.NOT_ABOVE, create, cast=cast, kind=Box.Kind.COMPLAINT)


def test_a_province_office_with_nobody_below_it_takes_no_complaints(cast):
    alone = office("phong-1", "Phòng 1", "province_police_division", cast.province, above=cast.province_police)
    refused(services.NOT_ABOVE, create, cast=cast, office=alone, kind=Box.Kind.COMPLAINT, above=None)


def test_a_new_box_waits_for_its_keys_and_takes_no_reports(cast):
    box = create(cast)
    assert (box.root, box.recipient, box.opened_on) == ("", "", None)
    assert box.languages == ["vi", "en"]
    assert not state_of(with_until(Box.objects.all()).get(pk=box.pk)).takes_reports
    entry = Entry.objects.get(verb="desk.box.created")
    assert (entry.subject, entry.office, entry.by, entry.case) == ("thanh-yen", "ca-thanh-yen", "quan", "thanh-yen")


@pytest.mark.parametrize("slug", ["", "A", "a_b", "a--b", "-a", "a-", "a" * 41, "à", "a b", "a/b", "a\x00"])
def test_an_address_is_short_plain_and_typeable(cast, slug):
    refused(services.BAD_SLUG, create, cast=cast, slug=slug)


@pytest.mark.parametrize("slug", ["na-co-sa", "add"])
def test_an_address_in_use_is_not_given_twice(cast, slug):
    refused(services.SLUG_TAKEN, create, cast=cast, slug=slug)


def test_a_closed_box_keeps_its_address(cast):
    services.close(box=cast.box, slug_again="na-co-sa", by=cast.quan)
    refused(services.SLUG_TAKEN, create, cast=cast, slug="na-co-sa")


def test_a_box_above_is_another_offices_in_the_province_open_and_real(cast):
    own = create(cast)
    refused(services.BAD_ABOVE, create, cast=cast, slug="b", above=own)
    training = create(cast, slug="tap", office=cast.post, training=True)
    refused(services.BAD_ABOVE, create, cast=cast, slug="b", above=training)
    lai_chau = unit("12", "Lai Châu", "tinh")
    far = office("bp-ka-lang", "Đồn Biên phòng Ka Lăng", "border_post", unit("03439", "Thu Lũm", parent=lai_chau))
    elsewhere = Box.objects.create(slug="ka-lang", office=far, title="Ka Lăng")
    refused(services.BAD_ABOVE, create, cast=cast, slug="b", above=elsewhere)
    services.close(box=cast.box, slug_again="na-co-sa", by=cast.quan)
    refused(services.BAD_ABOVE, create, cast=cast, slug="b", above=Box.objects.get(slug="na-co-sa"))
    assert create(cast, slug="cao-nhat", above=None).above is None


@pytest.mark.parametrize("title", ["", "  ", "\x00\u202e"])
def test_a_box_has_a_title(cast, title):
    refused(services.NO_TITLE, create, cast=cast, title=title)
    refused(services.NO_TITLE, services.edit, box=cast.box, title=title, languages=[], by=cast.quan)


def test_a_language_that_there_is_not_is_refused(cast):
    refused(services.BAD_LANGUAGE, create, cast=cast, languages=["xx"])


def test_editing_changes_title_and_languages_and_makes_the_page_anew(cast):
    before = cast.box.version
    services.edit(box=cast.box, title=" Đồn  Na Cô Sa ", languages=[], by=cast.quan)
    edited = Box.objects.get(slug="na-co-sa")
    assert (edited.title, edited.languages, edited.version) == ("Đồn Na Cô Sa", ["vi"], before + 1)
    assert edited.root == cast.box.root
    assert Entry.objects.filter(verb="desk.box.edited", subject="na-co-sa", by="quan").count() == 1


def test_closing_needs_the_address_typed_again_and_is_for_good(cast):
    refused(services.OTHER_SLUG, services.close, box=cast.box, slug_again="na-co", by=cast.quan)
    services.close(box=cast.box, slug_again=" na-co-sa ", by=cast.quan)
    assert Box.objects.get(slug="na-co-sa").closed_on is not None
    assert Entry.objects.filter(verb="desk.box.closed", subject="na-co-sa").count() == 1
    refused(services.CLOSED, services.close, box=cast.box, slug_again="na-co-sa", by=cast.quan)
    refused(services.CLOSED, services.edit, box=cast.box, title="Khác", languages=[], by=cast.quan)


@pytest.mark.parametrize("who", ["hoa", "nam", "minh", "lan"])
def test_o2_nobody_but_an_administrator_changes_a_box(cast, who):
    by = getattr(cast, who)
    refused(services.NOT_YOURS, create, cast=cast, by=by)
    refused(services.NOT_YOURS, services.edit, box=cast.box, title="Khác", languages=[], by=by)
    refused(services.NOT_YOURS, services.close, box=cast.box, slug_again="na-co-sa", by=by)


def test_o2_an_administrator_of_a_neighbour_office_changes_nothing(cast):
    there = user("there", "Quản trị xã", (cast.neighbour, Role.ADMINISTRATOR))
    refused(services.NOT_YOURS, services.edit, box=cast.box, title="Khác", languages=[], by=there)
    refused(services.NOT_YOURS, create, cast=cast, office=cast.post, by=there)


# -- states ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "closed", "level", "words", "takes"),
    [
        (None, None, "wait", "Chờ lập khoá", False),
        (TODAY + timedelta(days=60), None, "good", "Đang nhận tin", True),
        (TODAY + timedelta(days=59), None, "wait", "khoá hết hạn 20/01/2027", True),
        (TODAY, None, "wait", "khoá hết hạn 22/11/2026", True),
        (TODAY - timedelta(days=1), None, "bad", "Khoá hết hạn từ 21/11/2026", False),
        (TODAY + timedelta(days=60), TODAY, "", "Đã đóng ngày 22/11/2026", False),
    ],
)
def test_a_box_stands_as_its_newest_statement_and_its_closing_say(cast, until, closed, level, words, takes):
    box = create(cast)
    Box.objects.filter(pk=box.pk).update(closed_on=closed)
    if until:
        KeyStatement.objects.create(box=box, seq=1, text="", signature="", until=TODAY - timedelta(days=300))
        KeyStatement.objects.create(box=box, seq=2, text="", signature="", until=until)
    state = state_of(with_until(Box.objects.all()).get(pk=box.pk), today=TODAY)
    assert (state.level, state.takes_reports) == (level, takes)
    assert words in state.words


# -- pages -------------------------------------------------------------------------------------------------------------


def fields(cast, **changed):
    wanted = {"office": cast.neighbour.pk, "slug": "thanh-yen", "title": "Thanh Yên", "kind": "crime", "above": ""}
    return wanted | changed


def test_a_box_is_created_seen_edited_and_closed_by_its_pages(admin, cast):
    page = text(admin.post("/boxes/add/", fields(cast, languages=["en"], above=cast.police.pk), follow=True))
    assert "Đã lập hộp thư" in page
    assert "Chờ lập khoá" in page
    assert "/b/thanh-yen" in page
    assert "In áp phích" not in page
    page = text(admin.post("/boxes/thanh-yen/edit/", {"title": "Xã Thanh Yên"}, follow=True))
    assert "Xã Thanh Yên" in page
    assert Box.objects.get(slug="thanh-yen").languages == ["vi"]
    assert "không khớp" in text(admin.post("/boxes/thanh-yen/close/", {"slug_again": "thanh"}))
    page = text(admin.post("/boxes/thanh-yen/close/", {"slug_again": "thanh-yen"}, follow=True))
    assert "Đã đóng ngày" in page
    assert "/boxes/thanh-yen/edit/" not in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"slug": "Na Cô Sa"}, "chữ thường không dấu"),
        ({"slug": "na-co-sa"}, "đã có hộp thư dùng"),
        ({"title": ""}, "chưa điền ô này"),
        ({"title": "\x00"}, "có ký tự lạ"),
        ({"office": "0"}, "mục này không dùng được"),
        ({"kind": "party"}, "mục này không dùng được"),
        ({"above": "x"}, "mục này không dùng được"),
        ({"languages": ["xx"]}, "mục này không dùng được"),
    ],
)
def test_s3_what_cannot_be_created_is_told_beside_its_field_and_changes_nothing(admin, cast, changed, sentence):
    before = Box.objects.count()
    answer = admin.post("/boxes/add/", fields(cast, **changed))
    assert answer.status_code == 400
    assert sentence in text(answer)
    assert Box.objects.count() == before


def test_an_officer_sees_the_offices_boxes_and_posters_and_changes_nothing(desk, cast):
    create(cast)
    straight_in(desk, cast.hoa)
    page = text(desk.get("/boxes/"))
    assert "Đồn Biên phòng Na Cô Sa" in page
    assert "/boxes/na-co-sa/poster.pdf" in page
    assert "Thanh Yên" not in page
    assert "/boxes/add/" not in page
    page = text(desk.get("/boxes/na-co-sa/"))
    assert "/boxes/na-co-sa/poster.png" in page
    assert "/edit/" not in page
    assert "/close/" not in page
    assert "/keys/boxes/" not in page


def test_a_custodian_is_shown_the_way_to_the_keys(desk, cast):
    straight_in(desk, cast.nam)
    assert "/keys/boxes/na-co-sa/" in text(desk.get("/boxes/na-co-sa/"))


def test_a_box_without_keys_offers_no_poster(desk, cast):
    create(cast)
    straight_in(desk, cast.quan)
    assert "/boxes/thanh-yen/poster.pdf" not in text(desk.get("/boxes/"))
    assert "Chưa in được" in text(desk.get("/boxes/thanh-yen/"))


def test_the_list_asks_the_database_the_same_number_of_times_whatever_its_length(admin, cast):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            admin.get("/boxes/")
        return len(asked)

    admin.get("/boxes/")
    few = queries()
    for number in range(60):
        create(cast, slug=f"b-{number}", title=f"Hộp thư {number}")
    assert queries() == few
    assert "Trang 1 trong 2" in text(admin.get("/boxes/"))


def test_an_empty_list_says_what_to_do_next(desk, cast):
    straight_in(desk, user("there", "Quản trị xã", (cast.neighbour, Role.ADMINISTRATOR)))
    assert "bấm “Lập hộp thư”" in text(desk.get("/boxes/"))
    straight_in(desk, cast.lan)
    assert "đề nghị quản trị lập" in text(desk.get("/boxes/"))
