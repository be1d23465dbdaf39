"""What differs between the kinds of boxes: what a report may be about, what each state is called, and what its reporter is told.

One table, from which the desk's script, `/r` and the plain pages take their words. What may follow what stands in `models.FLOWS`, how
long it may take in the calendar's clocks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.mailbox.models import Box, State

Words = Mapping[str, str | Promise]


@dataclass(frozen=True)
class Kind:
    """`what` are the choices on the reporter's page and the categories of the desk; `states` the marks of the list; `steps` what a report
    has come through; `moves` the buttons; `told` the sentences for its reporter. `thing` is what people call such a report."""

    thing: str | Promise
    what: Words
    states: Words
    steps: Words
    moves: Words
    told: Words
    allows_public_answer: bool = False
    has_longer_clock: bool = True


OTHER = _("Việc khác")

KINDS: dict[str, Kind] = {
    Box.Kind.CRIME: Kind(
        thing=_("Tin báo"),
        what={
            "theft": _("Trộm cắp tài sản"),
            "drugs": _("Ma tuý"),
            "trafficking": _("Mua bán người"),
            "fraud": _("Lừa đảo"),
            "border": _("Xuất nhập cảnh trái phép"),
            "violence": _("Bạo lực"),
            "other": OTHER,
        },
        states={
            State.RECEIVED: _("Mới"),
            State.OPENED: _("Đã mở"),
            State.VERIFYING: _("Đang xác minh"),
            State.FORWARDED: _("Mới chuyển đến"),
            State.ACTED_ON: _("Đã xử lý"),
            State.UNFOUNDED: _("Không có căn cứ"),
            State.NOT_ENOUGH: _("Chưa đủ căn cứ"),
            State.CLOSED: _("Đã đóng"),
        },
        steps={
            State.RECEIVED: _("Đã nhận"),
            State.FORWARDED: _("Đã chuyển cấp trên"),
        },
        moves={
            State.VERIFYING: _("Bắt đầu xác minh"),
            State.ACTED_ON: _("Đã xử lý xong"),
            State.UNFOUNDED: _("Không có căn cứ"),
            State.NOT_ENOUGH: _("Chưa đủ căn cứ"),
            State.CLOSED: _("Đóng tin"),
        },
        told={
            State.RECEIVED: _("Tin đã vào hộp thư, cán bộ chưa mở."),
            State.OPENED: _("Cán bộ đã mở và đọc tin."),
            State.VERIFYING: _("Cán bộ đang xác minh tin."),
            State.FORWARDED: _("Tin đã được chuyển lên cấp trên."),
            State.ACTED_ON: _("Tin đúng và đã được xử lý. Cảm ơn bà con."),
            State.UNFOUNDED: _("Đã xác minh: chưa thấy có sự việc như tin báo."),
            State.NOT_ENOUGH: _("Chưa đủ căn cứ để xử lý. Bà con biết thêm gì thì viết tiếp bên dưới."),
            State.CLOSED: _("Việc đã xong, hồ sơ đã đóng."),
        },
    ),
    Box.Kind.DEMOCRACY: Kind(
        thing=_("Góp ý"),
        what={
            "roads": _("Đường sá, cầu cống"),
            "water": _("Nước, điện"),
            "land": _("Đất đai, ruộng nương"),
            "school": _("Trường học"),
            "health": _("Y tế"),
            "welfare": _("Trợ cấp, chính sách"),
            "environment": _("Rác, môi trường"),
            "slow_papers": _("Giấy tờ, thủ tục"),
            "other": OTHER,
        },
        states={
            State.RECEIVED: _("Mới"),
            State.OPENED: _("Đã mở"),
            State.VERIFYING: _("Đang xem xét"),
            State.FORWARDED: _("Mới chuyển đến"),
            State.ADOPTED: _("Đã tiếp thu"),
            State.ANSWERED: _("Đã trả lời"),
            State.NOT_ENOUGH: _("Cần nói rõ thêm"),
            State.CLOSED: _("Đã đóng"),
        },
        steps={
            State.RECEIVED: _("Đã nhận"),
            State.FORWARDED: _("Đã chuyển nơi có thẩm quyền"),
        },
        moves={
            State.VERIFYING: _("Bắt đầu xem xét"),
            State.ADOPTED: _("Tiếp thu góp ý"),
            State.ANSWERED: _("Đã giải thích, trả lời"),
            State.NOT_ENOUGH: _("Cần nói rõ thêm"),
            State.CLOSED: _("Đóng góp ý"),
        },
        told={
            State.RECEIVED: _("Góp ý đã vào hộp thư, cán bộ chưa mở."),
            State.OPENED: _("Cán bộ đã mở và đọc góp ý."),
            State.VERIFYING: _("Xã đang xem xét góp ý."),
            State.FORWARDED: _("Góp ý đã được chuyển đến nơi có thẩm quyền."),
            State.ADOPTED: _("Xã tiếp thu góp ý và sẽ làm theo. Cảm ơn bà con."),
            State.ANSWERED: _("Xã đã trả lời góp ý. Bà con xem bên dưới."),
            State.NOT_ENOUGH: _("Xã chưa rõ ý. Bà con viết thêm bên dưới."),
            State.CLOSED: _("Việc đã xong."),
        },
        allows_public_answer=True,
        has_longer_clock=False,
    ),
    Box.Kind.COMPLAINT: Kind(
        thing=_("Phản ánh"),
        what={
            "corruption": _("Đòi tiền, tham nhũng"),
            "behaviour": _("Thái độ, cách cư xử"),
            "slow_papers": _("Chậm giấy tờ, gây khó"),
            "abuse": _("Lạm quyền, làm sai việc"),
            "funds": _("Thu chi không rõ ràng"),
            "land": _("Đất đai, ruộng nương"),
            "other": OTHER,
        },
        states={
            State.RECEIVED: _("Mới"),
            State.OPENED: _("Đã mở"),
            State.VERIFYING: _("Đang xác minh"),
            State.FORWARDED: _("Mới chuyển đến"),
            State.ACTED_ON: _("Đúng, đã xử lý"),
            State.PARTLY: _("Đúng một phần"),
            State.UNFOUNDED: _("Không đúng"),
            State.NOT_ENOUGH: _("Chưa đủ căn cứ"),
            State.CLOSED: _("Đã đóng"),
        },
        steps={
            State.RECEIVED: _("Đã nhận"),
            State.FORWARDED: _("Đã chuyển nơi có thẩm quyền"),
        },
        moves={
            State.VERIFYING: _("Bắt đầu xác minh"),
            State.ACTED_ON: _("Đúng, đã xử lý"),
            State.PARTLY: _("Đúng một phần, đã xử lý"),
            State.UNFOUNDED: _("Không đúng"),
            State.NOT_ENOUGH: _("Chưa đủ căn cứ"),
            State.CLOSED: _("Đóng phản ánh"),
        },
        told={
            State.RECEIVED: _("Phản ánh đã vào hộp thư của cấp trên, chưa ai mở."),
            State.OPENED: _("Cán bộ cấp trên đã mở và đọc phản ánh."),
            State.VERIFYING: _("Cấp trên đang xác minh phản ánh."),
            State.FORWARDED: _("Phản ánh đã được chuyển đến nơi có thẩm quyền."),
            State.ACTED_ON: _("Phản ánh đúng và đã được xử lý. Cảm ơn bà con."),
            State.PARTLY: _("Phản ánh đúng một phần, phần đúng đã được xử lý."),
            State.UNFOUNDED: _("Đã xác minh: chưa thấy cán bộ làm sai như phản ánh."),
            State.NOT_ENOUGH: _("Chưa đủ căn cứ để kết luận. Bà con biết thêm gì thì viết tiếp bên dưới."),
            State.CLOSED: _("Việc đã xong, hồ sơ đã đóng."),
        },
    ),
}


def told(kind: str, state: str) -> str | Promise:
    """The sentence for the reporter of a report to a box of this kind; "" for a state that it can't have."""
    return KINDS[kind].told.get(state, "")


def state_name(kind: str, state: str) -> str:
    """The state's short name for officers and figures; a state that this kind never has goes by its plain name."""
    return str(KINDS[kind].states.get(state, State(state).label))


def for_script(kind: str) -> dict[str, object]:
    """The kind's words as JSON for the desk's script, in the language of the moment."""
    words = KINDS[kind]
    states = _plain(words.states)
    return {
        "thing": str(words.thing),
        "what": _plain(words.what),
        "states": states,
        "steps": states | _plain(words.steps),
        "moves": _plain(words.moves),
        "public": words.allows_public_answer,
        "longer": words.has_longer_clock,
    }


def _plain(words: Words) -> dict[str, str]:
    return {str(key): str(said) for key, said in words.items()}
