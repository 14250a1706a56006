"""Ends all browser sessions: their keys were kept as they are, and would be found no more."""

from django.db import migrations


def end_sessions(apps, schema_editor):
    apps.get_model("sessions", "Session").objects.all().delete()
    apps.get_model("usersessions", "UserSession").objects.all().delete()


class Migration(migrations.Migration):
    initial = True
    dependencies = [("sessions", "0001_initial"), ("usersessions", "0001_initial")]
    operations = [migrations.RunPython(end_sessions, migrations.RunPython.noop)]
