"""The verbs that an entry may have, offered by each app in `AppConfig.ready()`. Knows no model, so an app's `apps.py` may import it."""

from keng.core.registry import Registry

# verb -> what it says, in Vietnamese, for those who read the ledger
verbs: Registry[str] = Registry("ledger verb")

# What fills a publication up; it tells of nothing that was done.
PADDING = "ledger.padding"
# A leaf of the published log whose entry was lost with the database: the leaf alone came back, from the log's own files.
ADOPTED = "ledger.adopted"
