import unicodedata
import uuid

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
    _user_has_perm,
)
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from audit.history import track
from notifications.cadence import Cadence

# Where the system's own users have their addresses: no mail can be sent there.
SYSTEM_DOMAIN = "@system.invalid"


class Role(models.TextChoices):
    """Staff roles, in the order that decides where a person with several lands."""

    LINK_WORKER = "link_worker", "Link worker"
    TEAM_MANAGER = "team_manager", "Team manager"
    DUTY_MANAGER = "duty_manager", "Duty manager"
    SERVICE_MANAGER = "service_manager", "Service manager"
    COORDINATOR = "coordinator", "Coordinator"
    GOVERNANCE = "governance", "Information governance officer"
    ADMINISTRATOR = "administrator", "Administrator"


def current(at=None, prefix=""):
    """Condition for rows with ``starts_at`` and ``ends_at`` that hold at ``at`` (half-open)."""
    at = at or timezone.now()
    return Q(**{f"{prefix}starts_at__lte": at}) & (
        Q(**{f"{prefix}ends_at__isnull": True}) | Q(**{f"{prefix}ends_at__gt": at})
    )


def in_force(at=None, prefix=""):
    """Condition for staff roles that open what they open: current, and not waiting for a yes."""
    return current(at, prefix) & Q(**{f"{prefix}confirmed_at__isnull": False})


class UserManager(BaseUserManager):
    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())

    def create_user(self, email, name="", password=None, **fields):
        """A person by e-mail address; without a password they cannot sign in yet."""
        user = self.model(email=email.strip().lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, name="", password=None, **fields):
        return self.create_user(email, name, password, is_superuser=True, **fields)

    def system(self, name):
        """The named system user that scheduled work acts as; it can never sign in."""
        user, _ = self.get_or_create(
            email=f"{name}{SYSTEM_DOMAIN}",
            defaults={"name": f"Linkbook ({name})", "is_active": False, "is_system": True},
        )
        return user


@track("password", "last_login")
class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in, or will once they accept their invitation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("email address", unique=True)
    name = models.CharField(max_length=150)
    phone = models.CharField("telephone number", max_length=30, blank=True)
    cadence = models.CharField(
        "how often they are written to", max_length=7, choices=Cadence, default=Cadence.AT_ONCE
    )
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False, editable=False)
    invited_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)

    # A digest of the session they are signed in with; empty outside a request.
    sign_in = ""

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="user_email_in_lower_case"
            ),
        ]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name.partition(" ")[0]

    @cached_property
    def roles(self):
        """The codes of the staff roles in force now, read once per instance (one per request)."""
        if not self.is_active:
            return frozenset()
        return frozenset(self.staff_roles.filter(in_force()).values_list("role", flat=True))

    @property
    def roles_given(self):
        """The codes of the roles given and not ended: those in force, and those that wait."""
        if not self.is_active:
            return frozenset()
        return frozenset(self.staff_roles.filter(current()).values_list("role", flat=True))

    def has_role(self, *roles):
        """True when the person holds any of the roles now; their rights are the union."""
        return not self.roles.isdisjoint(roles)

    @property
    def standing(self):
        """Where the person is on the way in, as the people pages say it."""
        if not self.is_active:
            return "Deactivated"
        if self.joined_at:
            return "Joined"
        return "Invited" if self.invited_at else "Not invited yet"

    # The same letters typed on another machine may arrive composed differently.
    def set_password(self, raw_password):
        super().set_password(raw_password and unicodedata.normalize("NFKC", raw_password))

    def check_password(self, raw_password):
        return super().check_password(unicodedata.normalize("NFKC", raw_password or ""))

    # A superuser flag opens nothing (design.md 4): every answer comes from a grant on an object.
    def has_perm(self, perm, obj=None):
        return self.is_active and obj is not None and _user_has_perm(self, perm, obj)

    def has_module_perms(self, app_label):
        return False


@track()
class StaffRole(models.Model):
    """A staff role from an instant to an instant (half-open); several per person.

    It opens nothing until it is confirmed (security.md 5.3). ``confirmed_by`` is empty where no
    second person was needed: an administrator's role, or one given in setting up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=20, choices=Role)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False)
                & ~Q(confirmed_by=models.F("given_by"))
                & ~Q(confirmed_by=models.F("user")),
                name="staff_role_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")),
                name="staff_role_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(ends_at__isnull=True),
                name="staff_role_once_at_a_time",
            ),
        ]

    @property
    def is_waiting(self):
        """Given and not ended, and nobody has confirmed it yet."""
        return self.confirmed_at is None and (self.ends_at is None or self.ends_at > timezone.now())


@track("token_digest")
class Invitation(models.Model):
    """A way to join: one use, ``settings.INVITATION_HOURS``. Only the token's digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    token_digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    def is_open(self, at=None):
        """Can still be accepted at ``at``: unused, in time, and its person has not joined."""
        return (
            self.used_at is None
            and self.expires_at > (at or timezone.now())
            and self.user.joined_at is None
            and self.user.is_active
        )
