"""Where posters hang: places, what hangs there, what must be replaced, what is printed for them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from keng.core.pdf import pages_as_png
from keng.desk.models import Hanging, Place
from keng.desk.posters import services, standing
from keng.ledger.models import Entry
from keng.mailbox.poster import root_of
from tests.accounts.signing_in import straight_in
from tests.cast import Cast
from tests.mailbox.test_poster_formats import printed

pytestmark = pytest.mark.django_db
PAGE = "/boxes/na-co-sa/hangings/"


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    _ = cast.box, cast.neighbour
    return cast


@pytest.fixture
def hoa(desk, cast):
    straight_in(desk, cast.hoa)
    return desk


def place(cast, name="Trạm y tế Quảng Lâm", office=None):
    return services.add_place(office=office or cast.post, kind="health_station", name=name, by=cast.quan)


def hang(cast, *places, **changed):
    wanted = {"format": "a4", "copies": 1, "day": localdate(), "by": cast.hoa} | changed
    return services.hang(box=cast.box, places=[one.pk for one in places], **wanted)


def another_root(cast):
    """The box gets a new root, as after a recovery with new sheets."""
    from config.demo.client import BoxKeys

    cast.box.root = BoxKeys("na-co-sa").statement()["root"]
    cast.box.save()


def text(answer) -> str:
    return answer.content.decode()


def verbs() -> list[str]:
    return [
        verb for verb in Entry.objects.values_list("verb", flat=True) if verb.startswith(("desk.place", "desk.poster"))
    ]


# -- places ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Trạm y tế Quảng Lâm", "health_station"),
        ("Trường Tiểu học Na Cô Sa", "school"),
        ("Chợ phiên", "market"),
        ("Nhà văn hoá bản Na Cô Sa 1", "village_hall"),
        ("UBND xã", "committee"),
        ("Tạp hoá chị Dung", "shop"),
        ("Ngã ba Huổi Thủng", "stop"),
        ("Gốc đa đầu bản", "other"),
        ("Chòi rẫy", "other"),
    ],
)
def test_what_a_place_is_can_be_told_from_how_its_name_begins(name, kind):
    assert services.kind_of(name) == kind


def test_a_pasted_list_adds_what_is_new_and_passes_over_what_is_there(hoa, cast):
    place(cast)
    lines = "\n- Trạm y tế  Quảng Lâm \n• Chợ phiên\n\nTrường Na Cô Sa;\nchợ phiên\n"
    answer = hoa.post("/boxes/places/@bp-na-co-sa/import/", {"text": lines}, follow=True)
    assert "Đã thêm 2 chỗ. 2 dòng đã có sẵn." in text(answer)
    assert set(Place.objects.values_list("name", "kind")) == {
        ("Trạm y tế Quảng Lâm", "health_station"),
        ("Chợ phiên", "market"),
        ("Trường Na Cô Sa", "school"),
    }
    assert verbs().count("desk.place.added") == 3


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("", "Chưa điền"),
        (" \n \n", ""),
        ("\n".join(f"Bản {n}" for n in range(501)), "500 dòng"),
        ("Chợ\n" + "x" * 121, "120 ký tự"),
        ("Chợ\n---", "Chưa có tên"),
        ("Chợ\n\x00\x01", ""),
        ("x" * 200_000, ""),
    ],
)
def test_a_list_that_can_not_be_read_changes_nothing(hoa, lines, sentence):
    answer = hoa.post("/boxes/places/@bp-na-co-sa/import/", {"text": lines})
    assert answer.status_code == 400
    assert 'role="alert"' in text(answer)
    assert sentence in text(answer) or sentence == "Chưa điền"
    assert Place.objects.count() == 0


def test_one_place_is_added_once(hoa, cast):
    form = {"kind": "market", "name": "Chợ phiên"}
    assert hoa.post("/boxes/places/@bp-na-co-sa/add/", form).status_code == 302
    again = hoa.post("/boxes/places/@bp-na-co-sa/add/", form | {"name": "CHỢ  PHIÊN"})
    assert again.status_code == 400
    assert str(services.THERE) in text(again)
    assert hoa.post("/boxes/places/@bp-na-co-sa/add/", form | {"kind": "moon", "name": "Trăng"}).status_code == 400
    assert Place.objects.count() == 1


def test_a_list_of_places_has_an_end(cast):
    Place.objects.bulk_create(Place(office=cast.post, kind="other", name=f"Chỗ {n}") for n in range(1000))
    with pytest.raises(services.Refused, match=r"1\.000"):
        place(cast)
    with pytest.raises(services.Refused, match=r"1\.000"):
        services.import_places(office=cast.post, text="Chợ phiên", by=cast.quan)
    assert Place.objects.count() == 1000


def test_a_retired_place_is_gone_with_what_hung_there_and_its_name_is_free_again(hoa, cast):
    gone = place(cast)
    hang(cast, gone)
    hoa.post(f"/boxes/places/{gone.pk}/retire/")
    assert Hanging.objects.get().gone_on == Place.objects.get().gone_on == localdate()
    assert "bỏ từ trước" in text(hoa.post(f"/boxes/places/{gone.pk}/retire/", follow=True))
    assert verbs().count("desk.place.gone") == 1
    place(cast)
    assert "Trạm y tế Quảng Lâm" in text(hoa.get(PAGE))


def test_who_keeps_several_offices_chooses_and_who_keeps_one_is_led_there(desk, cast):
    place(cast)
    straight_in(desk, cast.hoa)
    assert desk.get("/boxes/places/")["Location"] == "/boxes/places/@bp-na-co-sa/"
    straight_in(desk, cast.quan)
    assert "/boxes/places/@bp-na-co-sa/" in text(desk.get("/boxes/places/"))


# -- what hangs --------------------------------------------------------------------------------------------------------


def test_what_hangs_is_written_down_with_the_root_that_it_carries(hoa, cast):
    one, two = place(cast), place(cast, "Chợ phiên")
    form = {"place": [one.pk, two.pk], "format": "a5", "copies": 2, "day": "2026-11-20"}
    answer = hoa.post(f"{PAGE}hang/", form, follow=True)
    assert "Đã ghi: treo ở 2 chỗ." in text(answer)
    assert set(Hanging.objects.values_list("format", "copies", "root", "hung_on")) == {
        ("a5", 2, root_of(cast.box), date(2026, 11, 20))
    }
    assert len(root_of(cast.box)) == 26
    assert "Áp phích A5 × 2" in text(answer)
    assert verbs().count("desk.poster.hung") == 2


def test_a_new_sheet_takes_the_place_of_the_old_one_of_its_format_only(cast):
    spot = place(cast)
    hang(cast, spot)
    hang(cast, spot, format="cards", copies=20)
    hang(cast, spot, copies=3)
    live = Hanging.objects.filter(gone_on=None)
    assert set(live.values_list("format", "copies")) == {("a4", 3), ("cards", 20)}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"format": "a3"}, "Không có khổ in này|chọn"),
        ({"copies": 0}, ""),
        ({"copies": 201}, ""),
        ({"copies": "nhiều"}, ""),
        ({"day": "2031-01-01"}, str(services.BAD_DAY)),
        ({"day": "1999-01-01"}, str(services.BAD_DAY)),
        ({"day": "hôm qua"}, ""),
        ({"place": []}, str(services.NONE_CHOSEN)),
        ({"place": ["x"]}, str(services.NOT_HERE)),
        ({"place": ["9" * 30]}, str(services.NOT_HERE)),
        ({"place": ["²"]}, str(services.NOT_HERE)),
    ],
)
def test_what_can_not_hang_is_refused_with_a_sentence_and_nothing_is_written(hoa, cast, changed, sentence):
    form = {"place": [place(cast).pk], "format": "a4", "copies": 1, "day": localdate().isoformat()} | changed
    answer = hoa.post(f"{PAGE}hang/", form)
    assert answer.status_code == 400
    assert any(part in text(answer) for part in sentence.split("|"))
    assert not Hanging.objects.exists()


def test_o2_the_neighbours_place_is_no_place_of_ours(hoa, cast):
    theirs = place(cast, office=cast.neighbour)
    answer = hoa.post(f"{PAGE}hang/", {"place": [theirs.pk], "format": "a4", "copies": 1, "day": "2026-11-20"})
    assert answer.status_code == 400
    assert str(services.NOT_HERE) in text(answer)
    with pytest.raises(services.Refused, match="phạm vi"):
        services.add_place(office=cast.neighbour, kind="shop", name="Quán", by=cast.hoa)
    with pytest.raises(services.Refused, match="phạm vi"):
        services.retire_place(place=theirs, by=cast.hoa)


def test_a_box_without_a_key_or_closed_has_nothing_to_hang(cast):
    spot = place(cast)
    cast.box.closed_on = localdate()
    with pytest.raises(services.Refused, match="đã đóng"):
        hang(cast, spot)
    cast.box.closed_on, cast.box.root = None, ""
    with pytest.raises(services.Refused, match="chưa có khoá"):
        hang(cast, spot)


def test_a_month_after_the_last_look_somebody_should_go_there_again(hoa, cast):
    spot = place(cast)
    hang(cast, spot, day=localdate() - timedelta(days=31))
    assert "Cần ghé xem" in text(hoa.get(f"{PAGE}?show=due"))
    assert standing.counts(cast.box)["due"] == 1
    hoa.post(f"{PAGE}checked/", {"place": [spot.pk]})
    assert Hanging.objects.get().checked_on == localdate()
    assert standing.counts(cast.box)["due"] == 0
    assert "Tháng này chỗ nào cũng đã ghé xem." in text(hoa.get(f"{PAGE}?show=due"))


def test_a_false_sticker_is_kept_in_the_ledger_and_the_custodian_is_to_be_told(hoa, cast):
    spot = place(cast)
    hang(cast, spot)
    answer = hoa.post(f"{PAGE}false/", {"place": [spot.pk]}, follow=True)
    assert "báo ngay người giữ khoá" in text(answer)
    entry = Entry.objects.get(verb="desk.poster.false")
    assert (entry.subject, entry.case, entry.by) == (str(spot.pk), "na-co-sa", "hoa")
    assert Hanging.objects.get().gone_on == localdate()
    again = hoa.post(f"{PAGE}down/", {"place": [spot.pk]}, follow=True)
    assert "không có áp phích nào" in text(again)
    assert "desk.poster.down" not in verbs()


# -- a new root --------------------------------------------------------------------------------------------------------


def test_r4_when_the_root_changed_the_desk_says_which_must_be_replaced_and_how_far_it_is(hoa, cast):
    spots = [place(cast, f"Chợ {n}") for n in range(3)]
    hang(cast, *spots, copies=2)
    assert standing.standing_of([cast.box])[cast.box.pk] == standing.Standing(good=6, old=0)
    another_root(cast)
    assert standing.standing_of([cast.box])[cast.box.pk] == standing.Standing(good=0, old=6)
    assert "Phải thay 6 tờ" in text(hoa.get("/boxes/"))
    assert "Phải thay 6 tờ" in text(hoa.get("/boxes/na-co-sa/"))
    hang(cast, spots[0], copies=2)
    page = text(hoa.get(f"{PAGE}?show=old"))
    assert 'max="6" value="2"' in page
    assert "đã thay 2/6" in page
    assert "Chợ 1" in page
    assert "Chợ 0" not in page
    hang(cast, *spots[1:], copies=2)
    assert "Khoá gốc đã đổi" not in text(hoa.get(PAGE))


def test_of_what_must_be_replaced_as_many_are_printed_as_hang(hoa, cast, tmp_path):
    one, two, three = (place(cast, f"Chợ {n}") for n in range(3))
    hang(cast, one, copies=2)
    hang(cast, two, copies=3, format="a5")
    another_root(cast)
    hang(cast, three)
    assert standing.needed(cast.box, "old", "a4", 9) == [(one, 2)]
    answer = hoa.get(f"{PAGE}posters.pdf", {"show": "old", "format": "a5", "copies": 1})
    assert answer["Content-Type"] == "application/pdf"
    (tmp_path / "joined.pdf").write_bytes(answer.content)
    assert len(set(printed(tmp_path, 3))) == 1
    none = hoa.get(f"{PAGE}posters.pdf", {"show": "old", "format": "cards", "copies": 1})
    assert none.status_code == 409
    assert "Không có áp phích nào của khổ này phải thay." in text(none)


# -- printed for all places --------------------------------------------------------------------------------------------


def test_for_all_places_a_sheet_each_and_a_list_that_is_no_poster(hoa, cast, monkeypatch):
    place(cast), place(cast, "Chợ *phiên* #panic()")
    said: dict[str, Any] = {}
    monkeypatch.setattr(
        "keng.desk.posters.printing.pages.pdf",
        lambda template, values: said.update(values, template=template) or b"%PDF-",
    )
    listed = hoa.get(f"{PAGE}list.pdf", {"format": "stickers", "copies": 5})
    assert listed.status_code == 200
    assert [(row["name"], row["copies"], row["format"]) for row in said["rows"]] == [
        ("Chợ *phiên* #panic()", "5", "Tem dán"),
        ("Trạm y tế Quảng Lâm", "5", "Tem dán"),
    ]
    template = said.pop("template")
    assert "qr" not in template.read_text().replace("QR", "")
    assert "/b/" not in str(said)
    [page] = pages_as_png(template, said, ppi=60)
    assert page.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["posters.pdf", "list.pdf"])
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"format": "a3", "copies": "1"},
        {"format": "a4", "copies": "-1"},
        {"format": "a4", "copies": "1", "show": "x"},
    ],
)
def test_a_print_that_nobody_can_mean_is_refused(hoa, cast, name, asked):
    place(cast)
    answer = hoa.get(PAGE + name, asked)
    assert answer.status_code == 400
    assert "Khổ in hoặc số bản không đúng" in text(answer)


def test_without_a_place_there_is_nothing_to_print_and_the_page_says_what_to_do(hoa):
    assert hoa.get(f"{PAGE}posters.pdf", {"format": "a4", "copies": "1"}).status_code == 409
    assert "Thêm chỗ treo" in text(hoa.get(PAGE))


def test_the_pages_cost_the_same_however_many_places_there_are(hoa, cast):
    def cost(path):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert hoa.get(path).status_code == 200
        return len(seen)

    hang(cast, place(cast))
    paths = [PAGE, f"{PAGE}?show=due", "/boxes/places/@bp-na-co-sa/", "/boxes/", "/boxes/na-co-sa/"]
    for path in paths:
        hoa.get(path)
    few = [cost(path) for path in paths]
    spots = [place(cast, f"Chợ {n}") for n in range(60)]
    hang(cast, *spots)
    hang(cast, *spots, format="a5")
    assert [cost(path) for path in paths] == few


def test_the_guide_shows_what_to_look_for_with_a_picture_each(hoa):
    page = text(hoa.get("/boxes/false-stickers/"))
    assert page.count("<img ") == 4
    assert "print/check-edge.svg" in page
    assert "Chụp ảnh" in page
    assert "Báo ngay người giữ khoá" in page


def test_no_box_can_hide_the_pages_about_places(cast):
    from keng.desk.boxes import services as boxes

    for slug in ("places", "false-stickers"):
        with pytest.raises(boxes.Refused):
            boxes.create(
                office=cast.post, slug=slug, title="X", kind="crime", languages=["vi"], above=None, by=cast.quan
            )


@pytest.mark.parametrize("number", ["9223372036854775808", "9999999999999999999", "9" * 40, "-1", "x", "²"])
@pytest.mark.parametrize("verb", ["hang", "checked", "down", "false"])
def test_s3_a_number_that_no_place_can_have_is_refused(hoa, cast, verb, number):
    hang(cast, place(cast))
    before = len(verbs())
    answer = hoa.post(f"{PAGE}{verb}/", {"place": number, "format": "a4", "copies": 1, "day": localdate()}, follow=True)
    assert answer.status_code in (200, 400)
    assert "Có chỗ không còn trong danh sách" in text(answer)
    assert len(verbs()) == before
