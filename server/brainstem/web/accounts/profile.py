"""Name, identifiers, preferences and portrait of the caller, changed as by the API: same checks, same history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from brainstem.apps.users import pictures
from brainstem.apps.users.formats import CLOCKS, DATES, NUMBERS, formats_of
from brainstem.apps.users.models import User
from brainstem.apps.users.time_zones import zone_of, zones
from brainstem.core.errors import Invalid
from brainstem.core.model.atlases import ATLASES
from brainstem.core.model.registry import spec_of
from brainstem.core.model.values import Bad
from brainstem.core.write import saving
from brainstem.web.acting import looking

from .email import add_errors

# Kept with the account alone: others do not see them, and the API does not know them.
OWN = ("time_zone", "date_format", "clock_format", "number_format")
FIELDS = ("first_name", "last_name", "orcid_id", "google_scholar", "website", "atlas_preference")
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": 'inline; filename="picture.jpg"',
    "Cache-Control": "private, max-age=300",
}


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in zones()]


class ProfileForm(forms.Form):
    """What others see of a person. Only the form; :mod:`brainstem.core.write.saving` checks the values."""

    first_name = forms.CharField(label="Given name", max_length=150)
    last_name = forms.CharField(label="Family name", max_length=150, required=False)
    orcid_id = forms.CharField(
        label="ORCID", max_length=100, required=False, help_text="For example 0000-0002-1825-0097."
    )
    google_scholar = forms.CharField(
        label="Google Scholar", required=False, widget=forms.URLInput, help_text="Address of your profile there."
    )
    website = forms.CharField(label="Website", required=False, widget=forms.URLInput)
    atlas_preference = forms.ChoiceField(
        label="Brain atlas", required=False, choices=ATLASES, help_text="The one that forms suggest first."
    )

    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=_zones,
        required=False,
        help_text="Pages show times in it, and read what you type as such.",
    )
    date_format = forms.ChoiceField(label="Dates", choices=tuple(DATES.items()), required=False)
    clock_format = forms.ChoiceField(label="Time of day", choices=tuple(CLOCKS.items()), required=False)
    number_format = forms.ChoiceField(
        label="Numbers",
        choices=tuple(NUMBERS.items()),
        required=False,
        help_text=(
            "How pages show dates, times and numbers. With a decimal comma, forms understand numbers with a comma, too."
            " Files, the Web API and public pages are the same for everyone."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"
        self.fields["website"].widget.attrs["autocomplete"] = "url"


class PictureForm(forms.Form):
    """A portrait to upload."""

    picture = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text="PNG, JPEG, GIF, WebP or TIFF. It is cropped to its centre, and camera metadata is removed.",
    )


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """The form; a POST saves what differs."""
    kept = _kept(request)
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid():
        own = {name: form.cleaned_data.pop(name) or kept[name] for name in OWN}
        try:
            save(request, form.cleaned_data)
        except Invalid as error:
            add_errors(form, error)
        else:
            User.objects.filter(pk=request.user.pk).update(**own)
            messages.success(request, "Your profile has been saved.")
            return redirect("account_profile")
    return _shown(request, form=form)


def save(request: HttpRequest, values: dict[str, Any]) -> None:
    """Change the caller's record as they could through the API.

    Raises
    ------
    Invalid
        What is wrong, by field.
    """
    saving.change(spec_of(User), request.user.pk, values, viewer=looking(request))


@login_required
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Replace or remove the portrait."""
    if "remove" in request.POST:
        pictures.replace(request.user, None)
        return redirect("account_profile")
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            pictures.replace(request.user, pictures.portrait(form.cleaned_data["picture"]))
        except Bad as error:
            form.add_error("picture", str(error))
        else:
            return redirect("account_profile")
    return _shown(request, picture=form)


@login_required
@require_safe
def picture(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """The portrait of a person, for people who are signed in."""
    seen = looking(request).seen(spec_of(User), [user_id])
    person = User.objects.filter(pk__in=seen).exclude(picture="").first()
    try:
        if person is not None:
            return FileResponse(person.picture.open("rb"), content_type="image/jpeg", headers=HARMLESS)
    except FileNotFoundError:  # found by trying, since a bucket answers every question from afar
        pass
    raise Http404("There is no picture here.")


def _shown(request: HttpRequest, *, form: forms.Form | None = None, picture: forms.Form | None = None) -> HttpResponse:
    context = {"form": form or ProfileForm(initial=_kept(request)), "picture": picture or PictureForm()}
    return render(request, "account/profile.html", context)


def _kept(request: HttpRequest) -> dict[str, Any]:
    chosen = formats_of(request.user)
    own = {
        "time_zone": zone_of(request.user),
        "date_format": chosen.date,
        "clock_format": chosen.clock,
        "number_format": chosen.number,
    }
    return {name: getattr(request.user, name) for name in FIELDS} | own
