import time
import pytest
from tests.world import World, PASSWORD
from linkworkers import services
from linkworkers.models import LinkWorker, Allocation
from schools.models import School, SchoolType

@pytest.mark.django_db(transaction=True)
def test_probe(page_at, client):
    world = World()
    LinkWorker.objects.filter(user=world.secondary).update(working_days=[0,1,2], fte="0.6")
    School.objects.update(pupils=412)
    for width in (1280, 375):
        page = page_at(width)
        page.goto("/sign-in/")
        page.fill("[name=login]", "manager@example.org")
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.goto("/allocations/900001/")
        page.evaluate("document.querySelector('.lb-save').style.position='static'")
        page.screenshot(path=f"/tmp/shot-allocate-{width}.png", full_page=True)
    schools = School.objects.bulk_create(School(urn=f"91{n:04}", name=f"School {n}", type_group=SchoolType.PRIMARY, hub=world.coast) for n in range(120))
    Allocation.objects.bulk_create(Allocation(school=s, hub=world.coast, link_worker=world.primary.link_worker, kind="primary", starts_at=world.long_ago, allocated_by=world.manager) for s in schools)
    client.force_login(world.manager); client.get("/allocations/")
    best=9
    for _ in range(5):
        t=time.perf_counter(); client.get("/allocations/"); best=min(best,time.perf_counter()-t)
    print("best ms", best*1000)
