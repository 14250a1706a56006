import pytest
from ..people import unique

def test_one(clock, lab, alice):
    s = lab.add("session", description="one", tags=["a","b"], date_time="2025-01-02T03:04:05Z", extra_fields={"x": 1.5, "ee": "ü"})
    b = lab.add("behavior", session=s["id"])
    e = lab.add("epoch", session=s["id"], start="00:05:00.5", end="01:00:00")
    paths = [f"stem/session/{s['id']}", f"modules/behavior/{b['id']}", f"stem/epoch/{e['id']}", "stem/session", "modules/behavior",
      f"stem/session/{s['id']}?include[]=behaviors.subjects&include[]=projects&include[]=epochs",
      "stem/session?filter{description}=one&include[]=behaviors.setup", "stem/session?sort[]=-behaviors.id&sort[]=tags&cursor=",
      "stem/subject?include[]=procedures.subject&include[]=species", "stem/project?include[]=sessions.behaviors.setup",
      f"stem/session/{s['id']}/behaviors", f"stem/project/{lab['project']}/sessions", "users/user", "users/group", "stem/session?search=one",
      "stem/epoch?sort[]=start", "taxonomies/strain?include[]=species"]
    got = {}
    for p in paths:
        a = alice.get(p); assert a.status == 200, a.text; got[p]=a
    at = clock.tick()
    for p in paths:
        q = "&" if "?" in p else "?"
        a = alice.get(p + q + "as_of=" + at)
        assert a.status == 200, (p, a.text)
        assert a.text.replace(f"&as_of={at.replace(':','%3A')}","") == got[p].text, p
    alice.patch(f"stem/session/{s['id']}", {"description": "two", "tags": ["c"], "date_time": None, "extra_fields": {}})
    alice.patch(f"stem/epoch/{e['id']}", {"start": None, "name": "zz"})
    lab.add("session"); lab.add("behavior", session=s["id"])
    assert alice.delete(f"modules/behavior/{b['id']}").status == 204
    clock.tick()
    for p in paths:
        q = "&" if "?" in p else "?"
        a = alice.get(p + q + "as_of=" + at)
        assert a.status == 200, (p, a.text)
        assert a.text.replace(f"&as_of={at.replace(':','%3A')}","") == got[p].text, p
