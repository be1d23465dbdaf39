"""One records, another approves; then the box's page offers to play it, from one file for all."""

import json
import re
from datetime import date

import pytest

from keng.ledger.models import Entry
from keng.mailbox.errors import Refused
from keng.mailbox.languages import prompts, wordings
from keng.mailbox.languages.sentences import sentences, spoken_in
from keng.mailbox.languages.sound import BadSound
from keng.mailbox.models import Box, Language, Prompt
from tests.conftest import FaceClient
from tests.mailbox.languages.conftest import WHO
from tests.mailbox.languages.speech import wav

pytestmark = pytest.mark.django_db
SPEECH = wav(1)
HOA, NAM = ({"by": name, "office": "bp-na-co-sa"} for name in ("hoa", "nam"))


def record(box: Box, key: str = "page.what", language: str = "vi", raw: bytes = SPEECH) -> Prompt:
    return prompts.record(box=box, language=language, key=key, raw=raw, **HOA)


def approve(box: Box, key: str = "page.what", language: str = "vi", by: dict[str, str] = NAM) -> Prompt:
    digest = prompts.digest_of(Prompt.objects.get(box=box, language=language, key=key))
    return prompts.approve(box=box, language=language, key=key, digest=digest, **by)


def spoken(public: FaceClient, path: str = "/b/na-co-sa") -> dict[str, object] | None:
    html = public.get(path).content.decode()
    return json.loads(re.search(r'id="box">(.*?)</script>', html)[1]).get("voice")


def unpacked(body: bytes) -> dict[str, bytes]:
    start = 4 + int.from_bytes(body[:4], "big")
    return {key: body[start + at : start + at + size] for key, (at, size) in json.loads(body[4:start]).items()}


def test_a_prompt_is_heard_only_when_somebody_else_has_approved_it(public: FaceClient, box: Box) -> None:
    record(box)
    assert spoken(public) is None
    approve(box)
    voice = spoken(public)
    assert voice["keys"] == ["page.what"]
    body = public.get(voice["pack"]).content
    assert unpacked(body) == {"page.what": bytes(Prompt.objects.get().sound)}
    assert [one.verb for one in Entry.objects.filter(case="na-co-sa").order_by("-verb")] == [
        "mailbox.prompt.recorded",
        "mailbox.prompt.approved",
    ]


def test_nobody_approves_their_own(box: Box) -> None:
    record(box)
    with pytest.raises(Refused) as refused:
        approve(box, by=HOA)
    assert refused.value.code == "own"
    assert Prompt.objects.get().approved_by == ""


def test_what_is_approved_is_what_was_listened_to(box: Box) -> None:
    first = prompts.digest_of(record(box))
    record(box, raw=wav(2))
    with pytest.raises(Refused) as refused:
        prompts.approve(box=box, language="vi", key="page.what", digest=first, **NAM)
    assert refused.value.code == "other_sound"


def test_recording_anew_asks_for_approval_anew(public: FaceClient, box: Box) -> None:
    record(box)
    approve(box)
    assert record(box, raw=wav(2)).approved_by == ""
    assert spoken(public) is None


@pytest.mark.parametrize(
    ("key", "language", "code"),
    [
        ("page.nothing", "vi", "no_sentence"),
        ("page.exit", "vi", "no_sentence"),  # a sentence, but not one that is spoken
        ("page.choice.democracy.roads", "vi", "no_sentence"),  # of another kind of box
        ("page.what", "mww", "not_spoken"),
        ("page.what", "", "not_spoken"),
    ],
)
def test_s3_an_unknown_sentence_or_language_is_refused(box: Box, key: str, language: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        record(box, key, language)
    assert refused.value.code == code
    assert not Prompt.objects.exists()


def test_s3_a_bad_recording_changes_nothing(box: Box) -> None:
    record(box)
    kept = Prompt.objects.get()
    with pytest.raises(BadSound):
        record(box, raw=b"no sound")
    assert Prompt.objects.get().sound == kept.sound
    assert Entry.objects.filter(verb="mailbox.prompt.recorded").count() == 1


def test_a_prompt_whose_vietnamese_changed_is_not_played_and_not_approved(public: FaceClient, box: Box) -> None:
    record(box)
    record(box, "page.tell")
    approve(box)
    Prompt.objects.filter(key="page.what").update(source="Chuyện chi?")
    Prompt.objects.filter(key="page.tell").update(source="Kể đi")
    Box.objects.update(version=50)
    assert spoken(public) is None
    with pytest.raises(Refused) as refused:
        approve(box, "page.tell")
    assert refused.value.code == "stale"


def test_a_consent_or_promise_is_spoken_only_while_its_wording_is_reviewed(
    public: FaceClient, box: Box, language: Language
) -> None:
    with pytest.raises(Refused) as refused:
        record(box, "page.forward", "hmv")
    assert refused.value.code == "not_reviewed"
    who = {"language": language, "key": "page.forward", **WHO}
    wordings.write(**who, text="Zalimo")
    wordings.review(**who, text="Zalimo", reader="Bà Zabu", vouches=True)
    record(box, "page.forward", "hmv")
    approve(box, "page.forward", "hmv")
    assert spoken(public, "/b/na-co-sa/hmv")["keys"] == ["page.forward"]
    wordings.write(**who, text="Zalimo vatu")  # a draft again
    assert spoken(public, "/b/na-co-sa/hmv") is None


def test_a_consent_that_was_reworded_is_spoken_anew(public: FaceClient, box: Box, language: Language) -> None:
    """Whoever finds the words wrong and puts them right may not hear the wrong ones beside them."""
    who = {"language": language, "key": "page.forward", **WHO}
    wordings.write(**who, text="Zalimo")
    wordings.review(**who, text="Zalimo", reader="Bà Zabu", vouches=True)
    record(box, "page.forward", "hmv")
    approve(box, "page.forward", "hmv")
    wordings.write(**who, text="Zalimo vatu")
    wordings.review(**who, text="Zalimo vatu", reader="Bà Zabu", vouches=True)
    assert spoken(public, "/b/na-co-sa/hmv") is None
    with pytest.raises(Refused) as refused:
        approve(box, "page.forward", "hmv")
    assert refused.value.code == "stale"
    record(box, "page.forward", "hmv")
    approve(box, "page.forward", "hmv")
    assert spoken(public, "/b/na-co-sa/hmv")["keys"] == ["page.forward"]


def test_a_plain_sentence_may_be_spoken_before_anybody_has_written_it(
    public: FaceClient, box: Box, language: Language
) -> None:
    record(box, "page.what", "hmv")
    approve(box, "page.what", "hmv")
    assert spoken(public, "/b/na-co-sa/hmv")["keys"] == ["page.what"]
    assert spoken(public) is None


def test_the_file_is_one_for_all_kept_by_phones_and_of_a_size_that_tells_little(public: FaceClient, box: Box) -> None:
    for key in ("page.what", "page.tell", "guide.scan"):
        record(box, key)
        approve(box, key)
    address = spoken(public)["pack"]
    answer = public.get(address)
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer
    assert len(answer.content) % prompts.STEP == 0
    assert set(unpacked(answer.content)) == {"page.what", "page.tell", "guide.scan"}
    part = public.get(address, HTTP_RANGE="bytes=0-10")
    assert (part.status_code, part.content) == (200, answer.content)  # which sentence is never asked for
    assert public.get(address, HTTP_COOKIE="x=1").content == answer.content


@pytest.mark.parametrize(
    "path",
    ["/b/na-co-sa/voice/vi/0000", "/b/na-co-sa/voice/zzz/0000", "/b/nothing/voice/vi/0000", "/b/na-co-sa/voice/en/x"],
)
def test_s3_another_address_is_told_in_a_sentence(public: FaceClient, box: Box, path: str) -> None:
    answer = public.get(path)
    assert answer.status_code == 404
    assert "Không có lời đọc này" in answer.content.decode()
    assert public.post(path).status_code == 405


def test_the_address_changes_with_what_is_in_the_file(public: FaceClient, box: Box) -> None:
    record(box)
    approve(box)
    before = spoken(public)["pack"]
    record(box, "page.tell")
    approve(box, "page.tell")
    assert spoken(public)["pack"] != before
    assert public.get(before).status_code == 404
    prompts.remove(box=box, language="vi", key="page.tell", **HOA)
    assert spoken(public)["pack"] == before


def full(box: Box, language: str, size: int = 4000) -> None:
    Prompt.objects.bulk_create(
        Prompt(box=box, language=language, key=one.key, source=one.text, sound=b"s" * size, seconds=3, recorded_by="hoa",
               recorded_on=date(2026, 11, 22), approved_by="nam", approved_on=date(2026, 11, 22))
        for one in spoken_in(box.kind)
    )  # fmt: skip
    Box.objects.filter(pk=box.pk).update(version=box.version + 9)


def test_a_page_on_which_everything_can_be_heard_stays_within_its_budget(public: FaceClient, box: Box) -> None:
    """5,120 bytes (`mailbox.html_br_bytes`): the buttons are put up by the script."""
    for language in ("vi", "en"):
        full(box, language)
    for path in ("/b/na-co-sa", "/b/na-co-sa/en"):
        answer = public.get(path, HTTP_ACCEPT_ENCODING="br")
        assert len(answer.content) <= 5120
        assert len(spoken(public, path)["keys"]) > 40


def test_the_guide_is_read_without_scripts_and_weighs_at_most_20_kb(public: FaceClient, box: Box) -> None:
    html = public.get("/b/na-co-sa/guide").content.decode()
    assert "mailbox/guide" not in html  # nothing to hear, nothing to load
    full(box, "vi")
    answer = public.get("/b/na-co-sa/guide")
    html = answer.content.decode()
    assert len(answer.content) <= 20 * 1024
    assert html.count("<svg viewBox") == 6
    steps = [sentences()[f"guide.{name}"].text for name in ("scan", "tell", "locked", "send", "keep", "answer")]
    assert all(text in html for text in steps)
    assert max(len(text.split()) for text in steps) <= 24
    assert "mailbox/guide.vi.js" in html
    assert not re.search(r"\shidden[\s>]", html.split("</style>")[1].split("<script")[0])
    assert public.get("/b/na-co-sa/guide/en").status_code == 200
    assert 'href="/b/na-co-sa/guide"' in public.get("/b/na-co-sa").content.decode()


def test_s3_asking_for_languages_that_there_are_not_drives_no_pack_out_of_memory(public: FaceClient, box: Box) -> None:
    record(box)
    approve(box)
    pack = spoken(public)["pack"]
    kept = prompts._pack.cache_info().currsize
    for number in range(prompts.PACKS_KEPT + 1):
        assert public.get(f"/b/na-co-sa/voice/zz-x-{number}/00").status_code == 404
    assert prompts._pack.cache_info().currsize == kept
    assert public.get(pack).status_code == 200


def test_s3_a_pack_is_only_fetched_and_whoever_sends_something_is_told_so(public: FaceClient, box: Box) -> None:
    record(box)
    approve(box)
    answer = public.post(spoken(public)["pack"])
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert "</h1>" in answer.content.decode()


@pytest.mark.parametrize(("field", "warning"), [("training", "chỉ để luyện tập"), ("demo_keys", "đừng gửi tin thật")])
def test_the_guide_to_a_box_for_practice_says_so(public: FaceClient, box: Box, field: str, warning: str) -> None:
    assert warning not in public.get("/b/na-co-sa/guide").content.decode()
    Box.objects.filter(pk=box.pk).update(**{field: True, "version": 99})
    assert warning in public.get("/b/na-co-sa/guide").content.decode()


def test_the_guides_way_out_leaves_nothing_to_go_back_to(public: FaceClient, box: Box) -> None:
    html = public.get("/b/na-co-sa/guide").content.decode()
    assert 'id="exit"' in html
    assert "location.replace(this.href)" in re.search(r"<script>(.*?)</script>", html)[1]
