"""One draft in two windows at once on PostgreSQL: whoever waits for the other finds the draft as it is then."""

from keng.procedures.filing import drafts
from keng.procedures.models import Draft
from tests.procedures.filing.conftest import Filing
from tests.procedures.filing.test_wizard import succeeded
from tests.waiting import waits_for, writers_wait

pytestmark = writers_wait


def test_s2_a_page_saved_while_another_window_brings_the_draft_to_a_newer_version_is_kept(cast: Filing) -> None:
    draft = cast.draft()
    seen = Draft.objects.get(pk=draft.pk)
    newer = succeeded(cast)
    saved = waits_for(
        lambda: drafts.renew(draft=draft),
        lambda: drafts.save(draft=seen, answers={"address": "Bản Hạ"}, seen=drafts.mark(seen, ["address"]), step=1),
    )
    assert isinstance(saved, Draft), saved
    kept = Draft.objects.get()
    assert (kept.version, kept.answers) == (newer, {"address": "Bản Hạ"})
