import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("core", "0002_initial"),
        ("core", "0003_kept_answers"),
        ("core", "0004_tasks_and_notices"),
    ]

    dependencies = [
        ("core", "0001_first_release"),
        ("stem", "0001_first_release"),
        ("users", "0001_first_release"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="audienceproject",
            name="project",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="stem.project"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["model", "record_id", "at"], name="change_of_record"),
        ),
        migrations.AddIndex(
            model_name="deletion",
            index=models.Index(fields=["model", "record_id"], name="deletion_of_record"),
        ),
        migrations.AddField(
            model_name="groupgrant",
            name="group",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="users.group"),
        ),
        migrations.AddConstraint(
            model_name="keptanswer",
            constraint=models.UniqueConstraint(fields=("user_id", "digest"), name="one_answer_a_key"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["topic", "person_id"], name="notice_by_topic"),
        ),
        migrations.AddField(
            model_name="objectrole",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="usergrant",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="audiencecount",
            constraint=models.UniqueConstraint(fields=("model", "audience"), name="count_once"),
        ),
        migrations.AddIndex(
            model_name="audienceproject",
            index=models.Index(fields=["project", "audience"], name="audience_by_project"),
        ),
        migrations.AddConstraint(
            model_name="audienceproject",
            constraint=models.UniqueConstraint(fields=("audience", "project"), name="audience_project_once"),
        ),
        migrations.AddConstraint(
            model_name="groupgrant",
            constraint=models.UniqueConstraint(fields=("object_id", "group"), name="one_grant_a_group"),
        ),
        migrations.AddIndex(
            model_name="objectrole",
            index=models.Index(fields=["user", "object_id", "level"], name="role_by_user"),
        ),
        migrations.AddConstraint(
            model_name="objectrole",
            constraint=models.UniqueConstraint(fields=("object_id", "user"), name="one_role_a_user"),
        ),
        migrations.AddConstraint(
            model_name="usergrant",
            constraint=models.UniqueConstraint(fields=("object_id", "user"), name="one_grant_a_user"),
        ),
    ]
