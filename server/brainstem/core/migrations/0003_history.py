import django.db.models.deletion
from django.db import connections, migrations, models

import brainstem.core.model.fields
import brainstem.core.model.ids

AT_ONCE = 1000


def difference(before, after):
    """Only the values that differ; a record that appeared or went keeps its complete state."""
    if before is None or after is None:
        return before, after
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys if key != "updated_at"}


def move(apps, schema_editor):
    """Tell every recorded change as part of an event, with only what differs."""
    using = schema_editor.connection.alias
    told, event, change = (apps.get_model("core", name) for name in ("ToldChange", "Event", "Change"))
    rows = told.objects.using(using).order_by("at", "id")
    seen = set()
    batch = []
    for line in rows.iterator(chunk_size=AT_ONCE):
        batch.append(line)
        if len(batch) == AT_ONCE:
            _moved(using, event, change, batch, seen)
            batch = []
    _moved(using, event, change, batch, seen)


def _moved(using, event, change, batch, seen):
    events, changes = [], []
    for line in batch:
        if line.event not in seen:
            seen.add(line.event)
            events.append(
                event(
                    id=line.event,
                    at=line.at,
                    transaction=0,
                    actor_id=line.actor_id,
                    actor_email=line.actor_email,
                    via=line.via,
                    token_id=line.token_id,
                    request_id=line.request_id,
                    portal=line.portal,
                )
            )
        before, after = difference(line.before, line.after)
        if before is None or after is None or after:
            life = 1 if before is None else -1 if after is None else 0
            changes.append(
                change(
                    event_id=line.event,
                    at=line.at,
                    action=line.action,
                    model=line.model,
                    record_id=line.record_id,
                    life=life,
                    before=before,
                    after=after,
                )
            )
    event.objects.using(using).bulk_create(events)
    change.objects.using(using).bulk_create(changes)


def name_events(apps, schema_editor):
    """A deletion was identified by its event, of which it was the only one."""
    apps.get_model("core", "Deletion").objects.using(schema_editor.connection.alias).update(event=models.F("id"))


def check_at_once(apps, schema_editor):
    """PostgreSQL alters no table with pending checks of constraints."""
    if connections[schema_editor.connection.alias].vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("core", "0002_first_release_links")]

    operations = [
        migrations.RemoveIndex(model_name="change", name="change_of_record"),
        migrations.RenameModel(old_name="Change", new_name="ToldChange"),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    brainstem.core.model.fields.PrimaryIdField(
                        default=brainstem.core.model.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "transaction",
                    models.BigIntegerField(db_default=brainstem.core.model.fields.CurrentTransaction(), db_index=True),
                ),
                ("actor_id", models.IntegerField(null=True)),
                ("actor_email", models.CharField(blank=True, max_length=254)),
                ("via", models.CharField(max_length=20)),
                ("means", models.CharField(blank=True, max_length=10)),
                ("client", models.CharField(blank=True, max_length=100)),
                ("token_id", models.BigIntegerField(null=True)),
                ("token_name", models.CharField(blank=True, max_length=100)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("portal", models.CharField(blank=True, max_length=10)),
            ],
            options={"indexes": [models.Index(fields=["actor_id", "at"], name="event_of_person")]},
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="changes",
                        to="core.event",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("action", models.CharField(max_length=20)),
                ("model", models.CharField(max_length=64)),
                ("record_id", brainstem.core.model.fields.KeyField()),
                ("life", models.SmallIntegerField(default=0)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["model", "record_id", "id"], name="change_by_record"),
                    models.Index(fields=["model", "at"], name="change_by_time"),
                    models.Index(
                        fields=["model", "at", "life", "record_id"],
                        name="change_of_life",
                        condition=models.Q(("life", 0), _negated=True),
                    ),
                ]
            },
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel(name="ToldChange"),
        migrations.RenameField(model_name="deletion", old_name="event", new_name="id"),
        migrations.AddField(
            model_name="deletion",
            name="event",
            field=brainstem.core.model.fields.IdField(db_index=True, default=brainstem.core.model.ids.uuid7),
            preserve_default=False,
        ),
        migrations.RunPython(name_events, migrations.RunPython.noop),
        migrations.RunPython(check_at_once, migrations.RunPython.noop),
        migrations.AddField(model_name="deletion", name="owners", field=models.JSONField(default=list)),
    ]
