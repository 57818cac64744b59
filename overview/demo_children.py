"""The children of the demonstration: every one invented, at real schools."""

from datetime import date, timedelta

from django.utils import timezone
from stdnum.gb.upn import calc_check_digit

from schools.models import (
    Enrolment,
    FamilyLink,
    HowTold,
    IdentifierKind,
    Move,
    Pupil,
    PupilIdentifier,
    PupilStatus,
    Setting,
    StatusKind,
)
from schools.services import involve
from schools.services.pupils import folded_names
from schools.years import school_year_of

# Key: first names, known as, surname, year group, month and day of birth, school.
CHILDREN = {
    "ivy": ("Ivy", "", "Larkspur", 9, (3, 14), "main"),
    "theo": ("Theodore", "Theo", "Larkspur", 5, (11, 2), "orchards"),
    "rowan": ("Rowan", "", "Quillfeather", 8, (6, 21), "main"),
    "maisie": ("Maisie", "", "Fennimore", 10, (1, 9), "main"),
    "jonah": ("Jonah", "", "Tideswell", 7, (9, 30), "main"),
    "lena": ("Lena", "", "Brackenbury", 11, (4, 4), "main"),
    "nell": ("Eleanor", "Nell", "Hartwhistle", 8, (12, 18), "main"),
    "amir": ("Amir", "", "Sandhollow", 9, (7, 7), "main"),
    "wren": ("Wren", "", "Castellane", 9, (8, 29), "main"),
    "kit": ("Kit", "", "Wexcombe", 6, (2, 23), "homefield"),
    "pip": ("Philippa", "Pip", "Thornaby", 4, (5, 16), "homefield"),
    "sol": ("Solomon", "Sol", "Applegarth", 6, (10, 11), "orchards"),
    "dara": ("Dara", "", "Millbrook", 10, (9, 5), "away"),
    "otis": ("Otis", "", "Millbrook", 7, (3, 27), "away"),
}
# Who has which status, for how many days, with which social worker.
STATUSES = {
    "ivy": ("Early Help Plan", 60, ""),
    "rowan": ("Child protection plan", 95, "Anneka Holt"),
    "baby": ("Assessment by social care (section 17)", 20, "Devon Prior"),
    "lena": ("Education, health and care plan (EHCP)", 700, ""),
    "kit": ("Assessment for an EHCP in progress (EHCNA)", 40, ""),
    "amir": ("FIO", 30, ""),
}
FAMILIES = [("ivy", "theo"), ("maisie", "baby"), ("dara", "otis")]
DAYS_SINCE_MOVE = 12


def bring_children(demonstration, *, main, homefield, orchards, away):
    """Make the children at the schools with these URNs; returns them by the keys above.

    One more is expected, ``baby``.
    """
    schools = {
        "main": demonstration.school(main),
        "homefield": demonstration.school(homefield),
        "orchards": demonstration.school(orchards),
        "away": demonstration.school(away),
    }
    worker = demonstration.user("linkworker")
    children = {
        key: _child(demonstration.system, number, schools, *facts)
        for number, (key, facts) in enumerate(CHILDREN.items(), start=1)
    }
    children["wren"].ahead = -1
    children["wren"].save(update_fields=["ahead"])
    children["baby"] = _expected(demonstration.system, "Fennimore")
    _taught_at_home(children["jonah"])
    _moved(children["nell"], worker, schools["away"])
    for key, (name, days, social_worker) in STATUSES.items():
        PupilStatus.objects.create(
            pupil=children[key],
            kind=StatusKind.objects.get(name=name),
            starts_on=timezone.localdate() - timedelta(days=days),
            social_worker=social_worker,
            social_worker_email="social.work@example.org" if social_worker else "",
            source="The school",
            recorded_by=worker,
        )
    for pair in FAMILIES:
        one, other = sorted((children[key] for key in pair), key=lambda child: child.pk)
        FamilyLink.objects.create(one=one, other=other, added_by=worker)
    return children


def _child(by, number, schools, first_names, known_as, surname, year_group, birthday, where):
    month, day = birthday
    school_year = school_year_of(timezone.localdate())
    year = school_year - year_group - 5 + (month < 9)
    pupil = Pupil(
        first_names=first_names,
        known_as=known_as,
        surname=surname,
        born_on=date(year, month, day),
        added_by=by,
    )
    pupil.folded = folded_names(pupil)
    pupil.save()
    starts_on = date(school_year - (2 if year_group in (6, 9, 10, 11) else 0), 9, 3)
    Enrolment.objects.create(pupil=pupil, school=schools[where], starts_on=starts_on)
    PupilIdentifier.objects.create(pupil=pupil, kind=IdentifierKind.UPN, value=_upn(year, number))
    return pupil


def _upn(year, number):
    digits = f"9384001{(year + 5) % 100:02d}{number:03d}"
    return calc_check_digit(digits) + digits


def _expected(by, surname):
    baby = Pupil(surname=surname, due_on=timezone.localdate() + timedelta(days=70), added_by=by)
    baby.folded = folded_names(baby)
    baby.save()
    Enrolment.objects.create(pupil=baby, setting=Setting.NONE)
    return baby


def _taught_at_home(pupil):
    """Until they came to the school where they are now (rule 001-37)."""
    now = pupil.enrolments.get()
    Enrolment.objects.create(pupil=pupil, setting=Setting.HOME, ends_on=now.starts_on)


def _moved(pupil, worker, former):
    """A fortnight ago, from ``former``; the file is sent and not confirmed yet."""
    new = pupil.enrolments.get()
    day = timezone.localdate() - timedelta(days=DAYS_SINCE_MOVE)
    new.starts_on = day
    new.save(update_fields=["starts_on"])
    before = Enrolment.objects.create(
        pupil=pupil, school=former, starts_on=day - timedelta(days=430), ends_on=day
    )
    move = Move.objects.create(
        pupil=pupil,
        former=before,
        new=new,
        moved_on=day,
        how_told=HowTold.PHONE,
        told_on=day + timedelta(days=1),
        file_sent_on=day + timedelta(days=4),
        recorded_by=worker,
    )
    ends_at = timezone.now() + timedelta(days=180)
    for school in (former, new.school):
        involve([pupil.pk], move, school=school, ends_at=ends_at)
