"""Which new migrations are refused, since the release in use would not stand them."""

import pytest
from django.db import migrations, models
from django.db.models.functions import Lower

from .. import lint_migrations
from ..lint_migrations import BEFORE, problems


def migration(*operations, **more):
    made = type("Migration", (migrations.Migration,), {"operations": list(operations), **more})
    return made("0009_later", "stem")


def add(field, name="depth_mm", model="subject"):
    return migrations.AddField(model, name, field)


LITTER = migrations.CreateModel(
    "Litter", [("id", models.BigAutoField(primary_key=True)), ("pups", models.IntegerField())]
)
INDEX = models.Index(fields=["pups"], name="by_pups")
SQL = "CREATE INDEX CONCURRENTLY x ON stem_subject (name)"
GOOD = {
    "a table": [LITTER],
    "a table and its index": [LITTER, migrations.AddIndex("litter", INDEX), add(models.IntegerField(), model="Litter")],
    "a column that may be null": [add(models.FloatField(null=True))],
    "a column with a default of the database": [add(models.FloatField(db_default=0.0))],
    "a link to many": [add(models.ManyToManyField("stem.Session"))],
    "a link without an index": [add(models.ForeignKey("stem.Session", models.CASCADE, null=True, db_index=False))],
    "a longer column that may be null": [
        migrations.AlterField("subject", "name", models.CharField(max_length=500, null=True))
    ],
    "an index built beside the work": [
        migrations.SeparateDatabaseAndState([migrations.RunSQL(SQL)], [migrations.AddIndex("subject", INDEX)])
    ],
    "a column that only the code forgets": [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("subject", "name")])
    ],
}
BAD = {
    "a column goes": ([migrations.RemoveField("subject", "name")], "still uses it"),
    "a table goes": ([migrations.DeleteModel("Subject")], "still uses it"),
    "a column goes by SQL": ([migrations.RunSQL("ALTER TABLE stem_subject DROP COLUMN name")], "still uses it"),
    "a column is renamed": ([migrations.RenameField("subject", "name", "title")], "former name"),
    "a table is renamed": ([migrations.RenameModel("Subject", "Animal")], "former name"),
    "its name in the database": ([migrations.AlterModelTable("subject", "animals")], "former name"),
    "renamed by SQL": ([migrations.RunSQL("ALTER TABLE a RENAME COLUMN b TO c")], "former name"),
    "a column without a default": ([add(models.FloatField())], "null=True or a db_default"),
    "a default of Python only": ([add(models.FloatField(default=1.0))], "null=True or a db_default"),
    "null no longer": ([migrations.AlterField("subject", "name", models.CharField(max_length=9))], "null=True or a db_default"),
    "an index": ([migrations.AddIndex("subject", INDEX)], "CREATE INDEX CONCURRENTLY"),
    "a link with its index": ([add(models.ForeignKey("stem.Session", models.CASCADE, null=True))], "CONCURRENTLY"),
    "a column without repetitions": ([add(models.FloatField(null=True, unique=True))], "CONCURRENTLY"),
    "a rule for no repetitions": (
        [migrations.AddConstraint("subject", models.UniqueConstraint(Lower("name"), name="one"))],
        "CONCURRENTLY",
    ),
    "a rule for all rows": (
        [migrations.AddConstraint("subject", models.CheckConstraint(condition=models.Q(name="x"), name="x"))],
        "NOT VALID",
    ),
    "another table's index": ([LITTER, migrations.AddIndex("subject", INDEX)], "CONCURRENTLY"),
}  # fmt: skip


@pytest.mark.parametrize("operations", GOOD.values(), ids=GOOD)
def test_the_release_in_use_stands(operations):
    assert list(problems(migration(*operations))) == []


@pytest.mark.parametrize(("operations", "words"), BAD.values(), ids=BAD)
def test_the_release_in_use_does_not_stand(operations, words):
    [problem] = problems(migration(*operations))
    assert words in problem


def test_what_no_released_code_uses_may_go():
    gone = migrations.RemoveField("subject", "name")
    assert list(problems(migration(gone, unused_since="0.2.0"), version="0.3.0")) == []
    [too_soon] = problems(migration(gone, unused_since="0.3.0"), version="0.3.0")
    assert "not released before 0.3.0" in too_soon
    [mixed] = problems(migration(gone, add(models.FloatField(null=True)), unused_since="0.2.0"), version="0.10.0")
    assert "contracts and expands" in mixed


def test_our_migrations_are_looked_at_from_now_on(monkeypatch):
    told = []
    assert lint_migrations.main(told.append) == 0
    assert told == []
    monkeypatch.setattr(lint_migrations, "BEFORE", BEFORE | {"core": "0003_history"})
    assert lint_migrations.main(told.append) == 1
    assert any(line.startswith("core.0004_indexes_of_the_past: Create index change_by_record") for line in told)
