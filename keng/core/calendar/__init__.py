"""Vietnamese working time and the legal clocks: how long something may take, and when it is due.

Days off come from the `holidays` library, corrected by the tables in `keng.core.models` that `manage.py load_calendar` fills.
"""

from keng.core.calendar.days import add_working_days, is_working_day, next_working_day, working_days_between
from keng.core.calendar.due import REPORT_CLOCKS, due, due_hour, due_in, report_dues
from keng.core.calendar.hours import add_working_hours, working_time_between
from keng.core.calendar.rules import CalendarError, NoClock, NotLoaded, OutOfRange, forget
from keng.core.calendar.spans import Pause

__all__ = [
    "REPORT_CLOCKS",
    "CalendarError",
    "NoClock",
    "NotLoaded",
    "OutOfRange",
    "Pause",
    "add_working_days",
    "add_working_hours",
    "due",
    "due_hour",
    "due_in",
    "forget",
    "is_working_day",
    "next_working_day",
    "report_dues",
    "working_days_between",
    "working_time_between",
]
