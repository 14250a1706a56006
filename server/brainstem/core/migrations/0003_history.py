import json
import uuid

import django.db.models.deletion
from django.db import connections, migrations, models

import brainstem.core.model.fields
import brainstem.core.model.ids

AT_ONCE = 500  # Each row may hold a complete record, twice.
IN_PART = "~"
OWNER = 4


def move(apps, schema_editor):
    """Tell every recorded change as part of an event, with only what differs."""
    using = schema_editor.connection.alias
    told, event, change = (apps.get_model("core", name) for name in ("ToldChange", "Event", "Change"))
    rows = told.objects.using(using).order_by("at", "id")
    page = list(rows[:AT_ONCE])
    while page:
        kept = [
            (line, one)
            for line, one in zip(page, (change_of(change, line) for line in page), strict=True)
            if one is not None
        ]
        events = {one.pk: one for one in (event_of(event, line) for line, _ in reversed(kept))}
        # An event may have begun on an earlier page.
        event.objects.using(using).bulk_create(reversed(events.values()), ignore_conflicts=True)
        change.objects.using(using).bulk_create([one for _, one in kept])
        at, last = page[-1].at, page[-1].pk
        page = list(rows.filter(models.Q(at__gt=at) | models.Q(id__gt=last), at__gte=at)[:AT_ONCE])


def event_id(line):
    """Restoring was recorded under the event of the deletion, but is one of its own."""
    return uuid.uuid5(line.event, "undelete") if line.action == "undelete" else line.event


def event_of(event, line):
    shared = ("at", "actor_id", "actor_email", "via", "token_id", "request_id", "portal")
    return event(id=event_id(line), transaction=0, **{name: getattr(line, name) for name in shared})


def change_of(change, line):
    before, after = difference(line.before, line.after)
    if before is not None and after is not None and not after:
        return None
    life = 1 if before is None else -1 if after is None else 0
    shared = {name: getattr(line, name) for name in ("at", "action", "model", "record_id")}
    return change(event_id=event_id(line), life=life, before=before, after=after, **shared)


def difference(before, after):
    """Only the values that differ; a record that appeared or went keeps its complete state."""
    if before is None or after is None:
        return before, after
    old, new, in_part = {}, {}, []
    for key in {**before, **after}:
        was, now = before.get(key), after.get(key)
        if was == now or ids_of(was) == ids_of(now) != []:
            continue
        if key == "entries":  # Those of logs, of which only what was removed and added is kept.
            was, now = only_in(was, now), only_in(now, was)
            in_part.append(key)
        old[key] = was
        if key != "updated_at":
            new[key] = now
    return old, {**new, IN_PART: in_part} if in_part else new


def only_in(some, others):
    there = {json.dumps(one, sort_keys=True) for one in others or ()}
    return [one for one in some or () if json.dumps(one, sort_keys=True) not in there]


def ids_of(value):
    """The ids in a list of links, whose order was arbitrary; an empty list for anything else."""
    if isinstance(value, list) and all(isinstance(one, str) and len(one) == 36 for one in value):
        return sorted(value)
    return []


def name_events(apps, schema_editor):
    """A deletion was identified by its event, of which it was the only one."""
    rows = apps.get_model("core", "Deletion").objects.using(schema_editor.connection.alias)
    for pk in rows.values_list("pk", flat=True):
        rows.filter(pk=pk).update(event=pk)  # Not the same column type on SQLite.


def name_owners(apps, schema_editor):
    """The people who owned what was deleted may restore it; their roles are among the rows that were deleted."""
    rows = apps.get_model("core", "Deletion").objects.using(schema_editor.connection.alias)
    for pk in rows.filter(undone_at=None).values_list("pk", flat=True):
        deletion = rows.get(pk=pk)
        found = owners_in(deletion.rows, deletion.record_id)
        if found:
            rows.filter(pk=pk).update(owners=found)


def owners_in(rows, record_id):
    held = [row["values"] for row in rows]
    own = [one for one in held if record_id in (str(one.get("object_id")), str(one.get("group_id")))]
    return sorted({one["user_id"] for one in own if one.get("level") == OWNER and one.get("user_id") is not None})


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
                    brainstem.core.model.fields.EventIdField(
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
        migrations.CreateModel(
            name="Pruning",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("before", models.DateTimeField()),
                ("keep_last", models.PositiveIntegerField()),
                ("changes", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel(name="ToldChange"),
        migrations.RenameField(model_name="deletion", old_name="event", new_name="id"),
        migrations.AddField(
            model_name="deletion",
            name="event",
            field=brainstem.core.model.fields.EventIdField(db_index=True, default=brainstem.core.model.ids.uuid7),
            preserve_default=False,
        ),
        migrations.RunPython(name_events, migrations.RunPython.noop),
        migrations.RunPython(check_at_once, migrations.RunPython.noop),
        migrations.AddField(model_name="deletion", name="owners", field=models.JSONField(default=list)),
        migrations.RunPython(name_owners, migrations.RunPython.noop),
    ]
