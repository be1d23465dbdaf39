"""Each face answers at its own host, to a real browser."""

from playwright.sync_api import Page

from tests.e2e.server import Server


def test_the_three_faces_answer_at_their_hosts_and_a_foreign_host_is_turned_away(server: Server, phone: Page) -> None:
    for origin in (server.public, server.desk, server.my):
        answer = phone.goto(origin + "/")
        assert answer is not None
        assert answer.status == 200, origin
        assert phone.locator("h1").count() == 1, origin
    answer = phone.goto(f"http://other.localhost:{server.port}/")
    assert answer is not None
    assert answer.status == 421
    assert "không phải của Kẻng" in phone.inner_text("body")


def test_r1_serving_prints_nothing_about_requests(server: Server, phone: Page) -> None:
    phone.goto(server.public + "/b/na-co-sa?marker-in-the-address")
    phone.goto(server.public + "/nothing-here/marker-in-the-address")
    assert "marker-in-the-address" not in server.log.read_text()
