"""Reading the national register, Get Information about Schools, into the service.

The daily file holds every establishment of England: about 50,000 rows of 135 columns, closed
schools included. It is read in one pass by column name, in batches, in one transaction. Only
the facts that the register owns are written: hub, panel area, nursing team, contacts and all
else that is kept here stay as they are. An empty cell says nothing, so it wipes nothing.
"""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pghistory
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Verb
from audit.services import record
from schools.entitlements import reach_predecessors
from schools.models import Hub, School, SchoolLink, SchoolStatus, SchoolType
from schools.succession import children_go_on
from schools.tables import (
    FileRefused,
    Outcome,
    Rejection,
    RowRejected,
    Table,
    code_of,
    phone_of,
    text_of,
    urn_of,
)

BATCH = 1000
# Any number: the lock that keeps two imports from running side by side.
IMPORT_LOCK = 938_001

REQUIRED = ("URN", "EstablishmentName")
TEXTS = {
    "establishment_type": "TypeOfEstablishment (name)",
    "phase": "PhaseOfEducation (name)",
    "street": "Street",
    "locality": "Locality",
    "town": "Town",
    "district": "DistrictAdministrative (name)",
    "trust": "Trusts (name)",
}
NUMBERS = {
    "lowest_age": ("StatutoryLowAge", 130),
    "highest_age": ("StatutoryHighAge", 130),
    "pupils": ("NumberOfPupils", 100_000),
    "capacity": ("SchoolCapacity", 100_000),
    "easting": ("Easting", 10_000_000),
    "northing": ("Northing", 10_000_000),
}
PERCENTAGES = {"free_meals": "PercentageFSM"}
DATES = {"opened_on": "OpenDate", "closed_on": "CloseDate"}
CODES = {"local_authority": ("LA (code)", 3), "establishment_number": ("EstablishmentNumber", 4)}
TYPE_CODE, PHASE_CODE, STATUS_CODE, STATUS_NAME = (
    "TypeOfEstablishment (code)",
    "PhaseOfEducation (code)",
    "EstablishmentStatus (code)",
    "EstablishmentStatus (name)",
)
OPTIONAL = (
    *TEXTS.values(),
    *(column for column, _ in NUMBERS.values()),
    *PERCENTAGES.values(),
    *DATES.values(),
    *(column for column, _ in CODES.values()),
    TYPE_CODE,
    PHASE_CODE,
    STATUS_CODE,
    STATUS_NAME,
    "Postcode",
    "SchoolWebsite",
    "TelephoneNum",
)
OWNED = (
    "name",
    "type_group",
    "status",
    "postcode",
    "phone",
    "website",
    *TEXTS,
    *NUMBERS,
    *PERCENTAGES,
    *DATES,
    *CODES,
)

# Types that decide the group whatever the phase; every other type goes by its phase.
TYPES = {
    **dict.fromkeys(["14", "38", "42", "43"], SchoolType.APC),
    **dict.fromkeys(["7", "8", "10", "12", "24", "32", "33", "36", "44", "57"], SchoolType.SPECIAL),
    **dict.fromkeys(["18", "29", "31", "39", "45", "46", "56"], SchoolType.COLLEGE),
    **dict.fromkeys(["11", "25", "37", "49"], SchoolType.INDEPENDENT),
    "15": SchoolType.NURSERY,
}
TYPE_NAMES = {
    "pupil referral unit": "14",
    "free schools alternative provision": "38",
    "academy alternative provision converter": "42",
    "academy alternative provision sponsor led": "43",
    "community special school": "7",
    "non-maintained special school": "8",
    "other independent special school": "10",
    "foundation special school": "12",
    "secure units": "24",
    "special post 16 institution": "32",
    "academy special sponsor led": "33",
    "free schools special": "36",
    "academy special converter": "44",
    "academy secure 16 to 19": "57",
    "further education": "18",
    "higher education institutions": "29",
    "sixth form centres": "31",
    "free schools 16 to 19": "39",
    "academy 16-19 converter": "45",
    "academy 16 to 19 sponsor led": "46",
    "institution funded by other government department": "56",
    "other independent school": "11",
    "offshore schools": "25",
    "british schools overseas": "37",
    "online provider": "49",
    "local authority nursery school": "15",
}
PHASES = {
    "1": SchoolType.NURSERY,
    "2": SchoolType.PRIMARY,
    "3": SchoolType.PRIMARY,
    "4": SchoolType.SECONDARY,
    "5": SchoolType.SECONDARY,
    "6": SchoolType.COLLEGE,
    "7": SchoolType.ALL_THROUGH,
}
PHASE_NAMES = {
    "not applicable": "0",
    "nursery": "1",
    "primary": "2",
    "middle deemed primary": "3",
    "secondary": "4",
    "middle deemed secondary": "5",
    "16 plus": "6",
    "all-through": "7",
}
STATUSES = {
    "1": SchoolStatus.OPEN,
    "2": SchoolStatus.CLOSED,
    "3": SchoolStatus.CLOSING,
    "4": SchoolStatus.PROPOSED,
}
STATUS_NAMES = {
    "open": "1",
    "closed": "2",
    "open, but proposed to close": "3",
    "proposed to open": "4",
}
# What the register writes where it does not know the day.
UNKNOWN_DAY = date(1900, 1, 1)


def import_register(path, *, links=None, local_authority="", dry_run=False, progress=None):
    """Bring the schools of the file at ``path``, and the successor links, into the service.

    The children of a school that closed are taught at the one that alone follows it from then on.

    ``local_authority`` is a three-digit code that leaves every other row out. ``progress`` is
    called with the number of rows read after each batch. All or nothing reaches the database;
    nothing with ``dry_run``. Returns ``(Outcome, number of links added)``. FileRefused when a
    file cannot be used or another import is under way.
    """
    by = User.objects.system("register")
    with transaction.atomic(), pghistory.context(user=str(by.pk), page="import_schools"):
        _one_at_a_time()
        outcome = _import_schools(path, local_authority, progress or (lambda rows: None))
        linked = _import_links(links, outcome) if links else 0
        children_go_on(by)
        record(
            by,
            Verb.IMPORT,
            by,
            added=outcome.added,
            changed=outcome.changed,
            rejected=len(outcome.rejected),
            links=linked,
        )
        transaction.set_rollback(dry_run)
    return outcome, linked


def facts_of(cells):
    """What a row says about its school: ``{field of School: value}``, silent cells left out.

    RowRejected names the first column that cannot be used.
    """
    facts = {"name": text_of(cells, "EstablishmentName", 200)}
    if not facts["name"]:
        raise RowRejected("EstablishmentName is empty. Enter the name of the school.")
    for field, column in TEXTS.items():
        facts[field] = text_of(cells, column, School._meta.get_field(field).max_length)
    for field, (column, most) in NUMBERS.items():
        facts[field] = _number(cells, column, most)
    for field, column in PERCENTAGES.items():
        facts[field] = _percentage(cells, column)
    for field, column in DATES.items():
        facts[field] = _date(cells, column)
    for field, (column, digits) in CODES.items():
        facts[field] = code_of(cells, column, digits)
    facts["postcode"] = (text_of(cells, "Postcode", 12) or "").upper()
    facts["phone"] = phone_of(cells, "TelephoneNum")
    facts["website"] = _website(cells)
    facts["type_group"] = _type_group(cells)
    facts["status"] = _status(cells, facts["closed_on"])
    told = {field: value for field, value in facts.items() if value not in (None, "")}
    if told.get("status") in (SchoolStatus.OPEN, SchoolStatus.PROPOSED):
        # A school that opened again has no day on which it closed.
        told.setdefault("closed_on", None)
    return told


def _one_at_a_time():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
        if not cursor.fetchone()[0]:
            raise FileRefused("Another import of schools is running. Try again when it has ended.")


def _import_schools(path, local_authority, progress):
    outcome = Outcome()
    first_seen = {}
    batch = {}
    now = timezone.now()
    hub, _ = Hub.objects.get_or_create(code=Hub.NOT_YET, defaults={"name": "Not yet in a hub"})
    with Table(path, REQUIRED, OPTIONAL) as table:
        if local_authority and "LA (code)" not in table.columns:
            raise FileRefused(
                "The file has no column named LA (code), so its schools cannot be told apart by"
                " local authority."
            )
        rows = 0
        for row in table:
            rows += 1
            if isinstance(row, Rejection):
                outcome.rejected.append(row)
                continue
            if local_authority and row.cells["LA (code)"].zfill(3) != local_authority.zfill(3):
                continue
            try:
                urn = urn_of(row.cells)
                if urn in first_seen:
                    raise RowRejected(f"URN {urn} is already in row {first_seen[urn]}.")
                first_seen[urn] = row.number
                batch[urn] = facts_of(row.cells)
            except RowRejected as reason:
                outcome.rejected.append(table.rejection(row, reason))
            if len(batch) == BATCH:
                _write(batch, hub, now, outcome)
                batch = {}
                progress(rows)
    _write(batch, hub, now, outcome)
    progress(rows)
    if not rows:
        raise FileRefused("The file has a first row with the names of the columns and no schools.")
    if local_authority and not (first_seen or outcome.rejected):
        raise FileRefused(f"No school of the file has the LA (code) {local_authority}.")
    return outcome


def _write(batch, hub, now, outcome):
    """Add or change the schools of one batch, ``{URN: facts}``: three queries."""
    if not batch:
        return
    held = {school.urn: school for school in School.objects.filter(urn__in=batch)}
    to_write, unchanged = [], []
    for urn, facts in batch.items():
        school = held.get(urn)
        if school is None:
            outcome.added += 1
            school = School(urn=urn, hub=hub)
            facts.setdefault("type_group", _likely_type(facts["name"]))
        elif any(getattr(school, field) != value for field, value in facts.items()):
            outcome.changed += 1
        else:
            outcome.unchanged += 1
            unchanged.append(school.pk)
            continue
        for field, value in facts.items():
            setattr(school, field, value)
        school.register_read_at = now
        to_write.append(school)
    School.objects.bulk_create(
        to_write,
        update_conflicts=True,
        unique_fields=["urn"],
        update_fields=[*OWNED, "register_read_at"],
    )
    School.objects.filter(pk__in=unchanged).update(register_read_at=now)


def _import_links(path, outcome):
    """Add the successions of the links file between schools held here; returns how many.

    The file tells each succession twice, from either side; it is kept once. Links to schools
    that are not held, and links that are no succession, are left out in silence.
    """
    told = {}
    with Table(path, ("URN", "LinkURN", "LinkType"), ("LinkEstablishedDate",)) as table:
        for row in table:
            if isinstance(row, Rejection):
                outcome.rejected.append(row)
                continue
            try:
                pair = urn_of(row.cells), urn_of(row.cells, "LinkURN")
                kind = text_of(row.cells, "LinkType", 60) or ""
                since = _date(row.cells, "LinkEstablishedDate")
            except RowRejected as reason:
                outcome.rejected.append(table.rejection(row, reason))
                continue
            side, _, how = kind.partition(" - ")
            if side == "Predecessor":
                pair = pair[::-1]
            if side in ("Successor", "Predecessor") and pair[0] != pair[1]:
                known = told.get(pair)
                told[pair] = (how or "succeeded", since or (known and known[1]))
    ids = dict(
        School.objects.filter(urn__in={urn for pair in told for urn in pair}).values_list(
            "urn", "id"
        )
    )
    held = set(SchoolLink.objects.values_list("predecessor_id", "successor_id"))
    new = [
        SchoolLink(predecessor_id=ids[old], successor_id=ids[new], kind=how, since=since)
        for (old, new), (how, since) in told.items()
        if old in ids and new in ids and (ids[old], ids[new]) not in held
    ]
    SchoolLink.objects.bulk_create(new, batch_size=BATCH)
    if new:
        reach_predecessors()
    return len(new)


def _coded(cells, code_column, name_column, codes_of_names):
    """The code of a cell pair, ``02`` and ``2.0`` being ``2``; empty when neither tells it."""
    code = re.sub(r"\.0+\Z", "", cells.get(code_column, ""))
    if re.fullmatch("[0-9]+", code):
        return str(int(code))
    return codes_of_names.get(cells.get(name_column, "").casefold(), "")


def _type_group(cells):
    """The type as this service groups it (rules 001-2, 001-49), or None when nothing tells."""
    type_code = _coded(cells, TYPE_CODE, TEXTS["establishment_type"], TYPE_NAMES)
    phase = _coded(cells, PHASE_CODE, TEXTS["phase"], PHASE_NAMES)
    if not type_code and phase == "0":
        # The register has no phase for special, alternative and independent schools only; the
        # last of these always have a type.
        return SchoolType.SPECIAL
    return TYPES.get(type_code) or PHASES.get(phase)


def _likely_type(name):
    """What a new school's name says about its type, for rows with neither type nor phase."""
    for pattern, group in (
        (r"\bnursery school\b", SchoolType.NURSERY),
        (r"\b(primary|infants?|junior|first school)\b", SchoolType.PRIMARY),
    ):
        if re.search(pattern, name, re.IGNORECASE):
            return group
    return SchoolType.SECONDARY


def _status(cells, closed_on):
    code = _coded(cells, STATUS_CODE, STATUS_NAME, STATUS_NAMES)
    written = cells.get(STATUS_CODE) or cells.get(STATUS_NAME)
    if code in STATUSES:
        return STATUSES[code]
    if written:
        raise RowRejected(
            f"EstablishmentStatus is {written[:30]}. It must be 1 (open), 2 (closed), 3 (open, but"
            " proposed to close) or 4 (proposed to open)."
        )
    return SchoolStatus.CLOSED if closed_on and closed_on <= timezone.localdate() else None


def _number(cells, column, most):
    text = re.sub(r"\.0+\Z", "", cells.get(column, "").replace(",", ""))
    if not text:
        return None
    if not re.fullmatch("[0-9]{1,8}", text) or int(text) > most:
        raise RowRejected(f"{column} must be a whole number from 0 to {most:,}.")
    return int(text)


def _percentage(cells, column):
    """A percentage to one decimal place, written ``12.5`` or ``12.5%``; None for an empty cell."""
    text = cells.get(column, "")
    if not text:
        return None
    text = text.removesuffix("%").rstrip()
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,10})?", text) or Decimal(text) > 100:
        raise RowRejected(f"{column} must be a percentage from 0 to 100, such as 12.5.")
    return Decimal(text).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _date(cells, column):
    """A date written dd-mm-yyyy, dd/mm/yyyy or yyyy-mm-dd, with or without a time after it."""
    text = cells.get(column, "")
    if not text:
        return None
    british = re.fullmatch(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})( [0-9:]+)?", text)
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})([ T][0-9:.]+Z?)?", text)
    try:
        if british:
            day, month, year = (int(part) for part in british.groups()[:3])
        elif iso:
            year, month, day = (int(part) for part in iso.groups()[:3])
        else:
            raise ValueError
        read = date(year, month, day)
    except ValueError:
        raise RowRejected(f"{column} must be a real date, such as 31-08-2024.") from None
    return None if read == UNKNOWN_DAY else read


def _website(cells):
    text = text_of(cells, "SchoolWebsite", 300)
    if text and re.match("(?!https?:)[a-z]+:", text, re.IGNORECASE):
        raise RowRejected("SchoolWebsite must start with www, http or https.")
    return text
