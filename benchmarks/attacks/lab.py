"""The lab that is attacked: everything in it is public, one project is crowded, and Mallory has an account.

``python -m benchmarks.attacks.lab SESSIONS CROWD`` fills the empty database of the environment, and prints as JSON what
an attack, and the other person that is watched meanwhile, need to know.
"""

from __future__ import annotations

import json
import sys
from typing import Any

PASSWORD = "correct horse battery staple"
MALLORY, ADMINISTRATOR = "mallory@example.org", "admin@example.org"
CROWDED_SESSIONS = 50


def build(sessions: int, crowd: int) -> dict[str, Any]:
    """Fill the database; what is known of it."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - after Django is set up

    from benchmarks import lab  # noqa: PLC0415
    from brainstem.apps.stem.models.project import Project  # noqa: PLC0415
    from brainstem.apps.stem.models.session import Session  # noqa: PLC0415
    from brainstem.apps.taxonomies.models.strain import Strain  # noqa: PLC0415
    from brainstem.apps.users.tokens import create_personal  # noqa: PLC0415

    lab.build(sessions, everything=True)
    people = get_user_model().objects
    reader = people.get(email=lab.READER)
    reader.set_password(PASSWORD)
    reader.save()
    confirmed(reader)
    mallory = confirmed(people.create_user(email=MALLORY, password=PASSWORD, first_name="Mallory"))
    people.create_superuser(email=ADMINISTRATOR, password=PASSWORD)
    strain = Strain.objects.get()
    crowded = project_of(reader, "Crowded", subjects=crowd, sessions=CROWDED_SESSIONS)
    own = project_of(mallory, "Mallory's", subjects=1, sessions=1)
    Project.objects.update(is_public=True)
    return {
        "reader": create_personal(reader, name="benchmark").raw,
        "reader_email": lab.READER,
        "mallory": create_personal(mallory, name="benchmark").raw,
        "mallory_email": MALLORY,
        "password": PASSWORD,
        "administrators": people.filter(is_superuser=True).count(),
        "session": str(Session.objects.order_by("id")[sessions // 2].pk),
        "crowded": str(crowded.pk),
        "project": str(own.pk),
        "subject": str(own.subjects.get().pk),
        "strain": str(strain.pk),
        "species": str(strain.species_id),
    }


def confirmed(person: Any) -> Any:
    """The same person, whose email address is confirmed."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415 - after Django is set up

    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    return person


def project_of(owner: Any, name: str, *, subjects: int, sessions: int) -> Any:
    """A project with so many subjects and sessions."""
    from brainstem.apps.stem.models.project import Project  # noqa: PLC0415 - after Django is set up
    from brainstem.apps.stem.models.session import Session  # noqa: PLC0415 - after Django is set up
    from brainstem.apps.stem.models.subject import Subject  # noqa: PLC0415 - after Django is set up
    from brainstem.apps.taxonomies.models.strain import Strain  # noqa: PLC0415
    from brainstem.core.access import roles  # noqa: PLC0415
    from brainstem.core.access.audience import audience_of  # noqa: PLC0415
    from brainstem.core.model.trees import Role  # noqa: PLC0415

    project = Project.objects.create(name=name)
    roles.grant(project.pk, users={owner.pk: Role.OWNER})
    audience, strain = audience_of([project.pk]), Strain.objects.get()
    text = "Housed with its litter; takes part in the second series. " * 3
    for model, number, more in ((Subject, subjects, {"strain": strain, "sex": "F"}), (Session, sessions, {})):
        rows = [model(name=f"{name} {n:05d}", description=text, audience_id=audience, **more) for n in range(number)]
        model._default_manager.bulk_create(rows)
        through: Any = model._meta.get_field("projects").remote_field.through
        column = f"{model._meta.model_name}_id"
        through.objects.bulk_create(through(**{column: row.pk, "project_id": project.pk}) for row in rows)
    return project


def main(sessions: str, crowd: str) -> None:
    """Fill the database that the environment names."""
    import django  # noqa: PLC0415 - the settings read the environment

    django.setup()
    print(json.dumps(build(int(sessions), int(crowd))))


if __name__ == "__main__":
    main(*sys.argv[1:])
