"""The demonstration's terms: West Sussex’s own, and a school year that is invented."""

from datetime import date

from schools import services
from schools.models import Term
from schools.term_list import import_terms
from schools.years import TermName

INVENTED = "Invented for the demonstration: not the council’s dates"
# The council’s dates of 2026/27 have not been found.
TERMS_2026 = {
    TermName.AUTUMN: (
        (date(2026, 9, 2), date(2026, 12, 18)),
        (date(2026, 10, 26), date(2026, 10, 30)),
    ),
    TermName.SPRING: (
        (date(2027, 1, 4), date(2027, 3, 25)),
        (date(2027, 2, 15), date(2027, 2, 19)),
    ),
    TermName.SUMMER: (
        (date(2027, 4, 12), date(2027, 7, 22)),
        (date(2027, 5, 31), date(2027, 6, 4)),
    ),
}
INSET_DAYS = (date(2026, 9, 2), date(2026, 11, 2), date(2027, 1, 4))


def bring_terms(by, fixtures, school):
    """Enter the council's terms, from the file in ``fixtures`` and invented, as the user ``by``.

    ``school`` has INSET days of its own, invented too.
    """
    import_terms(fixtures / "term_dates.csv", by=by)
    for name, (term, half_term) in TERMS_2026.items():
        services.save_term(
            by,
            Term(
                school_year=2026,
                name=name,
                starts_on=term[0],
                ends_on=term[1],
                half_term_starts_on=half_term[0],
                half_term_ends_on=half_term[1],
                source=INVENTED,
            ),
        )
    for day in INSET_DAYS:
        services.add_inset_day(by, school, day)
