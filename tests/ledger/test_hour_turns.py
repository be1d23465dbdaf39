"""The hour turns, or somebody moves the clock, in the midst of a publication: each filler's row still is what its leaf says."""

from datetime import timedelta
from itertools import count
from unittest import mock

import pytest

from keng.core.ids import this_hour
from keng.ledger import publication
from keng.ledger.leaves import leaf_of
from keng.ledger.models import Entry
from keng.ledger.verbs import PADDING

pytestmark = pytest.mark.django_db


def test_s2_r11_a_filler_has_one_hour_in_its_leaf_and_in_its_row() -> None:
    later = (this_hour() + timedelta(hours=hours) for hours in count(1))
    with mock.patch.object(publication, "this_hour", side_effect=later):
        publication.publish(force=True)
    fillers = list(Entry.objects.filter(verb=PADDING))
    assert len(fillers) > 200
    assert all(bytes(one.leaf) == leaf_of(bytes(one.salt or b""), one.canonical()) for one in fillers)
