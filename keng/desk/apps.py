"""The officer's side of the mailbox."""

from datetime import timedelta

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from keng.core.registry import Chore, chores

KEY_VERBS = {
    "desk.key.made": "làm khoá của mình",
    "desk.key.ended": "bỏ khoá cũ của mình",
    "desk.key.passphrase_changed": "đổi cụm từ mở khoá của mình",
    "desk.grant.given": "cấp khoá hộp thư cho cán bộ",
    "desk.grant.ended": "thôi cấp khoá hộp thư",
    "desk.box.founded": "lập khoá hộp thư",
    "desk.box.recovered": "mở lại hộp thư bằng hai tờ khôi phục",
    "desk.box.key_changed": "đổi khoá hộp thư",
    "desk.box.root_changed": "thay khoá gốc hộp thư, thu hồi áp phích cũ",
}


class DeskApp(AppConfig):
    name = "keng.desk"
    label = "desk"

    def ready(self) -> None:
        from keng.desk.boxes.services import VERBS as BOX_VERBS
        from keng.desk.digest import sending
        from keng.desk.digest.times import VERBS as DIGEST_VERBS
        from keng.desk.figures import indicators, publication
        from keng.desk.figures.upkeep import tally
        from keng.desk.intake.services import VERBS as INTAKE_VERBS
        from keng.desk.ledger_export import VERBS as EXPORT_VERBS
        from keng.desk.mailbox.services import VERBS
        from keng.desk.outcomes.services import VERBS as OUTCOME_VERBS
        from keng.desk.outcomes.services import forget as forget_remarks
        from keng.desk.posters.services import VERBS as POSTER_VERBS
        from keng.desk.register.services import VERBS as REGISTER_VERBS
        from keng.desk.sharing.services import VERBS as SHARING_VERBS
        from keng.desk.training.services import VERBS as TRAINING_VERBS
        from keng.ledger.services import verbs

        for verb, says in {
            **KEY_VERBS,
            **BOX_VERBS,
            **DIGEST_VERBS,
            **publication.VERBS,
            **EXPORT_VERBS,
            **INTAKE_VERBS,
            **OUTCOME_VERBS,
            **POSTER_VERBS,
            **REGISTER_VERBS,
            **SHARING_VERBS,
            **TRAINING_VERBS,
            **VERBS,
        }.items():
            verbs.register(verb, says)
        indicators.register()
        chores.register("desk.publish_figures", Chore(timedelta(days=1), publication.publish_due))
        chores.register("desk.write_digests", Chore(timedelta(minutes=1), sending.write_due))
        chores.register("desk.forget_digests", Chore(timedelta(days=1), sending.forget))
        chores.register("desk.compact_figures", Chore(timedelta(hours=1), tally.compact))
        chores.register("desk.forget_remarks", Chore(timedelta(hours=1), forget_remarks))
        pre_migrate.connect(tally.before_migrating, sender=self)
        post_migrate.connect(tally.after_migrating, sender=self)
