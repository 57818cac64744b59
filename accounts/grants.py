"""Object permissions: dated guardian grants on anchors (design.md 4).

The only module that imports guardian. A grant is written in the same transaction as the fact
it follows from (an allocation, a post), carries that fact as its *source*, and ends with it.
Dates are checked in the query, so access ends on the instant even if no job ran.
"""

from dataclasses import dataclass, field

from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import Q
from django.utils import timezone
from guardian.backends import ObjectPermissionBackend
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase
from guardian.utils import get_user_obj_perms_model

from accounts.models import current


class GrantQuerySet(models.QuerySet):
    def live(self, at=None):
        """Grants that hold at ``at`` (default now)."""
        return self.filter(current(at))

    def of(self, source_type, source_ids):
        """Grants written for these sources: ``("allocation", [uuid, …])``."""
        return self.filter(source_type=source_type, source_id__in=source_ids)


class Grant(UserObjectPermissionBase):
    """One permission, for one person, on one anchor, from one source, between two instants.

    A concrete grant adds ``content_object``, the foreign key to its anchor.
    """

    source_type = models.CharField(max_length=30)
    source_id = models.UUIDField()
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = UserObjectPermissionManager.from_queryset(GrantQuerySet)()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["user", "permission", "content_object", "source_type", "source_id"],
                name="%(class)s_once_per_source",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")),
                name="%(class)s_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["source_type", "source_id"], name="%(class)s_source"),
        ]


class GrantBackend(ObjectPermissionBackend):
    """guardian's backend, reading our dated grants. A superuser flag opens nothing."""

    def has_perm(self, user_obj, perm, obj=None):
        if obj is None or not user_obj.is_active:
            return False
        grant_model = get_user_obj_perms_model(obj)
        if not issubclass(grant_model, Grant):
            return False
        return (
            grant_model.objects.live()
            .filter(user=user_obj, content_object=obj, permission__codename=perm.split(".")[-1])
            .exists()
        )

    def get_all_permissions(self, user_obj, obj=None):
        return set()


@dataclass(frozen=True)
class Entitlement:
    """What a source entitles somebody to: the row a grant is made from, or compared with."""

    user_id: object
    codename: str
    object_id: object
    source_type: str
    source_id: object
    starts_at: object
    ends_at: object = field(default=None)


def give(grant_model, entitlements):
    """Write the grants for these entitlements: two queries, however many there are.

    A grant that exists for the same source is brought to the entitlement's dates.
    """
    grant_model.objects.bulk_create(
        grants_for(grant_model, entitlements),
        update_conflicts=True,
        unique_fields=["user", "permission", "content_object", "source_type", "source_id"],
        update_fields=["starts_at", "ends_at"],
    )


def grants_for(grant_model, entitlements):
    """The grants for these entitlements, unsaved: to be written where their sources are new.

    One query, if any.
    """
    entitlements = list(entitlements)
    permission_ids = permission_ids_of(grant_model) if entitlements else {}
    return [
        grant_model(
            user_id=e.user_id,
            permission_id=permission_ids[e.codename],
            content_object_id=e.object_id,
            source_type=e.source_type,
            source_id=e.source_id,
            starts_at=e.starts_at,
            ends_at=e.ends_at,
        )
        for e in entitlements
    ]


def end(grant_model, source_type, source_ids, at):
    """End at the instant ``at`` every grant of these sources that would outlast it: one query."""
    grant_model.objects.of(source_type, source_ids).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    ).update(ends_at=models.functions.Greatest(models.F("starts_at"), models.Value(at)))


def permission_ids_of(grant_model):
    """``{codename: permission id}`` of the anchor's permissions; never kept across calls."""
    anchor = grant_model._meta.get_field("content_object").related_model
    return dict(
        Permission.objects.filter(
            content_type__app_label=anchor._meta.app_label,
            content_type__model=anchor._meta.model_name,
        ).values_list("codename", "id")
    )


_expectations = {}


def expect(grant_label, source_type, entitlements):
    """Register, from an AppConfig, what a grant model should hold for one kind of source.

    ``grant_label`` is ``"schools.SchoolGrant"``; ``entitlements`` is a function without
    arguments that yields every ``Entitlement`` of that kind, ended ones included.
    """
    _expectations[(grant_label, source_type)] = entitlements


def drift():
    """Differences between the grants and what the apps expect, as sentences; empty when none."""
    findings = []
    expected_types = {}
    for (label, source_type), entitlements in sorted(_expectations.items()):
        grant_model = apps.get_model(label)
        expected_types.setdefault(label, set()).add(source_type)
        expected = {
            (e.user_id, e.codename, e.object_id, e.source_id): (e.starts_at, e.ends_at)
            for e in entitlements()
        }
        held = {
            (g.user_id, g.permission.codename, g.content_object_id, g.source_id): (
                g.starts_at,
                g.ends_at,
            )
            for g in grant_model.objects.filter(source_type=source_type).select_related(
                "permission"
            )
        }
        for key in sorted(expected.keys() - held.keys(), key=str):
            findings.append(f"{label}: {source_type} {key[3]} should grant {key[1]} and does not")
        for key in sorted(held.keys() - expected.keys(), key=str):
            findings.append(f"{label}: {source_type} {key[3]} grants {key[1]} and should not")
        for key in sorted(expected.keys() & held.keys(), key=str):
            if expected[key] != held[key]:
                findings.append(f"{label}: {source_type} {key[3]} grants {key[1]} on other dates")
    for label, source_types in expected_types.items():
        strays = apps.get_model(label).objects.exclude(source_type__in=source_types)
        findings += [f"{label}: unknown source {g.source_type} {g.source_id}" for g in strays]
    return findings
