import re
from tests.consultations.test_queries import *
from tests.consultations.test_queries import as_
from tests.consultations.test_children_queries import form_about

def show(title, sent):
    print(f"\n##### {title}: {len(sent)}")
    for n, s in enumerate(sent, 1):
        s = re.sub(r"SELECT (DISTINCT )?.*? FROM", r"SELECT … FROM", s, count=1) if s.startswith("SELECT") else s
        print(n, s[:260])

def test_probe(world, as_):
    client = as_(world.primary)
    for title, data in (("short", short_form(world)), ("two children", form_about(world, 2))):
      for press in ({"how": "here"}, {"how": "here", "later": "1"}):
        draft = draft_by(world, data)
        address = f"/consultations/{draft.target_id}/complete/"
        with CaptureQueriesContext(connection) as captured:
            r = client.post(address, press)
        assert r.status_code == 302 and "edit" not in r["Location"], r["Location"]
        sent = [q["sql"] for q in captured]
        print("\nwith savepoints", len(sent), [s[:14] for s in sent if "SAVEPOINT" in s])
        show(f"{title} {press}", [s for s in sent if "SAVEPOINT" not in s])
