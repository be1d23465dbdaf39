"""What officers do to a matter: count what came of it, put a count right, join reports that tell of the same thing, part them again."""

from keng.desk.outcomes.services.counting import CORRECTED, RECORDED, correct, record
from keng.desk.outcomes.services.forgetting import forget
from keng.desk.outcomes.services.linking import LINKED, UNLINKED, Linked, link, unlink

VERBS = {
    RECORDED: "ghi kết quả của tin",
    CORRECTED: "sửa một dòng kết quả",
    LINKED: "nối tin với tin khác",
    UNLINKED: "gỡ tin khỏi tin khác",
}

__all__ = ["VERBS", "Linked", "correct", "forget", "link", "record", "unlink"]
