"""A paper of the office is Vietnamese, whatever language the officer who prints it reads."""

from django.utils.timezone import localdate
from django.utils.translation import override

from keng.desk.register import paper
from keng.desk.register.book import Period
from tests.cast import Cast
from tests.desk.register.conftest import Made


def test_the_register_printed_from_an_english_page_is_vietnamese(cast: Cast, report: Made) -> None:
    report("verifying")
    with override("en"):
        values = paper.printed(cast.box, Period(localdate().year))
    assert values["title"] == "SỔ TIẾP NHẬN TIN"
    assert "Đang xác minh" in values["rows"][0]  # type: ignore[index]
