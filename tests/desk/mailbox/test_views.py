"""The two pages: nothing of a report is in them, and the viewer can reach nobody."""

import json
import re

from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer, Report


def test_the_page_names_the_officers_boxes_and_carries_nothing_of_any_report(
    cast: Cast, report: Report, hoa: Officer
) -> None:
    thread, reporter = report()
    page = hoa.client.get("/mailbox/").content.decode()
    found = re.search(r'<script id="settings" type="application/json">(.*?)</script>', page)
    assert found
    settings = json.loads(found[1])
    officers = [{"username": "hoa", "name": "Giàng A Hoà"}, {"username": "nam", "name": "Lò Văn Nam"}]
    assert settings["boxes"] == [
        {"slug": "na-co-sa", "title": "Đồn Biên phòng Na Cô Sa", "training": False, "officers": officers}
    ]
    assert settings["me"] == officers[0]
    assert thread.key not in page
    assert reporter.digests[0] not in page


def test_the_viewer_runs_one_script_in_an_origin_of_its_own_and_may_ask_nobody(hoa: Officer) -> None:
    response = hoa.client.get("/viewer", SERVER_PORT="80")
    policy = dict(rule.split(" ", 1) for rule in response["Content-Security-Policy"].split("; "))
    assert policy["sandbox"] == "allow-scripts"
    assert policy["default-src"] == "'none'"
    assert policy["script-src"].endswith("/static/desk/viewer.js")
    assert policy["frame-ancestors"] == "'self'"
    assert "connect-src" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert hoa.client.get("/mailbox/")["X-Frame-Options"] == "DENY"
