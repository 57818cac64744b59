"""The map of the code holds: imports run one way, no act hides in a signal, queries ask who."""

import ast
import importlib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# design.md 2: an app may import anything to its left, nothing to its right.
ORDER = [
    {"govuk", "documents"},
    {"audit"},
    {"notifications"},
    {"accounts"},
    {"drafts"},
    {"schools"},
    {"linkworkers"},
    {"consultations"},
    {"interventions"},
    {"referrals"},
    {"panels"},
    {"overview"},
    {"config"},
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
# Free to all: the Celery application, for the task decorator.
FREE = {"config.celery"}


def sources(package):
    return sorted((ROOT / package).rglob("*.py"))


def imported(path):
    """Dotted names that a source file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", sorted(RANK))
def test_imports_run_one_way(package):
    wrong = []
    for path in sources(package):
        for name in imported(path):
            other = name.partition(".")[0]
            if other not in RANK or other == package:
                continue
            if ".".join(name.split(".")[:2]) in FREE:
                continue
            if RANK[other] > RANK[package] or (RANK[other] == RANK[package] and other != package):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_every_package_of_the_map_is_installed():
    mapped = set(RANK) - {"config"}
    assert mapped <= {config.name for config in apps.get_app_configs()}


def test_there_is_no_core_common_or_utils():
    names = {path.stem for package in RANK for path in sources(package)}
    assert names.isdisjoint({"core", "common", "utils", "helpers", "misc"})


def test_only_accounts_grants_imports_guardian():
    users = {
        str(path.relative_to(ROOT))
        for package in RANK
        for path in sources(package)
        if any(name.startswith("guardian") for name in imported(path))
        and "migrations" not in path.parts
    }
    assert users == {"accounts/grants.py"}


def test_no_signal_carries_domain_meaning():
    """design.md 2: the only receivers write the audit of sign-ins and the app role's rights."""
    listeners = {
        str(path.relative_to(ROOT))
        for package in RANK
        for path in sources(package)
        if any(
            name.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals"))
            or name.endswith("post_migrate")
            for name in imported(path)
        )
    }
    assert listeners <= {"accounts/signals.py", "audit/apps.py", "audit/privileges.py"}


def test_roles_are_named_only_in_policies():
    """design.md 2: policies.py is the only place naming roles or permission codenames.

    Besides, a name stands where it is defined, and where the grants that carry it are written,
    resolved or read in bulk.
    """
    defining = {
        *("policies.py", "models.py", "grants.py", "entitlements.py", "hub_managers.py"),
        *("demo.py", "seed_demo.py", "bench.py", "bench_load.py"),
    }
    codenames = {
        codename
        for model in apps.get_models()
        if model._meta.app_label in RANK
        for codename, _ in model._meta.permissions
    }
    assert len(codenames) == 5
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in RANK
        for path in sources(package)
        if path.name not in defining
        and not {"migrations", "models"} & set(path.parts)
        and str(path.relative_to(ROOT)) != "schools/scope.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if names_a_right(node, codenames)
    ]
    assert named == []


def names_a_right(node, codenames):
    """A question for a role or permission, ``Role.SOMETHING``, or a permission's codename.

    A role asked for by variable is not named: somebody else named it.
    """
    match node:
        case ast.Call(func=ast.Attribute(attr="has_role"), args=[ast.Name()]):
            return False
        case ast.Call(func=ast.Attribute(attr="has_role" | "has_perm")):
            return True
        case ast.Attribute(value=ast.Name(id="Role"), attr=attr):
            return attr.isupper()
        case ast.Constant(value=str(text)):
            return text.rpartition(".")[2] in codenames
    return False


@pytest.mark.parametrize(
    "label",
    [
        "schools.School",
        "schools.SchoolContact",
        "linkworkers.Allocation",
        "consultations.Consultation",
        "consultations.Action",
    ],
)
def test_what_is_listed_by_scope_knows_who_may_see_it(label):
    assert hasattr(apps.get_model(label).objects, "visible_to")


@pytest.mark.parametrize(
    "entry", list(settings.CELERY_BEAT_SCHEDULE.values()), ids=lambda entry: entry["task"]
)
def test_every_scheduled_task_can_be_imported(entry):
    module, _, name = entry["task"].rpartition(".")
    assert getattr(importlib.import_module(module), name).name == entry["task"]


def test_nothing_is_marked_safe_but_what_the_pack_renders():
    """security.md 2.1: no text of a person reaches a page unescaped."""
    found = []
    for package in RANK:
        for path in sources(package):
            if "mark_safe" in path.read_text() and package != "govuk":
                found.append(str(path.relative_to(ROOT)))
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "govuk").rglob("*.html")]:
        text = path.read_text()
        if "|safe" in text or "autoescape off" in text:
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_no_page_carries_an_inline_style_or_handler():
    """The content security policy would refuse it."""
    found = []
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "govuk").rglob("*.html")]:
        text = path.read_text()
        if " style=" in text or " onclick=" in text or "javascript:" in text:
            found.append(str(path.relative_to(ROOT)))
    assert found == []
