"""What posts at schools entitle people to; the grants are made from it and checked against it.

A confirmed head or safeguarding lead reads what was shared with their school and with the
schools it grew out of (design.md 3).
"""

from django.db import connection

from accounts.grants import Entitlement, give
from schools.models import SchoolContact, SchoolGrant, SchoolLink

POST = "post"


def predecessor_ids(school_ids):
    """``{school id: {ids of its predecessors, and theirs}}`` for schools that have any; one query.

    A circle in the register's links ends where it began.
    """
    school_ids = list(school_ids)
    found = {}
    if not school_ids:
        return found
    table = connection.ops.quote_name(SchoolLink._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE earlier (school_id, predecessor_id) AS (
                SELECT successor_id, predecessor_id FROM {table}
                WHERE successor_id = ANY(%s::uuid[])
                UNION
                SELECT earlier.school_id, link.predecessor_id
                FROM earlier JOIN {table} link ON link.successor_id = earlier.predecessor_id
            )
            SELECT school_id, predecessor_id FROM earlier WHERE school_id <> predecessor_id
            """,  # noqa: S608 - the table's name is ours
            [[str(school_id) for school_id in school_ids]],
        )
        for school_id, predecessor_id in cursor.fetchall():
            found.setdefault(school_id, set()).add(predecessor_id)
    return found


def of_posts(posts):
    """The entitlements of these posts, on their schools and on the predecessors; one query."""
    posts = [post for post in posts if post.opens_shared_record]
    earlier = predecessor_ids({post.school_id for post in posts})
    for post in posts:
        starts_at = max(post.starts_at, post.confirmed_at)
        ends_at = post.ends_at and max(post.ends_at, starts_at)
        for school_id in (post.school_id, *earlier.get(post.school_id, ())):
            yield Entitlement(
                post.user_id, "view_shared_record", school_id, POST, post.id, starts_at, ends_at
            )


def of_all_posts():
    """Every entitlement from a post, ended ones included, for ``verify_grants``."""
    return of_posts(SchoolContact.objects.filter(confirmed_at__isnull=False).iterator())


def reach_predecessors():
    """After new successor links: whatever is granted on a school is granted on its predecessors.

    The grants carry their sources and dates along, so allocations and posts need no telling.
    """
    anchors = SchoolGrant.objects.values_list("content_object_id", flat=True).distinct()
    earlier = predecessor_ids(anchors)
    reached = {}
    for grant in SchoolGrant.objects.filter(content_object__in=earlier).select_related(
        "permission"
    ):
        for school_id in earlier[grant.content_object_id]:
            key = grant.user_id, grant.permission_id, school_id, grant.source_type, grant.source_id
            reached[key] = Entitlement(
                grant.user_id,
                grant.permission.codename,
                school_id,
                grant.source_type,
                grant.source_id,
                grant.starts_at,
                grant.ends_at,
            )
    give(SchoolGrant, reached.values())
