"""Documents that offices issue: slips, results, boards. Whoever holds one asks `/verify/<code>` whether it is genuine."""

from django.db import models
from django.db.models import Q

from keng.core.ids import RandomId, now


class Document(models.Model):
    """One issued document. `kind` names its template (`keng.signing.kinds`), `case` what it belongs to (a dossier's code).

    `values` is what was printed on it and `pdf` the file as it was first given out, both sealed (`keng.core.at_rest`); `sha256` (hex) is of
    that file, "" until it was made. A document taken back stays, and says so. `code`: 80 random bits in base32, grouped for typing.
    """

    id = RandomId()
    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=40)
    case = models.CharField(max_length=60, db_index=True)
    title = models.CharField(max_length=200)
    office = models.CharField(max_length=60)
    issued_at = models.DateTimeField(default=now)
    values = models.BinaryField(null=True)
    pdf = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # Taken back: by something newer, or because it was wrong; a login, never a name.
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=60, null=True, blank=True)  # noqa: DJ001 - tied to the moment

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="document_revoked_by_somebody",
            )
        ]
