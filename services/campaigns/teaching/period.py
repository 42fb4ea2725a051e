"""The period a teacher looks at: the internship weeks under way, or the next ones."""

from datetime import date as Date

from services.campaigns.imports.reference_data import internship_period
from services.campaigns.teaching.pupil import Period

# where the ministry has not decided yet: the school year
YEAR_STARTS, YEAR_ENDS = (9, 1), (8, 31)


def period_at(today: Date) -> Period:
    """The two weeks that end today or later; without a decision of the ministry, the rest of the school year."""
    for year in (today.year, today.year + 1):
        known = internship_period(year)
        if known is not None and known[1] >= today:
            return Period(*known)
    return Period(today, end_of_school_year(today))


def end_of_school_year(today: Date) -> Date:
    """The 31 August that ends the school year of a day."""
    year = today.year + ((today.month, today.day) >= YEAR_STARTS)
    return Date(year, *YEAR_ENDS)
