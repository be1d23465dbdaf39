"""A resident's own copy: whole, theirs alone."""

import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.utils.timezone import localdate

from keng.core import at_rest
from keng.procedures import consents
from keng.procedures.dossiers import services
from keng.procedures.filing import drafts, files
from keng.procedures.models import AttachmentBytes, Draft
from keng.procedures.requests import services as requests
from keng.signing.models import Document
from tests.procedures.citizens import as_citizen
from tests.procedures.dossiers.filed import accepted, counter_draft, draft, paper

pytestmark = pytest.mark.django_db


def archive(my) -> ZipFile:
    return ZipFile(io.BytesIO(b"".join(my.get("/copy.zip").streaming_content)))


def test_it_holds_answers_files_slips_messages_and_looks(my, cast):
    dossier = accepted(cast)
    attachment = paper(dossier, cast.an, title="Giấy thuê nhà")
    AttachmentBytes.objects.create(attachment=attachment, sealed=at_rest.seal(b"%PDF- mot to giay"))
    services.look(dossier=dossier, by=cast.thu, reason="counter")
    as_citizen(my, cast.an)
    made = archive(my)
    assert made.testzip() is None
    told = json.loads(made.read("du-lieu.json"))
    assert told["person"]["number"] == cast.an.number
    assert told["dossiers"][0]["answers"] == dossier.answers
    assert "người dân hỏi tại quầy" in {one["why"] for one in told["looks"]}
    assert {one["code"] for one in told["messages"]} == {dossier.code}
    names = made.namelist()
    [file] = [name for name in names if name.startswith(f"{dossier.code}/giay-to/")]
    assert made.read(file) == b"%PDF- mot to giay"
    slips = [name for name in names if name.startswith(f"{dossier.code}/phieu/")]
    assert slips
    assert all(made.read(name).startswith(b"%PDF") for name in slips)


def with_file(made, cast, content):
    attachment = paper(made, cast.an)
    AttachmentBytes.objects.create(attachment=attachment, sealed=at_rest.seal(content))
    return made


def test_it_holds_what_is_only_begun_with_its_files_as_long_as_it_is_kept(my, cast):
    begun = with_file(draft(cast, answers={"address": "Bản Noong Hẹt"}), cast, b"%PDF- chua nop")
    as_citizen(my, cast.an)
    made = archive(my)
    [told] = json.loads(made.read("du-lieu.json"))["drafts"]
    assert (told["procedure"], told["answers"]) == (cast.version.name, {"address": "Bản Noong Hẹt"})
    assert told["answers_in_words"] == [["Địa chỉ tạm trú", "Bản Noong Hẹt"]]
    [file] = [name for name in made.namelist() if name.startswith(f"{told['files']}/")]
    assert made.read(file) == b"%PDF- chua nop"
    drafts.delete(draft=begun)
    made = archive(my)
    assert made.namelist() == ["du-lieu.json"]
    assert json.loads(made.read("du-lieu.json"))["drafts"] == []


def test_it_holds_what_is_asked_for_and_what_is_not_sent_yet_in_answer(my, cast):
    dossier = accepted(cast)
    items = [{"title": "Giấy khai sinh", "why": "bản chụp mờ", "field": ""}]
    day = localdate() + timedelta(days=20)
    services.ask_supplement(dossier=dossier, items=items, by_day=day, by=cast.thu)
    with_file(draft(cast, to=dossier, answers={"address": "Bản khác"}), cast, b"%PDF- bo sung")
    as_citizen(my, cast.an)
    made = archive(my)
    told = json.loads(made.read("du-lieu.json"))
    asked = told["dossiers"][0]["supplement"]
    assert (asked["items"], asked["by_day"]) == ([{"title": "Giấy khai sinh", "why": "bản chụp mờ"}], day.isoformat())
    assert asked["answered"] == ""
    assert [(one["dossier"], one["answers"]["address"]) for one in told["drafts"]] == [(dossier.code, "Bản khác")]
    [file] = [name for name in made.namelist() if name.startswith(f"{dossier.code}/bo-sung/")]
    assert made.read(file) == b"%PDF- bo sung"


def test_what_an_officer_fills_in_for_them_is_in_it_and_a_trial_is_not(my, cast):
    counter_draft(cast, cast.thu, cast.centre)
    Draft.objects.create(
        citizen=cast.ba_sua,
        filed_by=cast.thu,
        office=cast.centre,
        version=cast.version,
        test=True,
        answers={"address": "thử"},
    )
    as_citizen(my, cast.ba_sua)
    told = archive(my).read("du-lieu.json").decode()
    assert [one["office"] for one in json.loads(told)["drafts"]] == [cast.centre.name]
    assert cast.thu.name not in told
    as_citizen(my, cast.an)
    assert json.loads(archive(my).read("du-lieu.json"))["drafts"] == []


def test_a_draft_that_is_filed_while_the_copy_is_sent_is_in_it_once_at_least(my, cast):
    accepted(cast)
    begun = with_file(draft(cast), cast, b"%PDF- dang nop")
    as_citizen(my, cast.an)
    sent = iter(my.get("/copy.zip").streaming_content)
    start = [next(sent), next(sent)]
    services.submit(draft=begun, by=None)
    made = ZipFile(io.BytesIO(b"".join([*start, *sent])))
    assert made.testzip() is None
    assert b"%PDF- dang nop" in [made.read(name) for name in made.namelist()]


def test_a_file_that_is_taken_out_of_a_draft_while_the_copy_is_sent_breaks_nothing_off(my, cast):
    begun = with_file(draft(cast), cast, b"%PDF- mot")
    with_file(begun, cast, b"%PDF- hai")
    as_citizen(my, cast.an)
    sent = iter(my.get("/copy.zip").streaming_content)
    start = [next(sent), next(sent)]
    files.take_all_away(draft=begun)
    made = ZipFile(io.BytesIO(b"".join([*start, *sent])))
    assert made.testzip() is None
    assert len(made.namelist()) == 2


def test_it_names_no_officer(my, cast):
    accepted(cast)
    as_citizen(my, cast.an)
    told = archive(my).read("du-lieu.json").decode()
    assert cast.thu.name not in told
    assert '"thu"' not in told


def test_another_residents_copy_has_nothing_of_it_and_level_1_gets_none(my, cast):
    dossier = accepted(cast)
    as_citizen(my, cast.ba_sua)
    assert archive(my).namelist() == ["du-lieu.json"]
    assert dossier.code not in archive(my).read("du-lieu.json").decode()
    as_citizen(my, cast.an, level=1)
    assert my.get("/copy.zip").status_code == 302


def test_it_holds_their_consents_and_requests_and_nobody_elses(my, cast):
    dossier = accepted(cast)
    consents.give(citizen=cast.an, purpose="reuse", dossier=None, how="online", witness=None)
    requests.file(dossier=dossier, kind="correction", text="Sai tên bản.", citizen=cast.an)
    as_citizen(my, cast.an)
    told = json.loads(archive(my).read("du-lieu.json"))
    assert [one["purpose"] for one in told["consents"]] == [str(consents.PURPOSES["reuse"])]
    assert [(one["text"], one["dossier"]) for one in told["requests"]] == [("Sai tên bản.", dossier.code)]
    as_citizen(my, cast.ba_sua)
    told = json.loads(archive(my).read("du-lieu.json"))
    assert (told["consents"], told["requests"]) == ([], [])


def test_a_slip_whose_words_are_gone_does_not_stop_the_copy_and_no_browser_keeps_it(my, cast):
    dossier = accepted(cast)
    Document.objects.filter(case=dossier.code).update(values=None, pdf=None)
    as_citizen(my, cast.an)
    assert archive(my).namelist() == ["du-lieu.json"]
    assert my.get("/copy.zip")["Cache-Control"] == "no-store"


def test_a_dossier_that_is_erased_while_the_copy_is_sent_breaks_nothing_off_and_is_named(my, cast):
    gone, stays = accepted(cast), accepted(cast)
    for dossier in (gone, stays):
        attachment = paper(dossier, cast.an)
        AttachmentBytes.objects.create(attachment=attachment, sealed=at_rest.seal(b"%PDF- mot to giay"))
    as_citizen(my, cast.an)
    sent = iter(my.get("/copy.zip").streaming_content)
    begun = next(sent)
    AttachmentBytes.objects.filter(attachment__dossier=gone).delete()
    Document.objects.filter(case=gone.code).update(values=None, pdf=None)
    made = ZipFile(io.BytesIO(b"".join([begun, *sent])))
    assert made.testzip() is None
    names = made.namelist()
    assert any(name.startswith(f"{stays.code}/giay-to/") for name in names)
    assert not any(name.startswith(f"{gone.code}/") for name in names)
    told = made.read("da-xoa.txt").decode()
    assert gone.code in told
    assert stays.code not in told
