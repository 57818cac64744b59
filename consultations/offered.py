"""What the form of a consultation offers to pick from: lists the council edits, in one query."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import BooleanField, CharField, DateField, F, Value
from django.db.models.functions import Cast

from consultations.models import GuidanceLink, Theme, Vulnerability
from schools.models import Agency, Resource

# The columns in which the lists are read together, and what they hold where a list has none.
NONE = {
    "place": Value(0),
    "area": Value(""),
    "url": Value(""),
    "edition": Value(""),
    "dated": Cast(Value(None), DateField()),
    "is_internal": Value(False, output_field=BooleanField()),
}


@dataclass
class Offered:
    """``themes``, ``vulnerabilities`` and ``agencies`` as ``[(id, name)]``, in their order.

    ``former`` are the agencies that are offered no more: a draft goes on naming them.
    ``resources`` holds the link of each by its title, ``guidance`` copies of the ``GuidanceLink``
    rows by key area.
    """

    themes: list = field(default_factory=list)
    vulnerabilities: list = field(default_factory=list)
    agencies: list = field(default_factory=list)
    former: list = field(default_factory=list)
    resources: dict = field(default_factory=dict)
    guidance: dict = field(default_factory=lambda: defaultdict(list))


def offered():
    """The ``Offered`` of now."""
    links = {name: F(name) for name in ("area", "url", "edition", "dated", "is_internal")}
    lists = [
        _rows("themes", Theme.objects.filter(is_offered=True)),
        _rows(
            "vulnerabilities",
            Vulnerability.objects.filter(is_offered=True),
            place=F("position"),
        ),
        _rows("agencies", Agency.objects.filter(is_offered=True)),
        _rows("former", Agency.objects.filter(is_offered=False)),
        _rows("resources", Resource.objects, name="title", url=F("url")),
        _rows("guidance", GuidanceLink.objects, name="title", **links),
    ]
    found = Offered()
    rows = lists[0].union(*lists[1:], all=True)
    for kind, pk, name, _, area, url, *rest in sorted(rows, key=_in_order):
        if kind == "guidance":
            edition, dated, is_internal = rest
            link = GuidanceLink(
                pk=pk,
                area=area,
                title=name,
                url=url,
                edition=edition,
                dated=dated,
                is_internal=is_internal,
            )
            found.guidance[area].append(link)
        elif kind == "resources":
            found.resources[name] = url
        else:
            getattr(found, kind).append((pk, name))
    return found


def _in_order(row):
    _, _, name, place, *_ = row
    return place, name.casefold()


def _rows(kind, rows, *, name="name", **columns):
    """The rows of one list, with ``columns`` in place of some of ``NONE``."""
    key = Cast("pk", CharField())
    return rows.order_by().values_list(Value(kind), key, F(name), *{**NONE, **columns}.values())
