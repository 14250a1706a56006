"""Reads the Prometheus text format 0.0.4 as strictly as its description: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_COMMENT = re.compile(rf"# (HELP|TYPE) ({NAME}) (.+)")
_SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)')
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}

Labels = frozenset[tuple[str, str]]


@dataclass
class Read:
    """Kinds of metrics by name, and samples by name and labels."""

    kinds: dict[str, str] = field(default_factory=dict)
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples that have these labels."""
        return sum(
            value for (found, has), value in self.samples.items() if found == name and has.issuperset(labels.items())
        )

    def labels(self, key: str) -> set[str]:
        """All values of a label."""
        return {value for _, has in self.samples for name, value in has if name == key}

    def names(self) -> set[str]:
        """Names of all samples that there can be."""
        return {name + suffix for name, kind in self.kinds.items() for suffix in SUFFIXES[kind]}


def read(text: str) -> Read:
    """The metrics of a text; fails where it breaks the format."""
    assert text.endswith("\n")
    found, about = Read(), set()
    for line in text[:-1].split("\n"):
        if comment := _COMMENT.fullmatch(line):
            kind, name, said = comment.groups()
            assert (kind, name) not in about, line
            about.add((kind, name))
            if kind == "TYPE":
                assert said in SUFFIXES, line
                found.kinds[name] = said
            continue
        sample = _SAMPLE.fullmatch(line)
        assert sample, line
        name, inside, value = sample[1], sample[2] or "", float(sample[3])
        pairs = _LABEL.findall(inside)
        assert ",".join(f'{key}="{text}"' for key, text in pairs) == inside, line
        assert name in found.names(), line
        key = (name, frozenset(pairs))
        assert key not in found.samples, line
        found.samples[key] = value
    return found
