"""How every form of the pages is drawn: one template for a field, one for a form."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws forms with the templates of this app."""

    form_template_name = "brainstem/forms/form.html"
    field_template_name = "brainstem/forms/field.html"
