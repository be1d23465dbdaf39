"""What an officer does with a dossier, from its page: each deed with its address, its words, its form and the service that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.procedures.dossiers import services, states
from keng.procedures.dossiers.routing import steps_of
from keng.procedures.filing import files
from keng.procedures.models import Dossier, State, Supplement
from keng.procedures.queue import forms

OPEN_STATES = (State.SUBMITTED, State.WAITING, State.PROCESSING, State.DONE)
Run = Callable[[Dossier, User, dict[str, Any]], object]


@dataclass(frozen=True)
class Deed:
    """`name` stands in the address, `verb` is the ledger verb's last word, by which `states.ALLOWED` knows it.

    `whose` may do it: "own" who works on it, "office" anybody at the office that holds it, "free" the office while it is nobody's else,
    "counter" the office and the counter that took it in. One without a form is done at a press on the dossier's page, one without `run` on
    pages of its own; `primary` in these states.
    """

    name: str
    verb: str
    title: str | Promise
    done: str | Promise
    run: Run | None
    whose: str = "own"
    form: type[forms.DeedForm] = forms.DeedForm
    lead: str | Promise = ""
    asks: bool = True
    primary: tuple[State, ...] = ()
    grave: bool = False


def _finish(dossier: Dossier, by: User, said: dict[str, Any]) -> object:
    """The files first: each is checked and sealed by itself, and one that is refused stops the rest."""
    stored = [
        files.store(upload=upload, citizen=dossier.citizen, dossier=dossier, title=str(_("Kết quả")))
        for upload in said["results"]
    ]
    try:
        return services.finish(dossier=dossier, by=by, note=said["note"], files=stored)
    except Exception:
        for attachment in stored:
            files.take_away(attachment=attachment)
        raise


DEEDS = (
    Deed(
        "accept", "accepted", _("Tiếp nhận"), _("Đã tiếp nhận. Đồng hồ bắt đầu chạy."),
        lambda dossier, by, said: services.accept(dossier=dossier, by=by),
        whose="free", asks=False, primary=(State.SUBMITTED,),
    ),
    Deed(
        "take", "taken", _("Nhận xử lý"), _("Đồng chí đã nhận hồ sơ. Lần xem này có trên trang của người nộp."),
        lambda dossier, by, said: services.take(dossier=dossier, by=by), whose="free", asks=False,
    ),
    Deed(
        "advance", "advanced", _("Chuyển bước"), _("Đã chuyển sang bước tiếp theo."),
        lambda dossier, by, said: services.advance(dossier=dossier, by=by), form=forms.DeedForm,
        lead=_("Bước hiện tại đã xong. Bước sau có thể do đơn vị khác làm; khi đó hồ sơ sang hàng chờ của họ."),
        primary=(State.PROCESSING,),
    ),
    Deed(
        "finish", "finished", _("Ghi kết quả"), _("Đã ghi kết quả. Người nộp được báo đến nhận."), _finish,
        form=forms.FinishForm, primary=(State.PROCESSING,),
        lead=_("Hồ sơ có kết quả, đồng hồ dừng. Người nộp hồ sơ đọc được ghi chú và mở được tệp kết quả."),
    ),
    Deed(
        "hand-out", "handed_out", _("Trả kết quả"), _("Đã trả kết quả."),
        lambda dossier, by, said: services.hand_out(dossier=dossier, by=by),
        whose="office", asks=False, primary=(State.DONE,),
    ),
    Deed(
        "supplement", "supplement_asked", _("Yêu cầu bổ sung"), _("Đã gửi yêu cầu bổ sung. Đồng hồ tạm dừng."),
        lambda dossier, by, said: services.ask_supplement(
            dossier=dossier, items=said["items"], by_day=said["by_day"], by=by
        ),
        form=forms.SupplementForm,
        lead=_("Chỉ được yêu cầu bổ sung một lần. Đồng chí ghi đủ mọi thứ còn thiếu, mỗi thứ nói rõ vì sao."),
    ),
    Deed("answer", "supplemented", _("Nhận bổ sung"), "", None, whose="counter", primary=(State.WAITING,)),
    Deed(
        "extend", "extended", _("Xin lỗi, hẹn lại"), _("Đã hẹn lại và gửi thư xin lỗi."),
        lambda dossier, by, said: services.extend(dossier=dossier, due=said["due"], reason=said["reason"], by=by),
        form=forms.ExtendForm,
        lead=_("Người nộp nhận thư xin lỗi có lý do và ngày hẹn mới. Mỗi hồ sơ chỉ hẹn lại một lần."),
    ),
    Deed(
        "hand-over", "handed_over", _("Bàn giao"), _("Đã bàn giao."),
        lambda dossier, by, said: services.hand_over(dossier=dossier, to=said["to"], by=by, note=said["note"]),
        form=forms.HandOverForm, lead=_("Cán bộ nhận bàn giao làm tiếp từ bước hiện tại."),
    ),
    Deed(
        "send-back", "sent_back", _("Trả về bước trước"), _("Đã trả về bước trước."),
        lambda dossier, by, said: services.send_back(dossier=dossier, reason=said["reason"], by=by),
        form=forms.SendBackForm,
        lead=_("Bước trước làm lại. Do đơn vị khác làm thì hồ sơ về hàng chờ chung của họ. Hạn trả kết quả không đổi."),
    ),
    Deed(
        "give-back", "given_back", _("Trả về chung"), _("Đã trả hồ sơ về hàng chờ chung."),
        lambda dossier, by, said: services.give_back(dossier=dossier, by=by, note=said["note"]),
        form=forms.NoteForm, lead=_("Hồ sơ về hàng chờ chung của đơn vị, cán bộ khác nhận được."),
    ),
    Deed(
        "refuse", "refused", _("Từ chối"), _("Đã từ chối, người nộp nhận phiếu có lý do."),
        lambda dossier, by, said: services.refuse(dossier=dossier, reason=said["reason"], by=by),
        form=forms.ReasonForm, lead=_("Hồ sơ kết thúc, không có kết quả. Người nộp đọc được lý do."), grave=True,
    ),
    Deed(
        "stop", "stopped", _("Dừng giải quyết"), _("Đã dừng giải quyết."),
        lambda dossier, by, said: services.stop(dossier=dossier, reason=said["reason"], by=by),
        form=forms.ReasonForm, lead=_("Không làm tiếp được. Người nộp nhận phiếu dừng có lý do."), grave=True,
    ),
    Deed(
        "withdraw", "withdrawn", _("Rút hồ sơ"), _("Đã rút hồ sơ theo ý người nộp."),
        lambda dossier, by, said: services.withdraw(dossier=dossier, by=by),
        whose="counter", form=forms.DeedForm, grave=True,
        lead=_("Chỉ khi người nộp hồ sơ đề nghị rút tại quầy. Hồ sơ kết thúc, không có kết quả."),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    deed: Deed
    primary: bool


def offered(dossier: Dossier, user: User, *, own: bool, here: bool = True) -> list[Offer]:
    """What may be done now by somebody who works at the office that holds it (`here`) or else at the counter that took it in, by the
    dossier's state and (`own`) by whose it is. The services decide again."""
    asked = Supplement.objects.filter(dossier=dossier).exists()
    rights = {"own": here and own, "office": here, "free": here and (own or dossier.owner_id is None), "counter": True}
    fit = [
        deed
        for deed in DEEDS
        if rights[deed.whose] and states.may(dossier, deed.verb) and _makes_sense(deed, dossier, user, asked)
    ]
    likely = next((deed for deed in fit if dossier.state in deed.primary), None)  # one thing stands out, not two
    return [Offer(deed, deed is likely) for deed in fit]


def _makes_sense(deed: Deed, dossier: Dossier, user: User, asked: bool) -> bool:
    """What the state allows and yet can't be: twice what goes once, a step after the last one or before the first, taking what one has."""
    last = dossier.step + 1 >= len(steps_of(dossier.version))
    never = {
        "supplement": asked,
        "extend": dossier.extended_at is not None,
        "advance": last,
        "send-back": dossier.step == 0,
        "take": dossier.owner_id == user.pk,
        "accept": dossier.test,
        "answer": dossier.test,
    }
    return not never.get(deed.name, False)
