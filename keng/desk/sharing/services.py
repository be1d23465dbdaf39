"""The office's day: `assign` says who works on a report, `give`, `take`, `refuse` and `withdraw` hand reports over, absences say who is
away and `working_for` whose work is one's own. Each change is one transaction with its ledger entries.
"""

from keng.accounts.absences import working_for
from keng.desk.sharing import absences, assigning, handing
from keng.desk.sharing.absences import add_absence, cannot_open, end_absence
from keng.desk.sharing.assigning import assign, let_go, live
from keng.desk.sharing.handing import give, lines_of, mark, refuse, shift, take, withdraw
from keng.desk.sharing.people import who_open

VERBS = {
    assigning.ASSIGNED: "giao tin cho cán bộ",
    assigning.UNASSIGNED: "trả tin về cho cả đơn vị",
    handing.GIVEN: "đề nghị bàn giao tin",
    handing.TAKEN: "nhận bàn giao tin",
    handing.REFUSED: "không nhận bàn giao tin",
    handing.WITHDRAWN: "rút lại bàn giao tin",
    absences.ADDED: "ghi lịch vắng",
    absences.ENDED: "bỏ hoặc rút ngắn lịch vắng",
}

__all__ = [
    "VERBS",
    "add_absence",
    "assign",
    "cannot_open",
    "end_absence",
    "give",
    "let_go",
    "lines_of",
    "live",
    "mark",
    "refuse",
    "shift",
    "take",
    "who_open",
    "withdraw",
    "working_for",
]
