"""Where a dossier stands and what may be done there: ALLOWED is the whole of it."""

from django.utils.translation import gettext_lazy as _

from keng.procedures.errors import Conflict
from keng.procedures.models import Dossier, State

SUBMITTED, WAITING, PROCESSING, DONE = State.SUBMITTED, State.WAITING, State.PROCESSING, State.DONE
RETURNED, REFUSED, WITHDRAWN, STOPPED = State.RETURNED, State.REFUSED, State.WITHDRAWN, State.STOPPED

# State -> what may be done there (the ledger verb's last word) -> the state that follows.
ALLOWED: dict[State, dict[str, State]] = {
    SUBMITTED: {
        "accepted": PROCESSING,
        "taken": SUBMITTED,
        "handed_over": SUBMITTED,
        "given_back": SUBMITTED,
        "routed": SUBMITTED,
        "supplement_asked": WAITING,
        "refused": REFUSED,
        "withdrawn": WITHDRAWN,
        "stopped": STOPPED,
    },
    WAITING: {
        # Back to where it was asked from: `follows` gives SUBMITTED for one that was never accepted.
        "supplemented": PROCESSING,
        "taken": WAITING,
        "handed_over": WAITING,
        "given_back": WAITING,
        "routed": WAITING,
        "withdrawn": WITHDRAWN,
        "stopped": STOPPED,
    },
    PROCESSING: {
        "advanced": PROCESSING,
        "sent_back": PROCESSING,
        "taken": PROCESSING,
        "handed_over": PROCESSING,
        "given_back": PROCESSING,
        "routed": PROCESSING,
        "supplement_asked": WAITING,
        "extended": PROCESSING,
        "finished": DONE,
        "refused": REFUSED,
        "withdrawn": WITHDRAWN,
        "stopped": STOPPED,
    },
    DONE: {"taken": DONE, "handed_over": DONE, "given_back": DONE, "routed": DONE, "handed_out": RETURNED},
    RETURNED: {},
    REFUSED: {},
    WITHDRAWN: {},
    STOPPED: {},
}
BEGUN = "submitted"
# In these the dossier rests for good; DONE still waits to be fetched.
FINAL = tuple(state for state, deeds in ALLOWED.items() if not deeds)
# What ends the work on it, with a result or without one.
CLOSING = ("finished", "refused", "withdrawn", "stopped")


def follows(dossier: Dossier, deed: str) -> State:
    """The state that `deed` brings the dossier to. Raises Conflict where it may not be done."""
    state = State(dossier.state)
    if deed not in ALLOWED[state]:
        raise Conflict(_("Hồ sơ %(state)s nên không làm được việc này."), "state", state=state.label)
    after = ALLOWED[state][deed]
    return SUBMITTED if deed == "supplemented" and dossier.accepted_at is None else after


def may(dossier: Dossier, deed: str) -> bool:
    """Whether the state lets this be done; whose it is to do, the services say."""
    return deed in ALLOWED[State(dossier.state)]
