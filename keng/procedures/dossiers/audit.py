"""What the ledger says of dossiers against the dossiers themselves: each turn has its entry, each state the entry that led to it.

For `manage.py verify_ledger`; each question is one statement, so that it costs no memory whatever there is.
"""

from collections.abc import Iterator

from django.db import connection

from keng.procedures.dossiers.states import ALLOWED, BEGUN, FINAL
from keng.procedures.models import State

AT_A_TIME = 1000
VERB = "procedures.dossier."
FILE, DRAFT = "procedures.file.read", "procedures.draft.read"
# Deeds that change the state -> the state that they lead to, and back.
LEADS: dict[str, set[str]] = {BEGUN: {State.SUBMITTED.value}}
for _state, _deeds in ALLOWED.items():
    for _deed, _after in _deeds.items():
        if _after != _state:
            LEADS.setdefault(_deed, set()).add(_after.value)
LEADS["supplemented"].add(State.SUBMITTED.value)
INTO = {state: sorted(deed for deed, states in LEADS.items() if state in states) for state in State.values}

# The newest event that brought it somewhere says where it stands.
OTHER_STATE = """
SELECT d.code, d.state, e.state FROM procedures_dossier d
JOIN procedures_event e ON e.dossier_id = d.id AND e.state <> ''
WHERE e.state <> d.state AND NOT EXISTS (
    SELECT 1 FROM procedures_event later WHERE later.dossier_id = d.id AND later.state <> '' AND later.at > e.at
) AND NOT EXISTS (
    SELECT 1 FROM procedures_event same WHERE same.dossier_id = d.id AND same.state = d.state AND same.at = e.at
) ORDER BY d.code"""
EVENT_WITHOUT_ENTRY = f"""
SELECT d.code, e.kind FROM procedures_event e JOIN procedures_dossier d ON d.id = e.dossier_id
WHERE NOT EXISTS (
    SELECT 1 FROM ledger_entry l WHERE l.id = e.entry AND l."case" = d.code
    AND (l.verb = '{VERB}' || e.kind OR (e.kind = 'file_read' AND l.verb = '{FILE}'))
) ORDER BY d.code"""  # noqa: S608
ENTRY_WITHOUT_EVENT = f"""
SELECT l.subject, l.verb FROM ledger_entry l JOIN procedures_dossier d ON d.code = l."case"
WHERE (l.verb LIKE '{VERB}%%' OR l.verb = '{FILE}') AND l.verb <> '{VERB}deleted'
AND NOT EXISTS (SELECT 1 FROM procedures_event e WHERE e.dossier_id = d.id AND e.entry = l.id)
ORDER BY l.subject"""  # noqa: S608
# What an officer fills in for a resident has no event: its looks hang on the consent, and their entries' case is the draft.
LOOK_WITHOUT_ENTRY = f"""
SELECT coalesce(c.draft, c.dossier_id), '' FROM procedures_draftlook k JOIN procedures_consent c ON c.id = k.consent_id
WHERE NOT EXISTS (
    SELECT 1 FROM ledger_entry l WHERE l.id = k.entry AND l.verb IN ('{DRAFT}', '{FILE}')
    AND l."case" = CAST(coalesce(c.draft, c.dossier_id) AS text)
) ORDER BY 1"""  # noqa: S608
ENTRY_WITHOUT_LOOK = f"""
SELECT DISTINCT l."case", l.verb FROM procedures_consent c
JOIN ledger_entry l ON l."case" = CAST(coalesce(c.draft, c.dossier_id) AS text)
WHERE c.witness_id IS NOT NULL AND l.verb IN ('{DRAFT}', '{FILE}')
AND NOT EXISTS (SELECT 1 FROM procedures_draftlook k WHERE k.entry = l.id)
ORDER BY 1"""  # noqa: S608
STATE_WITHOUT_ENTRY = """
SELECT d.code, d.state FROM procedures_dossier d WHERE d.state = %s AND NOT EXISTS (
    SELECT 1 FROM ledger_entry l WHERE l."case" = d.code AND l.verb IN ({verbs})
) ORDER BY d.code"""
LEFT_AN_END = """
SELECT d.code, d.state FROM procedures_dossier d WHERE d.state <> %s AND EXISTS (
    SELECT 1 FROM ledger_entry l WHERE l."case" = d.code AND l.verb IN ({verbs})
) ORDER BY d.code"""
ERASED_UNTOLD = f"""
SELECT d.code, '' FROM procedures_dossier d WHERE d.erased_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM ledger_entry l WHERE l."case" = d.code AND l.verb = '{VERB}deleted'
) ORDER BY d.code"""  # noqa: S608
GONE = f"""
SELECT l.subject, '' FROM ledger_entry l WHERE l.verb = '{VERB}{BEGUN}'
AND NOT EXISTS (SELECT 1 FROM procedures_dossier d WHERE d.code = l.subject)
AND NOT EXISTS (SELECT 1 FROM ledger_entry g WHERE g."case" = l.subject AND g.verb = '{VERB}deleted')
ORDER BY l.subject"""  # noqa: S608


def audit() -> Iterator[str]:
    """A sentence for each difference: Vietnamese, ` / `, English."""
    for code, state, said in _rows(OTHER_STATE):
        yield (
            f"Hồ sơ {code} đang ở trạng thái {state}, diễn biến cuối lại là {said}."
            f" / The dossier {code} is {state}, its last event says {said}."
        )
    for code, kind in _rows(EVENT_WITHOUT_ENTRY):
        yield f"Hồ sơ {code}: việc {kind} không có trong sổ. / The dossier {code}: no entry tells of {kind}."
    for code, verb in _rows(ENTRY_WITHOUT_EVENT):
        yield f"Hồ sơ {code}: sổ ghi {verb}, hồ sơ thì không. / The dossier {code} has no event for the entry {verb}."
    for draft, _nothing in _rows(LOOK_WITHOUT_ENTRY):
        yield f"Bản nhập giúp {draft}: một lần xem không có trong sổ. / The assisted draft {draft}: no entry tells of a look."
    for draft, verb in _rows(ENTRY_WITHOUT_LOOK):
        yield (
            f"Bản nhập giúp {draft}: sổ ghi {verb}, trang của bà con thì không."
            f" / The assisted draft {draft} has no look for the entry {verb}."
        )
    for code, _nothing in _rows(ERASED_UNTOLD):
        yield f"Hồ sơ {code} đã bị xoá dữ liệu mà sổ không ghi. / The dossier {code} was erased, and no entry tells of it."
    for code, _nothing in _rows(GONE):
        yield f"Hồ sơ {code} đã mất mà sổ không ghi việc xoá. / The dossier {code} is gone, and no entry tells of a deletion."
    yield from _states()


def _states() -> Iterator[str]:
    for state in State.values:
        for code, now in _rows(*_asked(STATE_WITHOUT_ENTRY, state)):
            yield f"Hồ sơ {code} {now} mà sổ không ghi. / The dossier {code} is {now}, and no entry tells how it came there."
    for state in FINAL:
        for code, now in _rows(*_asked(LEFT_AN_END, state.value)):
            yield (
                f"Hồ sơ {code} đã kết thúc ({state.value}), nay lại {now}."
                f" / The dossier {code} ended ({state.value}) and is {now} again."
            )


def _asked(sql: str, state: str) -> tuple[str, list[str]]:
    verbs = [VERB + deed for deed in INTO[state]]
    return sql.format(verbs=", ".join(["%s"] * len(verbs))), [state, *verbs]


def _rows(sql: str, values: list[str] | None = None) -> Iterator[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or [])
        while some := cursor.fetchmany(AT_A_TIME):
            yield from some
