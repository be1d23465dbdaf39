"""Drafts of residents and of officers who fill in for them: whose they are, what is kept, when they go."""

from datetime import timedelta
from typing import Any

import pytest

from keng.accounts.models import Citizen
from keng.core.registry import chores
from keng.procedures.errors import Refused
from keng.procedures.filing import drafts, files
from keng.procedures.models import Attachment, Channel, Draft
from tests.procedures.filing import made
from tests.procedures.filing.conftest import Filing
from tests.procedures.filing.test_wizard import succeeded


def begin(cast: Filing, **given: object) -> Draft:
    return drafts.start(**{"version": cast.version, "citizen": cast.ba_sua, **given})  # type: ignore[arg-type]


def test_an_officers_draft_is_the_officers_and_a_residents_the_residents(cast: Filing) -> None:
    own = begin(cast)
    assisted = begin(cast, filed_by=cast.thu, office=cast.centre, channel=Channel.COUNTER, agreed="spoken")
    assert own != assisted
    assert drafts.open_draft(draft=own.pk, citizen=cast.ba_sua) == own
    assert drafts.open_draft(draft=assisted.pk, filed_by=cast.thu) == assisted
    whose: dict[str, Any]
    for whose in ({"citizen": cast.ba_sua}, {"filed_by": cast.lam}, {"citizen": cast.an}, {}):
        with pytest.raises(drafts.Gone):
            drafts.open_draft(draft=assisted.pk, **whose)  # type: ignore[arg-type]
    for whose in ({"citizen": cast.an}, {"filed_by": cast.thu}, {"citizen": None}):
        with pytest.raises(drafts.Gone):
            drafts.open_draft(draft=own.pk, **whose)  # type: ignore[arg-type]
    assert drafts.of(cast.ba_sua) == [own]


def test_at_the_counter_a_procedure_without_a_form_may_be_begun(cast: Filing) -> None:
    cast.version.form = None
    with pytest.raises(Refused):
        begin(cast)
    begun = begin(cast, filed_by=cast.thu, office=cast.centre, channel=Channel.COUNTER, agreed="spoken")
    assert begun.form is None


def test_nobody_heaps_up_drafts(cast: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 0)
    with pytest.raises(Refused) as error:
        begin(cast)
    assert error.value.code == "many"


def test_emptied_answers_are_forgotten_and_others_stay(cast: Filing) -> None:
    draft = begin(cast)
    for answers in ({"address": "a", "owner": "b"}, {"owner": None}):
        drafts.save(draft=draft, answers=answers, seen=drafts.mark(draft, answers), step=1)
    assert Draft.objects.get().answers == {"address": "a"}


def test_answers_without_end_are_refused(cast: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_ANSWERS", 100)
    draft = begin(cast)
    with pytest.raises(Refused) as error:
        drafts.save(draft=draft, answers={"address": "x" * 100}, seen=drafts.mark(draft, ["address"]), step=1)
    assert error.value.status == 413
    assert Draft.objects.get().answers == {}


def test_a_draft_that_is_gone_can_not_be_saved(cast: Filing) -> None:
    draft = begin(cast)
    drafts.delete(draft=draft)
    drafts.delete(draft=Draft(pk=draft.pk))
    with pytest.raises(drafts.Gone):
        drafts.save(draft=draft, answers={"address": "x"}, seen="", step=1)
    with pytest.raises(drafts.Gone):
        drafts.place(draft=draft, unit=cast.thanh_yen)


def test_drafts_that_nobody_touched_for_thirty_days_go_with_their_files(cast: Filing) -> None:
    old, new = begin(cast), cast.draft()
    for draft in (old, new):
        files.store(upload=made.upload(made.png()), citizen=draft.citizen, draft=draft, field="photos")
    Draft.objects.filter(pk=old.pk).update(updated_at=old.updated_at - timedelta(days=30, minutes=1))
    Draft.objects.filter(pk=new.pk).update(updated_at=new.updated_at - timedelta(days=29))
    assert chores["procedures.drafts"].run() == 1
    assert list(Draft.objects.all()) == [new]
    assert Attachment.objects.get().draft == new


def test_a_draft_whose_paper_others_use_leaves_it_to_them(cast: Filing) -> None:
    draft = cast.draft()
    paper = files.store(upload=made.upload(made.png()), citizen=cast.an, draft=draft, field="photos")
    kept = Draft.objects.create(citizen=cast.an, version=cast.version, form=cast.form)
    again = files.use_again(paper=paper, draft=kept, field="photos")
    plain = files.plain(paper)
    drafts.delete(draft=draft)
    assert files.plain(Attachment.objects.get(pk=again.pk)) == plain


def test_who_removed_their_page_in_another_tab_begins_nothing_and_is_told_so(cast: Filing) -> None:
    Citizen.objects.filter(pk=cast.an.pk).delete()
    with pytest.raises(drafts.Gone):
        begin(cast, citizen=cast.an)


@pytest.mark.parametrize(("level", "ends"), [(1, True), (2, False)])
def test_o2_what_was_filled_in_at_level_2_ends_where_the_procedure_comes_down_to_level_1(
    cast: Filing, level: int, ends: bool
) -> None:
    draft = cast.filled()
    succeeded(cast, identity_level=level)
    if ends:
        with pytest.raises(Refused) as told:
            drafts.renew(draft=draft)
        assert told.value.code == "lower"
    else:
        drafts.renew(draft=draft)
    assert Draft.objects.exists() is not ends
    assert Attachment.objects.exists() is not ends


def test_what_an_officer_fills_in_goes_on_where_the_procedure_comes_down_to_level_1(cast: Filing) -> None:
    draft = begin(cast, filed_by=cast.thu, office=cast.centre, channel=Channel.COUNTER, agreed="spoken")
    newer = succeeded(cast, identity_level=1)
    drafts.renew(draft=draft)
    assert Draft.objects.get().version == newer
