import django.db.models.deletion
from django.core.management import call_command
from django.db import migrations, models

import brainstem.core.model.fields
import brainstem.core.model.ids


def make_cache_table(apps, schema_editor):
    """The table of limits and of codes that were used."""
    call_command("createcachetable", "brainstem_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("core", "0001_initial"),
    ]

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Audience",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    brainstem.core.model.fields.PrimaryIdField(
                        default=brainstem.core.model.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "event",
                    brainstem.core.model.fields.IdField(db_index=True, help_text="Shared by all changes of one write."),
                ),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
                ("actor_id", models.IntegerField(null=True)),
                ("actor_email", models.CharField(blank=True, max_length=254)),
                ("via", models.CharField(help_text="token, browser, command", max_length=20)),
                ("token_id", models.BigIntegerField(null=True)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("portal", models.CharField(blank=True, max_length=10)),
                ("action", models.CharField(max_length=20)),
                ("model", models.CharField(max_length=64)),
                ("record_id", models.CharField(max_length=36)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                (
                    "event",
                    brainstem.core.model.fields.PrimaryIdField(
                        default=brainstem.core.model.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("model", models.CharField(max_length=64)),
                ("record_id", models.CharField(max_length=36)),
                ("rows", models.JSONField()),
                ("detached", models.JSONField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="GroupGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_id", brainstem.core.model.fields.IdField()),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "member"), (2, "contributor"), (3, "manager"), (4, "owner")]
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                (
                    "id",
                    brainstem.core.model.fields.PrimaryIdField(
                        default=brainstem.core.model.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.IntegerField(help_text="Who asked.")),
                ("digest", models.CharField(help_text="Of the key and of where it was sent.", max_length=64)),
                ("content", models.CharField(help_text="Digest of what was sent.", max_length=64)),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="MailCount",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("ends", models.BigIntegerField(db_index=True, help_text="End of the stretch, in seconds since 1970.")),
                ("n", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("topic", models.CharField(max_length=20)),
                ("person_id", models.IntegerField(help_text="Whom to tell; nobody: the administrators.", null=True)),
                ("about", models.CharField(blank=True, help_text="Label and id of the record.", max_length=100)),
                ("once", models.CharField(blank=True, help_text="What is told once a day at most.", max_length=200)),
                ("facts", models.JSONField(help_text="What the mail says.")),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="ObjectRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_id", brainstem.core.model.fields.IdField()),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "member"), (2, "contributor"), (3, "manager"), (4, "owner")]
                    ),
                ),
            ],
            options={
                "db_table": "core_role",
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(help_text="The word.", max_length=100, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="TaskWorker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=32, unique=True)),
                ("seen_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="UserGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_id", brainstem.core.model.fields.IdField()),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "member"), (2, "contributor"), (3, "manager"), (4, "owner")]
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AudienceCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=64)),
                ("n", models.BigIntegerField(default=0)),
                (
                    "audience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.audience"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AudienceProject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "audience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="projects", to="core.audience"
                    ),
                ),
            ],
        ),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
    ]
