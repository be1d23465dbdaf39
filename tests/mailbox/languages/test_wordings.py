"""What may be written for a sentence, who vouches for it, and when that ends."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st

from keng.ledger.models import Entry
from keng.mailbox.errors import NotAllowed, Refused
from keng.mailbox.languages import wordings
from keng.mailbox.languages.catalogue import MID, OPEN, SHUT, Catalogue, Standing, standing
from keng.mailbox.languages.sentences import Sentence, Sort, sentences
from keng.mailbox.models import Language, Wording
from tests.mailbox.languages.conftest import WHO

pytestmark = pytest.mark.django_db
WAITING = sentences()["phone.waiting"]


def write(language: Language, key: str, text: str) -> Wording:
    return wordings.write(language=language, key=key, text=text, **WHO)


def review(language: Language, key: str, text: str, reader: str = "Bà Zabu", **more: object) -> Wording:
    return wordings.review(language=language, key=key, text=text, reader=reader, **WHO, **{"vouches": True, **more})


# -- languages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [code for code, _name in wordings.READY] + ["mww", "hmv-latn", "tai-x-a1"])
def test_a_code_that_stands_ready_or_is_well_formed_is_taken(code: str) -> None:
    wordings.add_language(code=code, name="Zabu", name_in_vietnamese="Thử", **WHO)
    assert Entry.objects.get(verb="mailbox.language.added").subject == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "Hmv",
        "h",
        "hmvx",
        "guide",
        "plain",
        "voice",
        "parts",
        "hmv_vn",
        "hmv-",
        "hmv-x",
        "hmv x",
        "../r",
        "ñññ",
        "hmv-x-abcdefgh9",
    ],
)
def test_s3_a_code_that_is_no_language_is_refused_in_a_sentence(code: str) -> None:
    with pytest.raises(Refused) as refused:
        wordings.add_language(code=code, name="Zabu", name_in_vietnamese="Thử", **WHO)
    assert refused.value.code == "bad_code"
    assert not Language.objects.exists()


@pytest.mark.parametrize("code", ["vi", "en", "hmv"])
def test_a_code_is_added_once(language: Language, code: str) -> None:
    with pytest.raises(Refused) as refused:
        wordings.add_language(code=code, name="Zabu", name_in_vietnamese="Thử", **WHO)
    assert refused.value.code == "taken"


def test_a_new_languages_catalogue_is_empty(language: Language) -> None:
    assert all(said.text is None for said in Catalogue.of("hmv").said.values())


# -- texts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", wordings.EMPTY),
        ("   ", wordings.EMPTY),
        ("x" * 5000, wordings.TOO_LONG % {"most": len(WAITING.text) * 4 + 60}),
        ("Zabu", wordings.OTHER_PLACES % {"places": "{seconds}"}),
        ("Zabu {giay}", wordings.OTHER_PLACES % {"places": "{seconds}"}),
        ("Zabu {seconds} {seconds}", wordings.OTHER_PLACES % {"places": "{seconds}"}),
        ("Zabu {seconds", wordings.OTHER_PLACES % {"places": "{seconds}"}),
        ("Zabu {{seconds}}", wordings.OTHER_PLACES % {"places": "{seconds}"}),
        ("Zabu {seconds} {", wordings.OTHER_PLACES % {"places": "{seconds}"}),
        ("<b>Zabu</b> {seconds}", wordings.HAS_MARKUP),
        ("Zabu &amp; {seconds}", wordings.HAS_MARKUP),
        ("Zabu &#x202e; {seconds}", wordings.HAS_MARKUP),
        ("Zabu \u202e{seconds}", wordings.BAD_CHARACTERS),
        ("Zabu \u2066{seconds}", wordings.BAD_CHARACTERS),
        ("Zabu\u200b {seconds}", wordings.BAD_CHARACTERS),
        ("Zabu\n{seconds}", wordings.BAD_CHARACTERS),
        ("Zabu\x00{seconds}", wordings.BAD_CHARACTERS),
        ("Zabu\u2028{seconds}", wordings.BAD_CHARACTERS),
        (f"Zabu {OPEN}{SHUT}{MID}{{seconds}}", wordings.BAD_CHARACTERS),
        ("Zabu \ud800{seconds}", wordings.BAD_CHARACTERS),
        ("Za" + "\u0329" * 5 + "{seconds}", wordings.BAD_CHARACTERS),
        ("שלום {seconds}", wordings.RIGHT_TO_LEFT),
        ("مرحبا {seconds}", wordings.RIGHT_TO_LEFT),
    ],
)
def test_s3_a_text_that_would_break_or_turn_the_page_is_refused_in_a_sentence(
    language: Language, text: str, sentence: object
) -> None:
    with pytest.raises(wordings.BadWording) as refused:
        write(language, "phone.waiting", text)
    assert str(refused.value.sentence) == str(sentence)
    assert not Wording.objects.exists()


def test_a_text_with_the_same_places_is_kept_composed_and_bare_of_spaces(language: Language) -> None:
    kept = write(language, "phone.waiting", "  Ha\u0302 {seconds} zo’ tsi!  ")
    assert kept.text == "H\u00e2 {seconds} zo’ tsi!"
    assert (kept.state, kept.source) == ("draft", WAITING.text)


@given(st.text(max_size=60))
def test_whatever_is_taken_has_no_markup_no_control_and_the_same_places(text: str) -> None:
    sentence = Sentence("x.y", "Câu thử {a} và {b}", Sort.PLAIN)
    try:
        kept = wordings.check_text(sentence, f"{text}{{a}}{{b}}")
    except wordings.BadWording:
        return
    assert kept.count("{a}") == kept.count("{b}") == 1
    assert not set(kept) & set("<>\n\r\x00\u202e\u2067\ue000")
    assert len(kept) <= 4 * len(sentence.text) + 60


def test_a_key_that_no_page_has_is_refused(language: Language) -> None:
    with pytest.raises(Refused) as refused:
        write(language, "page.nothing", "Zabu")
    assert refused.value.status == 404


# -- reviewing ---------------------------------------------------------------------------------------------------------


def test_a_reviewed_wording_names_its_reader_and_day(language: Language) -> None:
    write(language, "page.look", "Vizu")
    kept = review(language, "page.look", "Vizu", "  Bà   Zabu, bản Trên ")
    assert (kept.reader, kept.reviewed_on) == ("Bà Zabu, bản Trên", localdate())
    assert [entry.verb for entry in Entry.objects.filter(subject="hmv page.look").order_by("verb")] == [
        "mailbox.wording.reviewed",
        "mailbox.wording.written",
    ]


@pytest.mark.parametrize("reader", ["", "  ", "\u202e\n"])
def test_a_review_by_nobody_is_none(language: Language, reader: str) -> None:
    write(language, "page.look", "Vizu")
    with pytest.raises(Refused) as refused:
        review(language, "page.look", "Vizu", reader)
    assert refused.value.code == "no_reader"
    assert Wording.objects.get().state == "draft"


def test_what_was_read_must_be_what_stands_there(language: Language) -> None:
    write(language, "page.look", "Vizu lomo")
    with pytest.raises(Refused) as refused:
        review(language, "page.look", "Vizu")
    assert refused.value.code == "changed"
    with pytest.raises(Refused) as refused:
        review(language, "page.exit", "Vizu")
    assert refused.value.code == "no_wording"
    with pytest.raises(Refused) as refused:
        review(language, "page.look", "Vizu lomo", on=localdate() + timedelta(days=1))
    assert refused.value.code == "bad_day"


def test_a_changed_text_is_a_draft_again_and_the_same_text_stays_reviewed(language: Language) -> None:
    write(language, "page.look", "Vizu")
    review(language, "page.look", "Vizu")
    assert write(language, "page.look", " Vizu ").state == "reviewed"
    kept = write(language, "page.look", "Vizu lomo")
    assert (kept.state, kept.reader, kept.reviewed_on) == ("draft", "", None)


def test_when_the_vietnamese_has_changed_the_wording_no_longer_counts(language: Language) -> None:
    write(language, "page.look", "Vizu")
    review(language, "page.look", "Vizu")
    Wording.objects.update(source="Xem lại đã")
    sentence = sentences()["page.look"]
    assert standing(sentence, Wording.objects.get()) is Standing.STALE
    assert Catalogue.of("hmv").said["page.look"].text is None
    with pytest.raises(Refused):
        review(language, "page.look", "Vizu")
    assert write(language, "page.look", "Vizu").state == "draft"  # the same text, for another sentence


def test_a_draft_of_a_consent_or_promise_is_not_shown_until_reviewed(language: Language) -> None:
    for key in ("page.forward", "page.locked", "page.look"):
        write(language, key, "Zabu")
    said = Catalogue.of("hmv").said
    assert (said["page.forward"].text, said["page.locked"].text, said["page.look"].text) == (None, None, "Zabu")
    review(language, "page.forward", "Zabu")
    assert Catalogue.of("hmv").said["page.forward"].text == "Zabu"


def test_scripts_get_drafts_marked_with_their_vietnamese_and_reviewed_words_bare(language: Language) -> None:
    write(language, "report.preview", "Zami")
    write(language, "report.send", "Solo")
    review(language, "report.send", "Solo")
    words = Catalogue.of("hmv").words("report", "phone")
    assert words == {"report.preview": f"{OPEN}Xem lại trước khi gửi{MID}Zami{SHUT}", "report.send": "Solo"}


def test_taking_a_wording_back_leaves_the_vietnamese_and_is_in_the_ledger(language: Language) -> None:
    write(language, "page.look", "Vizu")
    wordings.remove(language=language, key="page.look", **WHO)
    assert not Wording.objects.exists()
    assert Entry.objects.filter(verb="mailbox.wording.removed").count() == 1
    with pytest.raises(Refused):
        wordings.remove(language=language, key="page.look", **WHO)


def test_each_deed_is_a_new_version_of_the_language_so_that_pages_are_built_anew(language: Language) -> None:
    versions = []
    for deed in (lambda: write(language, "page.look", "Vizu"), lambda: review(language, "page.look", "Vizu")):
        deed()
        versions.append(Language.objects.get().version)
    assert versions == [2, 3]


def test_a_consent_stands_only_when_an_administrator_wrote_down_its_reader(language: Language) -> None:
    write(language, "page.forward", "Zabu")
    with pytest.raises(NotAllowed):
        review(language, "page.forward", "Zabu", vouches=False)
    assert Wording.objects.get(key="page.forward").state == Wording.State.DRAFT
    assert review(language, "page.forward", "Zabu", vouches=True).state == Wording.State.REVIEWED
