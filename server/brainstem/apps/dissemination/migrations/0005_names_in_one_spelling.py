"""Names and tags in Unicode's composed form, in which they are compared from now on.

A name whose composed form another record has already stays as it is and is printed, for two records cannot share it:
which of them is renamed is for people to decide.
"""

import unicodedata

from django.db import IntegrityError, migrations, models, transaction

NAMES = (
    "abbreviation", "acronym", "expected_genotype", "first_name", "genetic_line", "genotype", "last_name",
    "license_number", "name", "parent_acronym", "popular_name", "subject_identifier", "title",
)  # fmt: skip
APPS = ("core", "users", "taxonomies", "resources", "personal_attributes", "stem", "modules", "dissemination")


def compose(apps, schema_editor):
    """Rewrite what is not composed; rows with ASCII alone are not even read twice."""
    for model in apps.get_models():
        if model._meta.app_label not in APPS or not model._meta.managed or model._meta.proxy:
            continue
        fields = [one for one in model._meta.concrete_fields if one.name in NAMES and isinstance(one, models.CharField)]
        for field in fields:
            _compose(schema_editor.connection.alias, model, field)


def _compose(alias, model, field):
    rows = model._base_manager.using(alias)
    for pk, text in list(rows.order_by().values_list("pk", field.name).iterator()):
        composed = unicodedata.normalize("NFC", text) if text and not text.isascii() else text
        if composed == text or len(composed) > (field.max_length or len(composed)):
            continue
        try:
            with transaction.atomic(using=alias):
                rows.filter(pk=pk).update(**{field.name: composed})
        except IntegrityError:
            print(f"\n    {model._meta.label} {pk}: its {field.name} {text!r} is also that of another record.")  # noqa: T201


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_tasks_and_notices"),
        ("users", "0011_account_changes"),
        ("taxonomies", "0003_brain_region_color"),
        ("resources", "0003_approval_flow"),
        ("personal_attributes", "0002_initial"),
        ("stem", "0003_offers_expire"),
        ("modules", "0003_initial"),
        ("dissemination", "0004_doi_form"),
    ]

    operations = [migrations.RunPython(compose, migrations.RunPython.noop, elidable=True)]
