"""Administrative procedures: what is posted, what is applied for, and what becomes of it."""

from datetime import timedelta

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from keng.core.at_rest import Column, columns
from keng.core.registry import Chore, audits, chores, digest_parts
from keng.core.triggers import kept_tables
from keng.ledger.verbs import verbs
from keng.procedures.catalogue.triggers import lock as versions
from keng.procedures.figures.upkeep import tally
from keng.procedures.slips import kinds

VERBS = {
    "procedures.dossier.submitted": "nộp hồ sơ",
    "procedures.dossier.accepted": "tiếp nhận hồ sơ",
    "procedures.dossier.taken": "nhận xử lý hồ sơ",
    "procedures.dossier.handed_over": "bàn giao hồ sơ",
    "procedures.dossier.given_back": "trả hồ sơ về chung",
    "procedures.dossier.advanced": "chuyển bước xử lý",
    "procedures.dossier.sent_back": "trả hồ sơ về bước trước",
    "procedures.dossier.routed": "chuyển hồ sơ tới nơi có thẩm quyền",
    "procedures.dossier.supplement_asked": "yêu cầu bổ sung hồ sơ",
    "procedures.dossier.supplemented": "bổ sung hồ sơ",
    "procedures.dossier.refused": "từ chối hồ sơ",
    "procedures.dossier.withdrawn": "rút hồ sơ",
    "procedures.dossier.extended": "xin lỗi và hẹn lại ngày trả kết quả",
    "procedures.dossier.stopped": "dừng giải quyết hồ sơ",
    "procedures.dossier.finished": "có kết quả",
    "procedures.dossier.handed_out": "trả kết quả",
    "procedures.dossier.corrected": "sửa dữ liệu theo yêu cầu của người dân",
    "procedures.dossier.read": "xem dữ liệu của người dân",
    "procedures.draft.read": "mở hồ sơ đang nhập giúp người dân",
    "procedures.file.read": "mở tệp của người dân",
    "procedures.dossier.deleted": "xoá dữ liệu của một hồ sơ",
    "procedures.consent.given": "đồng ý cho dùng dữ liệu",
    "procedures.consent.withdrawn": "rút lại sự đồng ý",
    "procedures.consent.ended": "sự đồng ý hết hiệu lực vì hồ sơ nhập dở đã bỏ",
    "procedures.request.filed": "yêu cầu về dữ liệu cá nhân",
    "procedures.request.withdrawn": "rút yêu cầu về dữ liệu cá nhân",
    "procedures.request.answered": "trả lời yêu cầu về dữ liệu cá nhân",
    "procedures.request.done": "thực hiện yêu cầu về dữ liệu cá nhân",
    "procedures.version.published": "công bố thủ tục",
    "procedures.version.drafted": "soạn bản mới của thủ tục",
    "procedures.version.edited": "sửa bản thảo của thủ tục",
    "procedures.version.discarded": "bỏ bản thảo của thủ tục",
    "procedures.procedure.added": "thêm thủ tục",
    "procedures.procedure.edited": "sửa lĩnh vực, sự kiện đời sống hoặc biểu mẫu của thủ tục",
    "procedures.procedure.retired": "bãi bỏ thủ tục",
    "procedures.catalogue.imported": "nhập danh mục thủ tục",
    "procedures.field.added": "thêm lĩnh vực",
    "procedures.life_event.added": "thêm sự kiện đời sống",
    "procedures.form.published": "công bố biểu mẫu điện tử",
    "procedures.form.drafted": "soạn bản mới của biểu mẫu điện tử",
    "procedures.form.edited": "sửa biểu mẫu điện tử",
    "procedures.form.discarded": "bỏ bản nháp của biểu mẫu điện tử",
}


class ProceduresApp(AppConfig):
    name = "keng.procedures"
    label = "procedures"

    def ready(self) -> None:
        from keng.procedures.assisted import person
        from keng.procedures.catalogue import handing_in
        from keng.procedures.dossiers import audit, erasing, moving, reminding
        from keng.procedures.figures import indicators
        from keng.procedures.filing import drafts
        from keng.procedures.forms.triggers import lock as forms
        from keng.procedures.queue import digest
        from keng.procedures.requests import digest as requests
        from keng.procedures.resident import forgetting

        for verb, says in VERBS.items():
            verbs.register(verb, says)
        # SQLite rebuilds a table to change it, and would trip over the triggers.
        for name, lock in (("procedures.versions", versions), ("procedures.forms", forms)):
            pre_migrate.connect(lock.before_migrating, sender=self)
            post_migrate.connect(lock.after_migrating, sender=self)
            kept_tables.register(name, lock.missing)
        pre_migrate.connect(tally.before_migrating, sender=self)
        post_migrate.connect(tally.after_migrating, sender=self)
        chores.register("procedures.compact_figures", Chore(timedelta(hours=1), tally.compact))
        chores.register("procedures.forget_files", Chore(timedelta(hours=1), handing_in.forget))
        chores.register("procedures.drafts", Chore(timedelta(hours=1), drafts.forget_old))
        chores.register("procedures.erase_due", Chore(timedelta(hours=1), erasing.erase_due))
        chores.register("procedures.mind_supplements", Chore(timedelta(hours=1), reminding.mind_supplements))
        chores.register("procedures.reroute", Chore(timedelta(hours=1), moving.reroute_all))
        chores.register("procedures.forget_people", Chore(timedelta(hours=1), person.forget_unused))
        chores.register("procedures.forget_absent", Chore(timedelta(days=1), forgetting.forget_absent))
        audits.register("procedures", audit.audit)
        digest_parts.register("procedures", digest.PART)
        digest_parts.register("procedures.requests", requests.PART)
        kinds.register()
        indicators.register()
        columns.register("procedures.attachment", Column("procedures.AttachmentBytes", "sealed"))
