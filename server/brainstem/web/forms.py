"""How the forms of pages are rendered: one template for fields, one for forms."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders forms with the templates of this app."""

    form_template_name = "brainstem/forms/form.html"
    field_template_name = "brainstem/forms/field.html"
