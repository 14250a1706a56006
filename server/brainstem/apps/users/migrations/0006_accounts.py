"""Makes the table of limits and used codes, and vouches for the addresses of the accounts that were there before."""

from django.core.management import call_command
from django.db import migrations


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", "brainstem_cache", database=schema_editor.connection.alias, verbosity=0)


def vouch_for_addresses(apps, schema_editor):
    users, addresses = apps.get_model("users", "User"), apps.get_model("account", "EmailAddress")
    here = schema_editor.connection.alias
    missing = users.objects.using(here).exclude(pk__in=addresses.objects.using(here).values("user_id"))
    addresses.objects.using(here).bulk_create(
        [
            addresses(user_id=pk, email=email, verified=True, primary=True)
            for pk, email in missing.values_list("pk", "email")
        ]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("users", "0005_security_events"),
    ]

    operations = [
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
        migrations.RunPython(vouch_for_addresses, migrations.RunPython.noop),
    ]
