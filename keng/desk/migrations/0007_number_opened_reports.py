"""Reports that were opened before there was a register get their numbers, in the order of the hours in which they were opened."""

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from keng.core.ids import random_id

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
READ, PASSED_ON = "mailbox.report.read", "mailbox.forwarded"
# Box id, hour in which an officer of it first opened the report, thread key: only for telling two of one hour apart.
Opened = tuple[int, datetime, str, int]


def number(apps: Apps, _schema: BaseDatabaseSchemaEditor | None) -> None:
    entries = apps.get_model("desk", "RegisterEntry")
    there = set(entries.objects.values_list("box", "thread"))
    last: defaultdict[tuple[int, int], int] = defaultdict(int)
    for box, year, given in entries.objects.values_list("box", "year", "number"):
        last[box, year] = max(last[box, year], given)
    made = []
    for box, hour, _key, thread in sorted(opened(apps)):
        if (box, thread) in there:
            continue
        year = hour.astimezone(LOCAL).year
        last[box, year] += 1
        made.append(
            entries(
                id=random_id(), box_id=box, year=year, number=last[box, year], thread_id=thread, hour=hour
            )
        )  # fmt: skip
    entries.objects.bulk_create(made, batch_size=500)


def opened(apps: Apps) -> list[Opened]:
    """One line for each box that held a report and opened it. The box that received it did so when the report became `opened`; one that
    was handed it, when somebody of its office first read it, as the ledger says.
    """
    changes = apps.get_model("mailbox", "StateChange").objects.filter(state="opened")
    first: dict[tuple[int, int], tuple[datetime, str]] = {}
    for thread, box, key, hour in changes.values_list("thread", "thread__box", "thread__key", "hour"):
        first[box, thread] = min(first.get((box, thread), (hour, key)), (hour, key))
    held = handed(apps)
    reads = apps.get_model("ledger", "Entry").objects.filter(verb=READ)
    for key, office, hour in reads.values_list("case", "office", "hour"):
        if (key, office) in held:
            box, thread = held[key, office]
            first[box, thread] = min(first.get((box, thread), (hour, key)), (hour, key))
    return [(box, hour, key, thread) for (box, thread), (hour, key) in first.items()]


def handed(apps: Apps) -> dict[tuple[str, str], tuple[int, int]]:
    """(box, thread) by thread key and office code, for each box to which a report was passed on."""
    boxes = {slug: (box, office) for box, slug, office in apps.get_model("mailbox", "Box").objects.values_list(
        "pk", "slug", "office__code"
    )}  # fmt: skip
    threads = dict(apps.get_model("mailbox", "Thread").objects.values_list("key", "pk"))
    passed = apps.get_model("ledger", "Entry").objects.filter(verb=PASSED_ON).values_list("case", "purpose")
    return {
        (key, boxes[slug][1]): (boxes[slug][0], threads[key])
        for key, slug in passed
        if key in threads and slug in boxes
    }


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0006_list_filters"),
        ("mailbox", "0006_a_complaint_partly_true"),
        ("ledger", "0002_append_only"),
    ]
    operations = [migrations.RunPython(number, migrations.RunPython.noop)]
