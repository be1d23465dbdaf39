"""Documents that offices issue, and (later) their digital signatures."""

from django.apps import AppConfig

from keng.core.at_rest import Column, columns
from keng.ledger.verbs import verbs


class SigningApp(AppConfig):
    name = "keng.signing"
    label = "signing"

    def ready(self) -> None:
        from keng.signing.documents import VERBS
        from keng.signing.renderers import plain, renderers

        for verb, says in VERBS.items():
            verbs.register(verb, says)
        renderers.register("plain", plain.render)
        for field in ("values", "pdf"):
            columns.register(f"signing.{field}", Column("signing.Document", field))
