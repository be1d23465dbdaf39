"""What every paper of an office begins with: whose it is, under whom, where and when."""

from datetime import date

from django.utils import timezone

from keng.units.models import Office


def heading(office: Office, day: date | None = None) -> dict[str, str]:
    """`above`, `office` and `place_and_day`, as `keng/core/print/official.typ` reads them; of today. In Vietnamese for every reader."""
    on = day or timezone.localdate()
    return {
        "above": office.above.name if office.above else "",
        "office": office.name,
        "place_and_day": f"{seat(office)}, ngày {on.day:02d} tháng {on.month:02d} năm {on.year}",
    }


def seat(office: Office) -> str:
    """The commune, where the office serves one alone; else the province."""
    units = list(office.covers.filter(coverage__valid_to=None).distinct()[:2])
    return units[0].name if len(units) == 1 else office.province.name
