"""Classes and loaders that are made from the contract when the client runs: as good as written ones, and as their stubs say."""

from __future__ import annotations

import ast
import copy
import inspect
import pickle
import pydoc
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import brainstem_api_tools
from brainstem_api_tools import BrainstemClient, ModelType, models
from brainstem_api_tools.loaders import Loaders
from brainstem_api_tools.models import ATTRIBUTES, CLASSES, Project, Session
from brainstem_api_tools.record import Record, fields_of, record_class
from brainstem_api_tools.resource import Resource

PACKAGE = Path(brainstem_api_tools.__file__).parent
SESSION = {"id": "x", "name": "Day 1", "projects": [{"id": "p", "name": "Place cells"}], "tags": []}


def stub(name: str) -> dict[str, ast.ClassDef]:
    """The classes of a stub."""
    tree = ast.parse((PACKAGE / f"{name}.pyi").read_text(encoding="utf-8"))
    return {one.name: one for one in tree.body if isinstance(one, ast.ClassDef)}


def attributes(declared: ast.ClassDef) -> list[str]:
    return [one.target.id for one in declared.body if isinstance(one, ast.AnnAssign)]


def methods(declared: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    return {one.name: one for one in declared.body if isinstance(one, ast.FunctionDef)}


@pytest.fixture
def nobody():
    """A client that asks no server."""
    with BrainstemClient(token="t", url="http://127.0.0.1:9") as client:
        yield client


# --- as good as written ones ---


def test_class_is_the_same_wherever_it_comes_from():
    assert import_module("brainstem_api_tools.models.session").Session is Session
    assert models.Session is Session is record_class("session")


def test_records_can_be_pickled_and_copied():
    record = Session(SESSION)

    assert pickle.loads(pickle.dumps(record)) == copy.deepcopy(record) == record
    assert pickle.loads(pickle.dumps(ModelType.session)) is ModelType.session


def test_pickled_record_can_be_read_where_nothing_was_imported_before():
    code = "import pickle, sys; print(pickle.loads(sys.stdin.buffer.read()))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(PACKAGE.parent)}, input=pickle.dumps(Session(SESSION)), capture_output=True, check=True,
    )  # fmt: skip

    assert done.stdout.decode().strip() == "Session(id='x', name='Day 1')"


def test_record_shows_and_is_of_its_class():
    record = Session(SESSION)

    assert repr(record) == "Session(id='x', name='Day 1')"
    assert isinstance(record.projects[0], Project)
    assert isinstance(record, Record)


def test_help_has_fields_and_loaders():
    assert "Projects that the session belongs to" in pydoc.render_doc(Session)
    shown = pydoc.render_doc(BrainstemClient, renderer=pydoc.plaintext)
    # Newer Pythons write each parameter on a line of its own.
    flat = " ".join(re.sub(r"(?m)^ *\|", "", shown).split()).replace("( ", "(")
    assert "load_session(self, portal: 'Name' = 'private', id: 'str | None' = None, name:" in flat
    assert "Load sessions, by default with their dataacquisition, behaviors, manipulations and epochs." in shown


def test_names_are_listed(nobody):
    assert {"sessions", "load_session"} <= set(dir(nobody))
    assert {"name", "projects"} <= set(dir(Session))
    assert {"Session", "Project"} <= set(dir(models))


def test_module_of_a_model_that_does_not_exist_is_not_found():
    with pytest.raises(ModuleNotFoundError, match="sesion"):
        import_module("brainstem_api_tools.models.sesion")
    with pytest.raises(AttributeError, match="Sesion"):
        _ = import_module("brainstem_api_tools.models.session").Sesion


def test_loader_refuses_parameters_that_it_has_not(nobody):
    with pytest.raises(TypeError, match=r"load_session\(\) got an unexpected keyword argument 'nmae'"):
        nobody.load_session(nmae="x")


def test_loader_can_be_overridden():
    class Own(BrainstemClient):
        def load(self, model, **given):
            return model, given

        def load_session(self, *given, **named):
            return super().load_session(*given, **named, tags="mine")

    with Own(token="t", url="http://127.0.0.1:9") as client:
        model, given = client.load_session("public", name="rat", filters={"x": 1}, include=[])

    assert (model, given["portal"], given["include"]) == ("session", "public", [])
    assert given["filters"] == {"x": 1, "name.icontains": "rat", "tags": "mine"}


# --- as their stubs say ---


@pytest.mark.parametrize("model", CLASSES.values())
def test_stub_of_a_model_has_its_class_and_its_calls(model):
    record, declared = record_class(model), stub(f"models/{model}")
    calls = getattr(import_module(f"brainstem_api_tools.models.{model}"), f"{record.__name__}Calls")

    assert list(declared) == [record.__name__, calls.__name__]
    assert attributes(declared[record.__name__]) == list(fields_of(record))
    assert inspect.getdoc(record) == ast.get_docstring(declared[record.__name__])
    assert inspect.getdoc(calls) == ast.get_docstring(declared[calls.__name__])
    assert issubclass(calls, Resource)
    assert all(hasattr(calls, name) for name in methods(declared[calls.__name__]))


def test_stub_of_the_attributes_has_those_of_a_client(nobody):
    plain, later = stub("attributes").values()

    assert attributes(plain) == attributes(later) == list(ATTRIBUTES)
    for declared in plain.body[1:]:
        assert type(getattr(nobody, declared.target.id)).__name__ == declared.annotation.value.id


def test_stub_of_the_enumeration_has_its_members():
    (declared,) = stub("model_type").values()

    assert [one.targets[0].id for one in declared.body if isinstance(one, ast.Assign)] == list(ModelType.__members__)
    assert ast.get_docstring(declared) == ModelType.__doc__


def test_stub_of_the_loaders_has_their_signatures():
    (declared,) = stub("loaders").values()
    found = methods(declared)

    assert list(found) == [name for name in vars(Loaders) if name.startswith("load_")]
    for name, method in found.items():
        function = getattr(Loaders, name)
        parameters = inspect.signature(function).parameters.values()
        assert [one.arg for one in method.args.args] == [one.name for one in parameters]
        assert [ast.literal_eval(one) for one in method.args.defaults] == [one.default for one in parameters][1:]
        assert ast.get_docstring(method) == inspect.getdoc(function)
