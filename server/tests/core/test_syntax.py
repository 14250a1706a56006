"""Query strings and what is read from them; no database, no model."""

import pytest

from brainstem.core.errors import QueryError
from brainstem.core.query.syntax import MAX_DEPTH, MAX_FILTERS, Filter, Sort, parse

READ = [
    ("", "filters", ()),
    ("filter{name}=Rat", "filters", (Filter(("name",), False, "Rat"),)),
    ("filter%7Bname%7D=Rat", "filters", (Filter(("name",), False, "Rat"),)),
    ("filter{-name.icontains}=a+b", "filters", (Filter(("name", "icontains"), True, "a b"),)),
    ("filter{projects.id}=1&filter{projects.id}=2", "filters",
     (Filter(("projects", "id"), False, "1"), Filter(("projects", "id"), False, "2"))),
    ("filter{name.in}=a,b&filter{name.in}=c", "filters", (Filter(("name", "in"), False, "a,b,c"),)),
    ("sort[]=-name&sort[]=id", "sorts", (Sort(("name",), True), Sort(("id",), False))),
    ("sort%5B%5D=name", "sorts", (Sort(("name",), False),)),
    ("include[]=behaviors.setup.*", "includes", (("behaviors", "setup"),)),
    ("include[]=behaviors.*&include[]=behaviors", "includes", (("behaviors",),)),
    ("include[]=*", "includes", ()),
    ("exclude[]=description", "excludes", (("description",),)),
    ("limit=1000", "limit", 100),
    ("per_page=7", "limit", 7),
    ("page=3&per_page=10", "offset", 20),
    ("search=two+words", "search", ("two", "words")),
    ("writable=true", "writable", True),
    ("cursor=", "cursor", ""),
    ("_=1234", "filters", ()),
    ("format=json", "limit", 20),
]  # fmt: skip

REFUSED = [
    ("filter{name=x", "filter{name"),
    ("filters{name}=x", "filters{name}"),
    ("limt=10", "limt"),
    ("limit=-1", "limit"),
    ("limit=0", "limit"),
    ("limit=ten", "limit"),
    ("limit=²", "limit"),
    ("offset=1.5", "offset"),
    ("offset=99999999999999999999", "offset"),
    ("page=0", "page"),
    ("page=2&offset=20", "page"),
    ("page=2&cursor=", "page"),
    ("writable=maybe", "writable"),
    ("filter{name}=%00", "filter{name}"),
    ("filter{a..b}=x", "filter{a..b}"),
    ("include[]=" + ".".join("a" * (MAX_DEPTH + 1)), "include[]"),
    ("include[]=" + ".".join("a" * 40), "include[]"),
    ("&".join(f"filter{{f{n}}}=1" for n in range(MAX_FILTERS + 1)), "filters"),
    ("&".join(f"filter{{f{n}}}=1" for n in range(500)), "non_field_errors"),
    ("filter{name}=%ff", "non_field_errors"),
]


@pytest.mark.parametrize(("text", "part", "value"), READ, ids=[text[:60] or "nothing" for text, _, _ in READ])
def test_a_query_string_is_read(text, part, value):
    assert getattr(parse(text), part) == value


@pytest.mark.parametrize(("text", "name"), REFUSED, ids=[text[:60] for text, _ in REFUSED])
def test_a_wrong_query_string_is_refused_and_the_parameter_named(text, name):
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert list(caught.value.errors) == [name]


def test_the_message_names_the_valid_parameters():
    with pytest.raises(QueryError, match="limit, offset"):
        parse("limt=10")
