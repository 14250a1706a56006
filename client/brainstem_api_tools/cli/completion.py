"""Completion for shells: each asks ``brainstem __complete``, so that all know the same."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from .parser import build_parser

BASH = """_brainstem() {
    local IFS=$'\\n'
    COMPREPLY=($(brainstem __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
    [[ ${COMPREPLY[0]} == *[=,] ]] && compopt -o nospace
}
complete -o filenames -F _brainstem brainstem
"""
ZSH = """#compdef brainstem
_brainstem() {
    local -a found
    found=("${(@f)$(brainstem __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n ${found[1]} ]]; then
        compadd -Q -S '' -- ${(M)found:#*[=,]}
        compadd -Q -- ${found:#*[=,]}
    else
        _files
    fi
}
compdef _brainstem brainstem
"""
FISH = """function __brainstem_complete
    brainstem __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null
end
complete -c brainstem -f -a '(__brainstem_complete)'
complete -c brainstem -F -n 'test (count (__brainstem_complete)) -eq 0'
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
# Options whose values are fields of the model.
OF_FIELDS = {"--sort": "", "--columns": "", "--filters": "=", "--include": "", "--key": ""}


def script(arguments: argparse.Namespace) -> int:
    """The script for a shell."""
    print(SCRIPTS[arguments.shell], end="")
    return 0


def complete(words: list[str]) -> int:
    """Print what may stand in the place of the last word, one a line."""
    *before, word = words or [""]
    try:
        found = [one for one in candidates(before, word) if one.startswith(word)]
    except Exception:  # noqa: BLE001  # nobody wants to read of an error in the middle of a line
        return 1
    for one in sorted(dict.fromkeys(found)):
        print(one)
    return 0


def candidates(before: list[str], word: str) -> Iterable[str]:
    """Everything that may stand after these words; nothing where only a person knows."""
    parser = build_parser()
    commands = next(one for one in parser._actions if isinstance(one, argparse._SubParsersAction)).choices
    command = next((one for one in before if one in commands), "")
    if not command:
        return [*_options(parser), *([] if word.startswith("-") else commands)]
    return _of_command(commands[command], before[before.index(command) + 1 :], word)


def _of_command(command: argparse.ArgumentParser, before: list[str], word: str) -> Iterable[str]:
    last = next((one for one in reversed(before) if one.startswith("-")), "")
    option = command._option_string_actions.get(last)
    if word.startswith("-") and last != "--sort":
        return _options(command)
    if option and option.nargs != 0 and (option.nargs == "+" or before[-1] == last):
        return _values(option, last, _model_of(before), word)
    positional = [one for one in command._actions if not one.option_strings]
    given = _positionals(command, before)
    if given < len(positional):
        return _values(positional[given], positional[given].dest, "", word)
    return _options(command)


def _positionals(command: argparse.ArgumentParser, before: list[str]) -> int:
    """How many arguments without an option stand there already."""
    count, taking = 0, 0
    for one in before:
        action = command._option_string_actions.get(one)
        if action:
            taking = 0 if action.nargs == 0 else 1_000 if action.nargs == "+" else 1
        elif taking:
            taking -= 1
        else:
            count += 1
    return count


def _model_of(before: list[str]) -> str:
    from ..contract import routes

    return next((one for one in before if one in routes()), "")


def _values(action: argparse.Action, name: str, model: str, word: str) -> Iterable[str]:
    if action.choices:
        return [str(one) for one in action.choices]
    if name in {"model", "--model"}:
        from ..contract import models

        return list(models())
    if name in OF_FIELDS and model:
        return _fields(name, model, word)
    return []


def _fields(option: str, model: str, word: str) -> Iterable[str]:
    from .describe import built_in

    fields = built_in(model)
    names = [one.name for one in fields.values() if one.related or option != "--include"]
    found = [f"{name}{OF_FIELDS[option]}" for name in names]
    if option == "--sort":
        found += [f"-{name}" for name in names]
    # After a comma the next name is completed, behind those that stand there.
    head = word.rpartition(",")[0] + "," if option in {"--columns", "--key"} and "," in word else ""
    return [f"{head}{name}" for name in found]


def _options(parser: argparse.ArgumentParser) -> list[str]:
    return [one for action in parser._actions for one in action.option_strings if one.startswith("--")]
