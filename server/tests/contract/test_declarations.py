"""Every model against the data contract: names, types, limits, choices, defaults, and who offers what where."""

from collections import Counter

import pytest
from django.db import models

from brainstem.apps.users.models import User
from brainstem.core.model.fields import DetailsField, RichTextField, StructureField, TypeField
from brainstem.core.model.registry import routes, specs
from brainstem.core.model.structures import USER_ROLES
from brainstem.core.write.saving import required_names

from . import documented

checked: Counter[str] = Counter()

# The contract's words for structures that the server keeps under another name.
STRUCTURES = {"subjectlog_entries": "log_entries", "procedurelog_entries": "log_entries"}
ROLE_MAPS = {"project_users", "project_groups", "group_users", "groups_own"}

# Where a declaration goes beyond the contract, and why.
WRITABLE_THOUGH_READ_ONLY = {("dataacquisition", "image"): "uploads come through the API; an address is ignored"}
READ_ONLY_THOUGH_WRITABLE = {
    "type_schema_version": "set from the type schema",
    "coordinates_schema_version": "set from the type schema",
}
NOT_NULL_THOUGH_NULLABLE = {
    ("subject", "extra_fields"): "null is accepted and kept as {}",
    ("behavioralparadigm", "external_identifiers"): "null is accepted and kept as []",
    ("behavioralparadigmapproval", "external_identifiers"): "null is accepted and kept as []",
}
# Authors amend their proposals, and reviewers hand them back: the web guide knows it, the API page does not.
PROPOSALS_VERBS = {"change"}
PROPOSALS_ACTIONS = {"request_revision", "difference"}
PROPOSALS_STATES = ["Revision requested"]
# Administrators close accounts: the contract knows no such address.
# The web's page for managing members invites; the API page names no way.
MORE_ACTIONS = {"user": {"deactivate", "activate"}, "project": {"invite"}, "group": {"invite"}}
PORTALS_OF_UNDOCUMENTED = {"epoch": {"private", "public"}, "protocol": {"private"}}


@pytest.fixture(scope="module")
def contract():
    return documented.read("models")["models"]


@pytest.fixture(scope="module", autouse=True)
def report(facts):
    """Add what was held against the contract to the count of the whole run."""
    yield
    facts.update(checked)
    checked.clear()


def spec_for(entry):
    return routes()[entry["app"], entry["model"]]


def each(contract):
    for entry in contract.values():
        yield entry, spec_for(entry)


def each_field(contract, *, kinds=()):
    """(model entry, spec, field entry) of every field that is kept, of some types only when asked."""
    for entry, spec in each(contract):
        for field in entry["fields"]:
            if field["type"] != "form_filter" and (not kinds or field["type"] in kinds):
                yield entry, spec, field


def differences(kind, pairs):
    """Lines where what is declared is not what the contract says."""
    pairs = list(pairs)
    checked[kind] += len(pairs)
    assert pairs, f"nothing was compared for {kind}"
    return [f"{name}: declared {ours!r}, contract {theirs!r}" for name, ours, theirs in pairs if ours != theirs]


def label(entry, field):
    return f"{entry['model']}.{field['name']}"


def column_of(spec, name):
    return spec.columns[name].field if name in spec.columns else spec.relations[name].field


def test_every_model_is_served_and_no_other(contract):
    assert {(entry["app"], entry["model"]) for entry in contract.values()} == {
        (spec.app, spec.segment) for spec in specs().values()
    }
    checked["models"] += len(contract)


def test_envelope_keys(contract):
    pairs = []
    for entry, spec in each(contract):
        pairs.append((entry["model"], spec.resource.singular, entry["singular_key"]))
        pairs.append((entry["model"], spec.resource.plural, entry["plural_key"]))
    assert not differences("envelope keys", pairs)


def test_aliases_lead_to_the_model(contract):
    pairs = []
    for entry, spec in each(contract):
        names = [(entry["app"], one) for one in entry["url_aliases"]]
        names += [(app, entry["model"]) for app in entry["app_aliases"]]
        names += [tuple(url.strip("/").split("/")[-2:]) for url in entry.get("legacy_urls") or []]
        pairs += [("/".join(name), routes().get(name), spec) for name in names]
    assert not differences("aliases", pairs)


def test_ids_are_of_the_kind_that_clients_expect(contract):
    assert not differences(
        "ids", ((entry["model"], spec.columns["id"].wire_type, entry["id_type"]) for entry, spec in each(contract))
    )


def test_every_verb_is_offered_as_documented(contract):
    pairs = []
    for entry, spec in each(contract):
        for verb, action in entry["actions"].items():
            if action.get("available", True) is True:
                pairs.append((f"{entry['model']} {verb}", verb in spec.resource.verbs, True))
            elif "approves" in entry and verb in PROPOSALS_VERBS:
                continue
            elif action["available"] is False and entry["model"] != "epoch":
                pairs.append((f"{entry['model']} {verb}", verb in spec.resource.verbs, False))
    assert not differences("verbs", pairs)


def test_every_model_stands_in_the_portals_of_its_list(contract):
    pairs = []
    for entry, spec in each(contract):
        portals = set(entry["actions"]["list"].get("portals") or PORTALS_OF_UNDOCUMENTED[entry["model"]])
        pairs.append((entry["model"], set(spec.resource.portals), portals))
    assert not differences("portals", pairs)


def test_every_extra_action_is_declared(contract):
    pairs = []
    for entry, spec in each(contract):
        more = PROPOSALS_ACTIONS if "approves" in entry else MORE_ACTIONS.get(entry["model"], set())
        pairs.append((entry["model"], set(spec.resource.actions), set(entry["extra_actions"]) | more))
    assert not differences("actions", pairs)


def test_every_key_is_served_in_the_order_of_the_contract(contract):
    pairs = []
    for entry, spec in each(contract):
        wanted = [f["name"] for f in entry["fields"] if f["type"] != "form_filter"]
        # These stand at the end of every record.
        wanted = [name for name in wanted if name not in ("created_at", "updated_at")]
        pairs.append((entry["model"], [key for key in spec.keys if key in wanted], wanted))
    problems = differences("order of keys", pairs)
    checked["keys"] += sum(len(wanted) for _, _, wanted in pairs)
    assert not problems


def test_every_key_leads_somewhere_and_explains_itself():
    for spec in specs().values():
        for key in spec.keys:
            if key in spec.columns:
                text = spec.columns[key].help_text
            elif key in spec.relations:
                text = spec.relations[key].field.help_text
            elif key in spec.computed:
                text = spec.computed[key].help_text
            else:
                assert key == "tags", (spec.label, key)
                assert spec.has_tags, (spec.label, key)
                text = spec.model._meta.get_field("tags").help_text
            assert text.endswith("."), (spec.label, key, text)
            checked["help texts"] += 1


def test_every_record_says_who_made_it_and_when():
    for spec in specs().values():
        assert spec.keys[-3:] == ("created_at", "updated_at", "created_by"), spec.label


def test_types_of_values(contract):
    plain = {
        "uuid", "integer", "positive_integer", "number", "string", "text", "richtext", "date", "datetime", "duration",
        "boolean", "json", "url", "email", "country", "file", "image",
    }  # fmt: skip
    pairs = [
        (label(entry, field), spec.columns[field["name"]].wire_type, field["type"])
        for entry, spec, field in each_field(contract, kinds=plain)
        if field["name"] not in spec.computed
    ]
    assert not differences("types", pairs)


def test_relations_lead_to_the_right_model(contract):
    pairs = []
    for entry, spec, field in each_field(contract, kinds={"fk", "m2m", "reverse_m2m"}):
        if field["name"] == "authenticated_groups":
            continue
        relation = spec.relations[field["name"]]
        target = specs()[relation.target].segment
        pairs.append((label(entry, field), (target, relation.many), (field["related"], field["type"] != "fk")))
    assert not differences("relations", pairs)


def test_what_is_derived_is_reached_as_documented(contract):
    pairs = [
        (label(entry, field), ".".join(spec.computed[field["name"]].path), field["related_via"])
        for entry, spec, field in each_field(contract, kinds={"derived"})
    ]
    assert not differences("derived", pairs)


def test_tags_are_tags(contract):
    pairs = [(label(entry, field), spec.has_tags, True) for entry, spec, field in each_field(contract, kinds={"tags"})]
    assert not differences("tags", pairs)


def test_limits_of_length(contract):
    pairs = [
        (label(entry, field), column_of(spec, field["name"]).max_length, field["max_length"])
        for entry, spec, field in each_field(contract)
        if "max_length" in field
    ]
    assert not differences("lengths", pairs)


def test_choices_with_their_order(contract):
    pairs = []
    for entry, spec, field in each_field(contract):
        if "choices" in field and field.get("structure") is None:
            declared = [value for value, _ in column_of(spec, field["name"]).choices]
            more = PROPOSALS_STATES if "approves" in entry and field["name"] == "status" else []
            pairs.append((label(entry, field), declared, [one["value"] for one in field["choices"]] + more))
    assert not differences("choices", pairs)


def test_labels_of_choices(contract):
    """Of authority types the contract gives longer labels in its notes."""
    pairs = []
    for entry, spec, field in each_field(contract):
        if "choices" in field and field.get("structure") is None and field["name"] != "authority_type":
            declared = dict(column_of(spec, field["name"]).choices)
            pairs += [(label(entry, field), declared[one["value"]], one["label"]) for one in field["choices"]]
    assert not differences("labels", pairs)


def test_roles_of_people_are_the_closed_list(contract):
    field = next(f for f in contract["project"]["fields"] if f["name"] == "user_roles")
    assert list(USER_ROLES) == [one["value"] for one in field["choices"]]


def test_type_codes_come_from_the_schemas_of_the_right_group(contract):
    pairs = []
    for entry, spec, field in each_field(contract):
        source = field.get("choices_from", "")
        if source.startswith("schemas/"):
            column = column_of(spec, field["name"])
            assert isinstance(column, TypeField), label(entry, field)
            pairs.append((label(entry, field), column.schema_group, source.partition("#")[2]))
        elif source == "brainregion.atlas":
            regions = routes()["taxonomies", "brainregion"].columns["atlas"].field
            pairs.append((label(entry, field), User._meta.get_field(field["name"]).choices, regions.choices))
    assert not differences("type codes", pairs)


def test_details_follow_the_field_that_names_their_type(contract):
    pairs = []
    for entry, spec, field in each_field(contract):
        if "schema" in field:
            column = column_of(spec, field["name"])
            assert isinstance(column, DetailsField), label(entry, field)
            selector = field["schema"].partition("{")[2].partition("}")[0]
            pairs.append((label(entry, field), column.selector, selector))
    assert not differences("details", pairs)


def test_shapes_of_json(contract):
    pairs = []
    for entry, spec, field in each_field(contract):
        structure = field.get("structure")
        if structure and structure not in ROLE_MAPS:
            column = column_of(spec, field["name"])
            assert isinstance(column, StructureField), label(entry, field)
            pairs.append((label(entry, field), column.structure, STRUCTURES.get(structure, structure)))
    assert not differences("structures", pairs)


def test_defaults(contract):
    pairs = [
        (label(entry, field), column_of(spec, field["name"]).get_default(), field["default"])
        for entry, spec, field in each_field(contract)
        if "default" in field
    ]
    assert not differences("defaults", pairs)


def test_what_is_not_required_has_a_default(contract):
    pairs = []
    for entry, spec, field in each_field(contract):
        if not field.get("required") and not field.get("read_only") and field["name"] in spec.columns:
            column = column_of(spec, field["name"])
            optional = column.null or column.blank or column.has_default() or not spec.resource.verbs & {"add"}
            pairs.append((label(entry, field), bool(optional), True))
    assert not differences("optional", pairs)


def test_required_fields(contract):
    pairs = []
    for entry, spec in each(contract):
        if "add" not in spec.resource.verbs:
            continue
        # A default stands in for what is left out.
        wanted = {
            f["name"] for f in entry["fields"] if f.get("required") and not f.get("read_only") and "default" not in f
        }
        if entry["model"] == "procedure":
            # Required by a rule, for the types that have systems: anesthesia has none to name.
            wanted -= {"coordinates_system"}
        pairs.append((entry["model"], set(required_names(spec)), wanted))
    problems = differences("models with required fields", pairs)
    checked["required"] += sum(len(wanted) for _, _, wanted in pairs)
    assert not problems


def test_null_where_the_contract_shows_null(contract):
    pairs = []
    for entry, spec, field in each_field(contract):
        name = field["name"]
        if not field.get("nullable") or (entry["model"], name) in NOT_NULL_THOUGH_NULLABLE or name in spec.computed:
            continue
        column = column_of(spec, name)
        # An upload that is not there is shown as null.
        pairs.append((label(entry, field), column.null or isinstance(column, models.FileField), True))
    assert not differences("null", pairs)


def test_unique_names(contract):
    pairs = [
        (label(entry, field), column_of(spec, field["name"]).unique, True)
        for entry, spec, field in each_field(contract)
        if field.get("unique") and field["name"] != "id"
    ]
    assert not differences("unique", pairs)


def test_unique_together(contract):
    pairs = []
    for entry, spec in each(contract):
        declared = {
            tuple(one.fields) for one in spec.model._meta.constraints if isinstance(one, models.UniqueConstraint)
        }
        pairs += [(entry["model"], tuple(one) in declared, True) for one in entry.get("unique_together") or []]
    assert not differences("unique together", pairs)


def test_order_is_kept_where_the_contract_keeps_one(contract):
    pairs = [
        (label(entry, field), field["name"] in spec.resource.ordered, True)
        for entry, spec, field in each_field(contract)
        if field.get("ordered")
    ]
    assert not differences("ordered", pairs)


def test_read_only_fields(contract):
    pairs = []
    for entry, spec, field in each_field(contract):
        name = field["name"]
        if name in READ_ONLY_THOUGH_WRITABLE or (entry["model"], name) in WRITABLE_THOUGH_READ_ONLY:
            continue
        # A model that is not written has nothing to be written.
        if not spec.resource.verbs & {"add", "change"} or name == "id":
            continue
        pairs.append((label(entry, field), spec.writable(name), not field.get("read_only", False)))
    assert not differences("read only", [pair for pair in pairs if not pair[0].endswith("groups_own_json")])


def test_links_name_what_the_contract_documents(contract):
    pairs = []
    for entry, spec, field in each_field(contract):
        for name, suffix in field.get("documented_suffixes", {}).items():
            pairs.append((label(entry, field), (name in spec.resource.links, suffix), (True, f"{name}/")))
    assert not differences("links", pairs)


def test_every_filter_alias_leads_somewhere():
    for spec in specs().values():
        for name, paths in spec.resource.filter_aliases.items():
            assert name not in spec.columns, (spec.label, name)
            for path in paths:
                at = spec
                for step in path.split("."):
                    if step in at.columns:
                        break
                    at = specs()[at.relations[step].target]


def test_every_search_looks_into_text():
    for spec in specs().values():
        for name in spec.resource.search:
            column = spec.columns[name].field
            assert isinstance(column, models.CharField | models.TextField | RichTextField), (spec.label, name)
