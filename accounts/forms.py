"""The forms of the sign-in and account pages. allauth's logic, our words and fields."""

from allauth.account import forms as allauth
from django import forms

from accounts import passwords, services
from accounts.models import User
from govuk.fields import EMAIL_FORMAT, LONGEST_ADDRESS, phone, radios, text
from govuk.forms import Form
from notifications.cadence import Cadence

CURRENT, NEW = "current-password", "new-password"


def password_input(autocomplete):
    """A box for a password; ``autocomplete`` tells the browser whose."""
    return forms.PasswordInput(
        attrs={"autocomplete": autocomplete, "spellcheck": "false", "autocapitalize": "none"}
    )


class EmailField(forms.EmailField):
    """An e-mail address, in lower case."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Email address")
        kwargs.setdefault("max_length", LONGEST_ADDRESS)
        kwargs.setdefault(
            "error_messages",
            {
                "required": "Enter your email address",
                "invalid": EMAIL_FORMAT,
            },
        )
        kwargs.setdefault(
            "widget", forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"})
        )
        super().__init__(**kwargs)

    def clean(self, value):
        return super().clean(value).lower()


class PasswordField(forms.CharField):
    """A password as it was typed, spaces included; any length a person or program would type."""

    def __init__(self, label, required, autocomplete=CURRENT, **kwargs):
        super().__init__(
            label=label,
            strip=False,
            widget=password_input(autocomplete),
            error_messages={"required": required},
            **kwargs,
        )

    def validate(self, value):
        super().validate(value)
        if len(value) > passwords.MAXIMUM_LENGTH:
            raise forms.ValidationError(passwords.SENTENCES["password_too_long"])


class NewPasswordForm(Form):
    """A new password, twice. Whoever derives from it sets ``self.user`` before it is cleaned."""

    user = None
    password1 = PasswordField(
        "New password",
        "Enter a new password",
        NEW,
        help_text="At least 12 characters. Four random words are easier to remember "
        "and harder to guess than one word with numbers.",
    )
    password2 = PasswordField("New password again", "Enter the new password again", NEW)

    def clean_password1(self):
        password = self.cleaned_data["password1"]
        passwords.check(password, self.user)
        return password

    def clean(self):
        data = super().clean() or self.cleaned_data
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "The two passwords are not the same. Enter them again")
        return data


class SignInForm(Form, allauth.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailField()
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"] = PasswordField("Password", "Enter your password")


class ReauthenticateForm(Form, allauth.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"] = PasswordField("Password", "Enter your password")


class ResetPasswordForm(Form, allauth.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField()


class ResetPasswordKeyForm(NewPasswordForm):
    def __init__(self, *args, user=None, temp_key=None, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def save(self):
        services.choose_password(self.user, self.cleaned_data["password1"])


class ChangePasswordForm(NewPasswordForm):
    oldpassword = PasswordField("Current password", "Enter your current password")
    field_order = ("oldpassword", "password1", "password2")

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_oldpassword(self):
        password = self.cleaned_data["oldpassword"]
        if not self.user.check_password(password):
            raise forms.ValidationError("Enter the password you sign in with now")
        return password

    def save(self):
        services.choose_password(self.user, self.cleaned_data["password1"])


class AcceptInvitationForm(NewPasswordForm):
    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Choose a password"
        self.fields["password2"].label = "Password again"


class DetailsForm(Form):
    """Name and telephone number of ``person``."""

    name = text(
        "Full name",
        User._meta.get_field("name").max_length,
        "Enter a name",
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    phone = phone(
        "Telephone number (optional)",
        User._meta.get_field("phone").max_length,
        autocomplete="tel",
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, initial={"name": person.name, "phone": person.phone}, **kwargs)


class CadenceForm(Form):
    """How often somebody wants to be written to."""

    cadence = radios(
        "How often do you want our emails?",
        Cadence,
        "Select how often you want our emails",
        help_text=(
            "Concerns, emergencies, invitations with a date and what guards your account always"
            " come at once."
        ),
    )
