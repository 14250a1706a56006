"""The contract files: written the same every time, and refused when they are stale."""

import json

import pytest
from django.core.management import CommandError, call_command

from brainstem.config.management.commands.contract import spread
from brainstem.core.model.registry import specs


def test_what_was_written_is_fresh_until_it_is_changed(tmp_path):
    call_command("contract", folder=tmp_path, verbosity=0)
    call_command("contract", check=True, folder=tmp_path)
    (tmp_path / "models.json").write_text("{}\n")
    with pytest.raises(CommandError, match=r"models\.json .*make contract"):
        call_command("contract", check=True, folder=tmp_path)
    (tmp_path / "openapi.json").unlink()
    with pytest.raises(CommandError, match=r"openapi\.json, models\.json"):
        call_command("contract", check=True, folder=tmp_path)


def test_the_files_name_every_model(tmp_path):
    call_command("contract", folder=tmp_path)
    models = json.loads((tmp_path / "models.json").read_text())
    assert set(models) == {f"{spec.app}/{spec.segment}" for spec in specs().values()}
    paths = json.loads((tmp_path / "openapi.json").read_text())["paths"]
    assert all(f"/api/super/{name}/" in paths for name in models)


def test_a_value_is_spread_over_lines_down_to_the_depth_and_sorted():
    assert spread({"b": {"y": 1, "x": [2]}, "a": {}}, depth=1) == '{\n "a": {},\n "b": {"x":[2],"y":1}\n}\n'
