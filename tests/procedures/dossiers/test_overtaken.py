"""Of two deeds at once on PostgreSQL the second waits, and is told; also where the first sent the dossier to another office."""

from keng.accounts.models import Role
from keng.procedures.dossiers import services
from keng.procedures.errors import Conflict
from keng.procedures.models import Dossier
from tests.cast import user
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import accepted, submitted
from tests.waiting import waits_for, writers_wait

pytestmark = writers_wait


def test_s2_whoever_comes_second_while_it_goes_to_another_office_is_told_so(cast: Province) -> None:
    dossier = accepted(cast)
    seen = Dossier.objects.get(pk=dossier.pk)
    became = waits_for(
        lambda: services.advance(dossier=dossier, by=cast.thu),
        lambda: services.give_back(dossier=seen, by=cast.thu),
    )
    assert isinstance(became, Conflict), became
    assert became.code == "changed"
    assert Dossier.objects.get().office == cast.neighbour


def test_s2_whoever_comes_second_while_a_colleague_accepts_it_is_told_their_name(cast: Province) -> None:
    dossier, colleague = submitted(cast), user("hang", "Vì Thị Hằng", (cast.centre, Role.CASEWORKER))
    seen = Dossier.objects.get(pk=dossier.pk)
    became = waits_for(
        lambda: services.accept(dossier=dossier, by=cast.thu),
        lambda: services.accept(dossier=seen, by=colleague),
    )
    assert isinstance(became, Conflict), became
    assert became.code == "taken"
