"""Who may do what, worked out from the contract alone: the oracle of the permission matrix.

Reads `permissions.json` and `models.json`, and for what they leave open the Decisions of the contract's README. Imports
nothing of the server, not even Django, and asks it nothing: who holds what is data, here. A sentence of the contract that
this module does not know is a KeyError, not a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MEMBER, CONTRIBUTOR, MANAGER, OWNER = 1, 2, 3, 4
PORTALS = ("private", "public", "super")
VERBS = {"list": "list", "detail": "detail", "add": "add", "PATCH": "change", "PUT": "change", "DELETE": "delete"}
DONE = {"detail": "200", "add": "201", "DELETE": "204", "POST invite": "201", "POST invite manager": "201"}


@dataclass(frozen=True)
class Person:
    """Somebody who asks: roles by root ("project", "attribute": every personal attribute, "group", "visitors")."""

    name: str
    roles: dict[str, int] = field(default_factory=dict)
    account: str = ""  # whose token it is; the person's own where nothing is said
    through_group: bool = False  # holds the roles on project and attributes as a member of a group that holds them
    admin: bool = False
    token: str = "full"  # "none", "dead", "read only", "bound here" (to the project), "bound elsewhere"

    @property
    def whose(self) -> str:
        return self.account or self.name

    @property
    def bound(self) -> bool:
        return self.token.startswith("bound")

    def level(self, root: str, *, writing: bool = False) -> int:
        """What they hold on a root. A bound token sees one project and its person's attributes, and writes data there."""
        if self.token == "bound elsewhere" and root == "project":
            return 0
        if self.bound and root != "project" and (writing or root in ("group", "visitors")):
            return 0
        return self.roles.get(root, 0)


def _levels(level: int) -> dict[str, int]:
    return {"project": level, "attribute": level}


_ALL = {**_levels(OWNER), "group": OWNER}
PEOPLE = (
    Person("anonymous", token="none"),
    Person("stranger"),
    Person("member", {**_levels(MEMBER), "group": MEMBER}),
    Person("contributor", _levels(CONTRIBUTOR)),
    Person("manager", {**_levels(MANAGER), "group": MANAGER}),
    Person("owner", _ALL),
    Person("member through a group", _levels(MEMBER), through_group=True),
    Person("contributor through a group", _levels(CONTRIBUTOR), through_group=True),
    Person("manager through a group", _levels(MANAGER), through_group=True),
    Person("owner through a group", _levels(OWNER), through_group=True),
    Person("owner of the project alone", {"project": OWNER}),
    Person("owner of the attributes alone", {"attribute": OWNER}),
    Person("guest", {"visitors": MANAGER}),  # invited to project and group, and asked to join the group
    Person("administrator", admin=True),
    Person("deactivated", _ALL, token="dead"),
    Person("read-only owner", _ALL, account="owner", token="read only"),
    Person("owner bound here", _ALL, account="owner", token="bound here"),
    Person("owner bound elsewhere", _ALL, account="owner", token="bound elsewhere"),
    Person("read-only administrator", admin=True, account="administrator", token="read only"),
    Person("administrator bound here", admin=True, account="administrator", token="bound here"),
)
AUTHOR, INVITEE, SUBJECT = "owner", "guest", "owner"  # of the proposals; of the invitations; the account of the row
# Beyond the contract, which says nothing of them: authors amend proposals, which can also be handed back; one may ask who
# sees a record and what deleting or publishing it would do; people are invited by a call; accounts are closed and opened.
AMENDED = "the author"
PROPOSALS = ("PATCH accept", "PATCH reject", "PATCH request_revision", "GET difference")
SIDES = tuple(f"{method} {name}" for name in ("accept", "reject", "cancel") for method in ("GET", "POST"))
JOINING = tuple(f"{method} {name}" for name in ("join", "leave") for method in ("GET", "POST"))
INVITING = ("POST invite", "POST invite manager")
SHARING = ("change users", "change managers")
# Taking back: a record goes back to an earlier state, an event is undone, what was deleted is listed and restored.
TAKING_BACK = ("POST revert", "POST undo", "GET deleted", "POST restore")
ASKING = ("GET access", "GET delete_preview", "GET publish_preview")  # tokens that only read may ask too
# Those who may change a record read its history; to others it is not there, wherever they see the record.
HISTORIES = ("GET history", "list history")
# What an addition refers to beside the root that it is added to; what is not seen is not there (400).
REFERS = {"behavior": ("attribute",), "sessiondatastorage": ("attribute",)}


def _tree(branch: dict[str, Any]) -> set[str]:
    return set(branch).union(*map(_tree, branch.values()))


class Model:
    """The contract as rules."""

    def __init__(self, permissions: dict[str, Any], models: dict[str, Any]) -> None:
        self.who, self.models, self.flows = permissions["who_may"], models["models"], permissions["flows"]
        self.proposals = set(permissions["approvals"]["models"])
        self.public = set(permissions["public"]["project"]["components"])
        project, personal = (_tree(permissions["inheritance"][f"tree_{name}"]) for name in ("project", "personal"))
        self.roots = dict.fromkeys(personal, "attribute") | dict.fromkeys(project, "project")
        self.roots |= {"sessiondatastorage": "project", "group": "group", "laboratory": "group"}

    def portals(self, model: str) -> set[str]:
        """Those that a model is in: as documented; else private, and public what a public project is made of."""
        found = self.models[model]["actions"]["list"].get("portals")
        return {"super", *(found or ("private", *(("public",) if model in self.public else ())))}

    def offers(self, model: str, verb: str) -> bool:
        """Whether there is such a verb: no page says no, and somebody is said to be allowed it."""
        if model in self.proposals:
            return verb not in ("add", "delete")
        said = self.models[model]["actions"][verb].get("available", True)
        return said is not False and (verb in ("list", "detail") or self._phrase(model, verb) is not None)

    def actions(self, model: str) -> tuple[str, ...]:
        """The extra calls of one record: a method and a name, or "change" and what a PATCH of the record changes."""
        return (*self._actions(model), *HISTORIES)

    def _actions(self, model: str) -> tuple[str, ...]:
        if model in self.proposals:
            return (*PROPOSALS, "GET access", "POST revert")
        if model in self.flows:
            return (*SIDES, "GET access")
        found = [f"PATCH {name}" for name in self.models[model].get("extra_actions") or () if name.endswith("_entry")]
        found += {"group": [*JOINING, *INVITING, *SHARING], "user": ["POST deactivate", "POST activate"]}.get(model, [])
        if model == "project" or self._phrase(model, "delete") == "attribute owner":
            found += [*(INVITING if model == "project" else ()), *SHARING, "change is_public"]
        asked = [self.offers(model, verb) for verb in ("list", "delete")] + [model == "project"]
        back = [self.offers(model, verb) for verb in ("change", "change", "delete", "delete")]
        pairs = [*zip(ASKING, asked, strict=True), *zip(TAKING_BACK, back, strict=True)]
        return (*found, *(name for name, offered in pairs if offered))

    def expected(  # noqa: PLR0911 - one return for each kind of question
        self, portal: str, person: Person, model: str, verb: str, *, is_open: bool = False
    ) -> str:
        """The status, and what of the answer matters; ``is_open``: project and attributes are public."""
        if portal != "public" and person.token in ("none", "dead"):
            return "401"
        if portal == "super" and (not person.admin or person.bound):
            return "403"
        if portal not in self.portals(model):
            return "404"
        if verb == "OPTIONS":
            return "200"
        if verb in VERBS and (not self.offers(model, VERBS[verb]) or (portal == "public" and verb in tuple(VERBS)[2:])):
            return "405"
        if portal == "public" and verb not in VERBS:
            return "405" if verb.startswith("change") else "404"
        if verb in TAKING_BACK[1:]:
            return self._taking_back(portal, person, model, verb)
        seen = self.sees(portal, person, model, is_open=is_open)
        if verb in HISTORIES:
            found = seen and (portal == "super" or self._reads_history(person, model))
            return ("200" if found else "404") if verb == "GET history" else f"200 with{'' if found else 'out'} it"
        if verb == "list":
            return "200 with it" if seen else "200 without it"
        return self._one(portal, person, model, verb) if seen or verb == "add" else "404"

    def sees(self, portal: str, person: Person, model: str, *, is_open: bool) -> bool:
        """Whether the row is there for the person."""
        said = self.who[model]["read"]
        said = self.who[said[3:]]["read"] if said.startswith("as ") else said
        if portal == "super":
            return True
        if portal == "public":  # a user only if they contribute to something public
            return is_open if model == "user" else said.startswith("everyone") or (is_open and "anyone" in said)
        if said == "see approvals":  # administrators see all, others their own
            return (person.admin and not person.bound) or person.whose == AUTHOR
        if said.startswith("the two sides"):
            return not person.bound and any(self._holds(person, one) for one in self._sides(model))
        if said.startswith(("project member", "member of the attribute")):
            return person.level(self.roots[model]) >= MEMBER
        return {"everyone": True, "everyone once approved": True, "not documented": False}[said]

    def _taking_back(self, portal: str, person: Person, model: str, verb: str) -> str:
        """Who may not change a record knows no event of it, and who could not delete it does not see that it is gone."""
        said = self._phrase(model, "change" if verb == "POST undo" else "delete") or "administrators"
        said = "administrators" if said.endswith("(pending approval)") else said
        mine = portal == "super" or self._holds(person, said)
        if person.bound and verb != "POST undo" and (model == "project" or said == "attribute owner"):
            mine = False
        if verb == "GET deleted":
            return "200 with it" if mine else "200 without it"
        if model == "group" and verb == "POST undo" and portal != "super" and not mine:
            # Managers may change who is in a group, and so know its history.
            return "403" if person.level("group", writing=True) >= MANAGER else "404"
        return "404" if not mine else "403" if person.token == "read only" else "200"

    def _one(self, portal: str, person: Person, model: str, verb: str) -> str:
        """Of a row that is seen, or one to add: done, or refused."""
        done = DONE.get(verb, "200")
        if verb == "detail":
            # Everybody sees that there is a group; who is in it, those who are.
            shown = portal != "public" and (model != "group" or portal == "super" or person.roles.get("group", 0))
            return "200 with people" if shown else done
        if self._limited(person, model, verb):
            return "403"
        if verb in JOINING:
            return self._joining(person, verb)
        if verb == "GET difference" or portal == "super":
            return done
        root = self.roots.get(model)
        if verb == "add" and self._refers_to_unseen(person, model, root):
            return "403" if person.bound and root == "attribute" else "400"
        if verb in SIDES:
            return done if any(self._holds(person, one) for one in self.flows[model][verb.split()[1]]) else "403"
        said = self._phrase(model, VERBS.get("PATCH" if verb == "POST revert" else verb, verb))
        if said and said.endswith("(pending approval)") and not person.admin:
            return "403" if person.bound else f"{done} as a proposal"
        return done if said and self._holds(person, said) else "403"

    def _reads_history(self, person: Person, model: str) -> bool:
        """Whether they may change the record, whatever the token; proposing a change is not changing."""
        said = {"group": "group manager"}.get(model) or self._phrase(model, "change")
        if said and said.endswith("(pending approval)"):
            said = "administrators"
        return bool(said) and self._holds(person, str(said))

    def _limited(self, person: Person, model: str, verb: str) -> bool:
        """Whether the token may not do such a thing at all, whoever its person is."""
        if person.token == "read only":
            return verb not in ("GET difference", *ASKING)
        shares = verb in (*JOINING, *INVITING, *SHARING, "change is_public")
        return person.bound and (shares or (model, verb) == ("project", "DELETE"))

    def _refers_to_unseen(self, person: Person, model: str, root: str | None) -> bool:
        """Whether what is added would refer to something that is not there for the person."""
        if (
            root is None
            or model in ("project", "group", "laboratory")
            or self._phrase(model, "delete") == "attribute owner"
        ):
            return False
        return any(person.level(one) < MEMBER for one in (root, *REFERS.get(model, ())))

    def _joining(self, person: Person, verb: str) -> str:
        """Members are in already, and so is who asked; who is no member cannot leave."""
        member = person.level("group") >= MEMBER
        if verb.endswith("leave"):
            return "200" if member else "400"
        return "400" if member or person.whose == INVITEE else "200"

    def _sides(self, model: str) -> list[str]:
        flow = self.flows[model]
        return [*flow["accept"], *flow["reject"], *flow["cancel"]]

    def _phrase(self, model: str, verb: str) -> str | None:
        """What the contract says of who may."""
        if verb == "GET access":
            return self._asks(model)
        if verb == "GET delete_preview":
            return self._phrase(model, "delete")
        if model in self.proposals:
            return AMENDED if verb == "change" else "administrators"
        if verb in ("POST deactivate", "POST activate"):
            return "administrators"
        if verb in (*SHARING, *INVITING, "change is_public", "GET publish_preview"):
            return f"{self.roots[model]} {'manager' if verb in ('POST invite', 'change users') else 'owner'}"
        rules = self.who[model]
        found: str | None = rules.get(verb) or rules.get("write")
        return found

    def _asks(self, model: str) -> str:
        """Who may ask who sees a record: its managers; of what has none, who looks after it."""
        if model in self.proposals:
            return "any authenticated user"  # of those who see it
        if model in self.flows:
            return next(one for one in self._sides(model) if one in ("project manager", "group manager"))
        if model in ("user", "laboratory"):
            return str(self.who[model]["change"])
        return f"{self.roots[model]} manager" if model in self.roots else "administrators"

    def _holds(self, person: Person, said: str) -> bool:
        def level(root: str, needed: int) -> bool:
            return person.level(root, writing=True) >= needed

        return {
            "administrators": lambda: person.admin and not person.bound,
            "not documented; reading: administrators": lambda: person.admin and not person.bound,
            "own record or administrators": lambda: (person.whose == SUBJECT or person.admin) and not person.bound,
            "any authenticated user": lambda: not person.bound,
            "any authenticated user (pending approval)": lambda: not person.bound,
            AMENDED: lambda: person.whose == AUTHOR and not person.bound,
            "project contributor": lambda: level("project", CONTRIBUTOR),
            "project contributor with change permission on the data storage": lambda: level("project", CONTRIBUTOR),
            "contributor on the setup": lambda: level("attribute", CONTRIBUTOR),
            "contributor on the inventory": lambda: level("attribute", CONTRIBUTOR),
            "contributor; is_public by owners only": lambda: level("attribute", CONTRIBUTOR),
            "project owner (members: manager)": lambda: level("project", OWNER),
            "owner (members: manager)": lambda: level("group", OWNER),
            "owner": lambda: level("group", OWNER),
            "owner of the group": lambda: level("group", OWNER),
            "project owner": lambda: level("project", OWNER),
            "project manager": lambda: level("project", MANAGER),
            "group owner": lambda: level("group", OWNER),
            "group manager": lambda: level("group", MANAGER),
            "managers and owners of the invited group": lambda: level("visitors", MANAGER),
            "invitee": lambda: person.whose == INVITEE,
            "requesting user": lambda: person.whose == INVITEE,
            "attribute owner": lambda: level("attribute", OWNER),
            "attribute manager": lambda: level("attribute", MANAGER),
        }[said]()
