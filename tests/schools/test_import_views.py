"""Bringing in people at schools in the browser: looked at first, then done."""

import base64
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import Act, Verb
from schools.attendance import monday_of
from schools.import_views import CONTACTS
from schools.models import AttendanceWeek, SchoolContact
from tests.children import child

PAGE = "/schools/contacts/import/"
LINES = (
    "URN,name,roles,email",
    "900001,Zoë Newhead,head,zoe@example.org",
    "900003,Yan Newhead,head,yan@example.org",
    "900001,=1+1,king,x@example.org",
    "=1+1,Ann,dsl,ann@example.org",
)


def send(client, content, name="people.csv"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


def lines(*rows, encoding="cp1252"):
    return "\r\n".join(rows).encode(encoding)


def text(response):
    return response.content.decode()


def test_a_file_is_looked_at_before_anything_is_done(as_, world):
    client = as_(world.manager)
    looked = send(client, lines(*LINES))
    assert "1 added, 0 changed, 0 unchanged, 3 rejected" in text(looked)
    assert "Maya Manager may not add people at Beechcroft Junior School" in text(looked)
    assert not SchoolContact.objects.filter(name__contains="Newhead").exists()
    done = client.post(PAGE, {"content": looked.context["content"]})
    assert "What was done" in text(done)
    contact = SchoolContact.objects.get(name="Zoë Newhead")
    assert contact.added_by == world.manager
    assert contact.confirmed_at is None
    again = client.post(PAGE, {"content": looked.context["content"]})
    assert "0 added, 0 changed, 1 unchanged" in text(again)
    assert SchoolContact.objects.filter(name="Zoë Newhead").count() == 1


def test_attendance_that_is_sent_twice_is_brought_in_once(as_, world):
    upn = child(world).identifiers.get().value
    week = monday_of(timezone.localdate()) - timedelta(weeks=4)
    row = f"900001,{upn},{week},10,3,1"
    content = lines("URN,UPN,Week,Sessions possible,Sessions missed,Unauthorised", row)
    client = as_(world.manager)
    looked = client.post(
        "/schools/attendance/import/", {"file": SimpleUploadedFile("register.csv", content)}
    )
    assert not AttendanceWeek.objects.exists()
    for does in ("1 added, 0 changed, 0 unchanged", "0 added, 0 changed, 1 unchanged"):
        sent = {"content": looked.context["content"]}
        done = client.post("/schools/attendance/import/", sent, follow=True)
        assert does in text(done)
        assert AttendanceWeek.objects.get().missed == 3
    assert Act.objects.filter(verb=Verb.IMPORT).count() == 1


def test_the_rows_left_out_are_a_file_that_no_spreadsheet_runs(as_, world):
    client = as_(world.manager)
    looked = send(client, lines(*LINES))
    answer = client.post(PAGE, {"content": looked.context["content"], "rejected": "1"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="contacts.rejected.csv"'
    table = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "contacts.csv,3,900003," in table
    assert "contacts.csv,5,'=1+1," in table


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b"\0\0", "NUL characters"),
        (lines(*LINES, encoding="utf-16"), "The file is in UTF-16"),
        (b"PK\x03\x04rest", "a zip or a spreadsheet, not CSV"),
        (b"name\r\nZoe", "no column named URN or roles"),
        (b"URN,name,roles", "and nobody"),
        (b"a" * (CONTACTS.most_bytes + 1), "must be smaller than 30 kB"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(as_, world, content, says):
    response = send(as_(world.administrator), content)
    assert response.status_code == 200
    assert "There is a problem" in text(response)
    assert says in text(response)


@pytest.mark.parametrize("content", ["", "%", "AA", "é", base64.b64encode(b"x").decode()])
def test_a_file_that_was_tampered_with_is_asked_for_again(as_, world, content):
    assert as_(world.administrator).post(PAGE, {"content": content}).url == PAGE


def test_without_a_file_the_page_asks_for_one(as_, world):
    assert "Choose the file" in text(as_(world.administrator).post(PAGE, {"x": "1"}))
