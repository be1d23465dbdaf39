"""`/services/status`: the state for who knows code and digits; to everybody else nothing, alike, and ever slower."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keng.accounts import slowing
from keng.accounts.models import Tries
from keng.ledger.models import Entry
from keng.portal.services.status import counter_of
from keng.procedures.models import Dossier, State
from tests.accounts.signing_in import hold_the_clock
from tests.conftest import FaceClient
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db
CODE = "H11.03349-261122-0001"


@pytest.fixture
def dossier() -> Dossier:
    cast = Province()
    return Dossier.objects.create(
        code=CODE, citizen=cast.an, procedure=cast.version.procedure, version=cast.version, unit=cast.thanh_yen,
        office=cast.neighbour, channel="online", state=State.PROCESSING,
        accepted_at=datetime(2026, 11, 20, 1, tzinfo=UTC), due=datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
    )  # fmt: skip


def ask(public: FaceClient, code: str = CODE, digits: str = "0123", lang: str = "") -> HttpResponse:
    return public.post(f"/services/status{lang}", {"code": code, "digits": digits})  # type: ignore[return-value]


def after(moment: timedelta) -> None:
    for row in Tries.objects.all():
        Tries.objects.filter(pk=row.pk).update(last=row.last - moment)


@pytest.mark.usefixtures("dossier")
def test_code_and_digits_tell_the_state_and_nothing_more(public: FaceClient) -> None:
    answer = ask(public)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Đã tiếp nhận, đang giải quyết." in html
    for secret in ("25/11", "16:30", "Quàng", "0123", "011090000123", "tạm trú", "Thanh Yên", "1.004194", "khoa"):
        assert secret not in html
    assert not answer.cookies


@pytest.mark.usefixtures("dossier")
@pytest.mark.parametrize("code", [CODE.lower(), f"  {CODE} ", CODE.replace("0", "０")])
def test_the_code_is_forgiven_its_case_blanks_and_full_width_digits(public: FaceClient, code: str) -> None:
    assert ask(public, code, "０１２３").status_code == 200


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State.WAITING, "bổ sung"),
        (State.DONE, "Đã có kết quả"),
        (State.REFUSED, "Lý do"),
        (State.SUBMITTED, "kiểm tra"),
    ],
)
def test_each_state_says_what_it_means(public: FaceClient, dossier: Dossier, state: State, says: str) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(state=state)
    assert says in ask(public).content.decode()


def test_no_such_code_other_digits_an_erased_and_a_practice_dossier_are_answered_alike(
    public: FaceClient, dossier: Dossier
) -> None:
    wrong = ask(public, CODE, "9999")
    assert wrong.status_code == 404
    unknown = ask(public, "H11.03349-261122-9999", "0123")
    assert unknown.content.decode().replace("9999", "0001") == wrong.content.decode()
    Dossier.objects.filter(pk=dossier.pk).update(test=True)
    assert ask(public).content == wrong.content
    Dossier.objects.filter(pk=dossier.pk).update(test=False, citizen=None, erased_at=datetime.now(UTC))
    after(slowing.LONGEST)
    assert ask(public).content == wrong.content
    after(slowing.LONGEST)
    assert ask(public, CODE, "0000").content == wrong.content


@pytest.mark.usefixtures("dossier")
def test_guessing_slows_the_code_and_no_other_and_is_told(public: FaceClient, monkeypatch: pytest.MonkeyPatch) -> None:
    hold_the_clock(monkeypatch)
    for _try in range(slowing.FREE + 1):
        assert ask(public, CODE, "9999").status_code == 404
    slowed = ask(public)
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) >= 1
    assert "tra nhiều lần" in slowed.content.decode()
    assert "đang giải quyết" not in slowed.content.decode()
    assert ask(public, "H11.03349-261122-0002", "9999").status_code == 404
    after(slowing.LONGEST)
    assert ask(public).status_code == 200


def test_a_code_that_there_is_not_is_slowed_as_one_that_there_is(
    public: FaceClient, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_the_clock(monkeypatch)
    answers = {
        code: [ask(public, code, "9999").status_code for _try in range(slowing.FREE + 3)]
        for code in (dossier.code, "H11.03349-261122-0777")
    }
    assert len({tuple(each) for each in answers.values()}) == 1


@pytest.mark.usefixtures("dossier")
def test_the_holders_own_look_gives_strangers_no_new_tries(public: FaceClient, monkeypatch: pytest.MonkeyPatch) -> None:
    hold_the_clock(monkeypatch)
    for _try in range(slowing.FREE + 1):
        ask(public, CODE, "9999")
    after(slowing.LONGEST)
    assert ask(public).status_code == 200
    assert ask(public, CODE, "9999").status_code == 404
    assert ask(public, CODE, "9998").status_code == 429


@pytest.mark.usefixtures("dossier")
def test_looking_again_and_again_slows_nobody(public: FaceClient) -> None:
    assert [ask(public).status_code for _look in range(10)] == [200] * 10


@pytest.mark.usefixtures("dossier")
def test_nothing_of_what_was_asked_is_kept_but_a_digest_that_counts(public: FaceClient) -> None:
    before = Entry.objects.count()
    ask(public, CODE, "9999")
    ask(public, "079190001234", "1234")
    kept = str(list(Tries.objects.values_list("login", "count")))  # a moment may have any digits
    assert "0001" not in kept
    assert "079190001234" not in kept
    assert {row.login for row in Tries.objects.all()} == {counter_of(CODE), counter_of("079190001234")}
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("", "0123"),
        (CODE, ""),
        (CODE, "123"),
        (CODE, "12345"),
        (CODE, "12a4"),
        (CODE, "²²²²²"),
        ("\x00", "0123"),
        ("ă", "0123"),
    ],
)
def test_s3_what_can_be_no_code_or_digits_is_told_and_counted_for_nobody(
    public: FaceClient, code: str, digits: str
) -> None:
    answer = ask(public, code, digits)
    assert answer.status_code == 400
    assert "đúng bốn chữ số" in answer.content.decode()
    assert not Tries.objects.exists()


def test_s3_odd_bodies_get_a_sentence(public: FaceClient) -> None:
    for body, kind in [
        (b"\xff\xfe", "text/plain"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
    ]:
        answer = public.generic("POST", "/services/status", body, content_type=kind)
        assert answer.status_code == 400
        assert "<h1>" in answer.content.decode()
    huge = public.post("/services/status", {"code": "x" * 3_000_000, "digits": "1"})
    assert huge.status_code in (400, 413)
    assert public.put("/services/status").status_code == 405
    assert "<script" not in ask(public, "<script>", "1234").content.decode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(code=st.text(max_size=60), digits=st.text(max_size=8))
def test_s3_anything_typed_is_answered(public: FaceClient, code: str, digits: str) -> None:
    assert ask(public, code, digits).status_code in (400, 404, 429)


def test_the_form_needs_no_script_and_its_secret_is_never_in_an_address(public: FaceClient) -> None:
    html = public.get(f"/services/status?code={CODE}&digits=0123").content.decode()
    assert '<form method="post" action="/services/status"' in html
    assert CODE not in html
    assert "<script" not in html
    assert public.get("/services/status/en").status_code == 200
