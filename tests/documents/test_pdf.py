import io
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from html import escape
from urllib.request import urlopen

import psutil
import pypdf
import pytest

from documents import libraries
from documents.pdf import LARGEST_HTML, LONGEST_WORD, PdfFailed, PdfUnavailable, Renderer, pdf

BOMB = "<table><tr><td colspan=1000000>wide</td></tr></table>"
SECRET = "CANARY-LOCAL-FILE"
PERSONS_MESSAGE = "The PDF could not be made. Use the print view instead."


def document(body, council="West Sussex County Council"):
    return (
        '<!doctype html><html lang="en-GB"><head><title>Note</title></head><body>'
        f"<header><p>{council}</p></header><main>{body}</main></body></html>"
    )


def read(data):
    return pypdf.PdfReader(io.BytesIO(data))


def text_of(data):
    """The text of all pages. pypdf leaves NULs where a font lacks one of its glyphs."""
    return "\n".join(page.extract_text() for page in read(data).pages).replace("\0", "")


def links_of(data):
    annotations = [
        annotation.get_object()
        for page in read(data).pages
        for annotation in page.get("/Annots", [])
    ]
    return [note["/A"]["/URI"] for note in annotations if "/URI" in note.get("/A", {})]


def everything_in(data):
    """The file and all its streams unpacked."""
    reader = read(data)
    objects = [reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1)]
    streams = [found.get_data() for found in objects if hasattr(found, "get_data")]
    assert streams
    return b"\n".join([data, *streams])


def wait_for_end(process_id):
    """Until that process has ended, reaped or not; fails after 20 seconds."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([handle], [], [], 20)
        assert ended, "the renderer still runs"
    finally:
        os.close(handle)


def run_python(source):
    """Run ``source`` in a Python of its own; its output."""
    return subprocess.run(
        [sys.executable, "-c", source],
        cwd=libraries.PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def make_renderer():
    made = []

    def make(**options):
        made.append(Renderer(**options))
        return made[-1]

    yield make
    for renderer in made:
        renderer.close()


# --- what a document is ---------------------------------------------------------------------


def test_a_document_holds_its_text_under_its_title_in_our_language():
    made = read(pdf(document("<h1>Early help consultation</h1>"), title="Consultation, 12 May"))
    assert "Early help consultation" in made.pages[0].extract_text()
    assert made.metadata.title == "Consultation, 12 May"
    assert made.root_object["/Lang"] == "en-GB"


def test_a_document_is_tagged_for_screen_readers():
    made = read(pdf(document("<h1>Early help consultation</h1>"), title="Note"))
    assert made.root_object["/MarkInfo"]["/Marked"].value
    assert "/StructTreeRoot" in made.root_object
    assert made.root_object["/ViewerPreferences"]["/DisplayDocTitle"].value


def test_a_document_names_no_author_and_no_place_on_the_server():
    body = '<meta name="author" content="Amira Shah"><p>Text</p>'
    data = pdf(document(body), title="Note")
    assert read(data).metadata.author is None
    assert set(read(data).metadata) == {"/Title", "/Producer"}
    assert str(libraries.PROJECT).encode() not in everything_in(data)


def test_pages_are_numbered_and_later_pages_repeat_council_and_title():
    body = "<h1>Early help consultation</h1>" + "<p>What was discussed.</p>" * 40
    first, second = (page.extract_text() for page in read(pdf(document(body), title="Note")).pages)
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in second
    for words in ("West Sussex County Council", "Early help consultation"):
        assert first.count(words) == 1
        assert second.count(words) == 1


@pytest.mark.parametrize(
    "body",
    [
        "<p>{}</p>",
        "<ul><li>{}</li></ul>",
        "<blockquote><p>{}</p></blockquote>",
        "<dl><div><dt>Attendance</dt><dd>{}</dd></div></dl>",
        "<table><thead><tr><th>What</th><th>Who</th></tr></thead>"
        "<tbody><tr><td>{}</td><td>Sam</td></tr></tbody></table>",
    ],
)
def test_text_longer_than_a_page_is_printed_whole(body):
    words = [f"word{number}" for number in range(1500)]
    data = pdf(document(body.format(" ".join(words))), title="Note")
    assert len(read(data).pages) > 1
    assert set(words) <= set(text_of(data).split())


@pytest.mark.parametrize(
    "typed",
    [
        "שלום עולם",
        "before \u202eoverride\u202c after",
        "👩‍👩‍👧 😀",
        "漢字",
        "nul\0in the middle",
        "half \ud800 a pair",
        "\x0b\x1b\ufeff\uffff",
        "",
    ],
)
def test_any_script_and_any_character_makes_a_document(typed):
    assert "ends" in text_of(pdf(document(f"<p>{escape(typed)}</p><p>ends</p>"), title=typed))


def test_accents_come_back_as_typed():
    assert "café naïve Łódź" in text_of(pdf(document("<p>café naïve Łódź</p>"), title="Note"))


# --- what a document cannot do (security.md 6.6) --------------------------------------------


class Canary:
    """A web server that only counts who comes."""

    def __init__(self):
        self.visits = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    def _count(self):
        while True:
            try:
                visitor, _ = self._listener.accept()
            except OSError:
                return
            with visitor:
                self.visits += 1
                visitor.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def canary():
    server = Canary()
    yield server
    server.close()


@pytest.fixture
def local_file(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


HOSTILE = [
    '<img src="{url}">',
    '<img srcset="{url} 2x" src="{url}">',
    '<picture><source srcset="{url}"><img src="{url}"></picture>',
    '<link rel="stylesheet" href="{url}">',
    '<link rel="attachment" href="{url}">',
    '<a rel="attachment" href="{url}">Take this</a>',
    '<style>@import "{url}";</style>',
    "<style>body {{ background: url({url}) }}</style>",
    "<style>@font-face {{ font-family: x; src: url({url}) }} p {{ font-family: x }}</style><p>x",
    '<style>p::before {{ content: url("{url}") }}</style><p>x',
    "<style>li {{ list-style: url({url}) }}</style><ul><li>x</ul>",
    '<style>@page {{ background: url("{url}") }}</style>',
    '<style>@color-profile --x {{ src: url("{url}") }} p {{ color: color(--x 1 0 0) }}</style>',
    '<p style="background: url({url})">x</p>',
    '<p style="border-image: url({url}) 1">x</p>',
    '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    '<svg><use href="{url}#x"/></svg>',
    "<svg><style>@import '{url}';</style></svg>",
    "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>"
    "<image href='{url}' width='9' height='9'/></svg>\">",
    '<object data="{url}"></object>',
    '<embed src="{url}">',
    '<iframe src="{url}"></iframe>',
    '<base href="{url}"><img src="a.png"><a href="b">Go</a>',
    '<video poster="{url}" src="{url}"></video>',
    '<script src="{url}"></script>',
    '<meta http-equiv="refresh" content="0; url={url}">',
    '<input type="image" src="{url}">',
    '<table background="{url}"><tr><td>x</td></tr></table>',
]


def test_the_canary_notices_a_visit(canary):
    urlopen(f"http://{canary.address}/").close()
    assert canary.visits == 1


@pytest.mark.parametrize("snippet", HOSTILE)
def test_nothing_is_fetched_and_no_local_file_gets_in(snippet, canary, local_file):
    addresses = [
        f"http://{canary.address}/a",
        f"ftp://{canary.address}/a",
        local_file.as_uri(),
        f"FILE://{local_file}",
        str(local_file),
    ]
    bodies = [snippet.format(url=address) for address in addresses]
    # Only the first base of a document counts: each has one of its own.
    for body in bodies if "<base" in snippet else ["".join(bodies)]:
        data = pdf(document(f"{body}<p>The note</p>"), title="Note")
        assert canary.visits == 0
        assert read(data).attachments == {}
        assert SECRET.encode() not in everything_in(data)
        assert "The note" in text_of(data)


@pytest.mark.parametrize("scheme", ["http://{}/a", "ftp://{}/a"])
def test_not_even_a_style_sheet_of_ours_reaches_out(scheme, canary, tmp_path, make_renderer):
    url = scheme.format(canary.address)
    sheet = tmp_path / "sheet.css"
    sheet.write_text(f'@import "{url}"; body {{ background: url({url}) }}')
    make_renderer(stylesheet=sheet).render(document("<p>The note</p>"), "Note")
    assert canary.visits == 0


def test_text_around_a_dropped_element_is_kept():
    body = '<p>Before <img src="x"> between <img src="y"> after</p><!-- gone --><p>End</p>'
    words = re.sub(r"\s+", " ", text_of(pdf(document(body), title="Note")))
    assert "Before between after" in words
    assert "End" in words


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://example.org/",
        "vbscript:x",
        "//example.org/",
        "relative/page",
    ],
)
def test_a_link_that_is_not_to_the_web_loses_its_address_and_keeps_its_words(address):
    data = pdf(document(f'<p><a href="{escape(address)}">The words</a></p>'), title="Note")
    assert links_of(data) == []
    assert "The words" in text_of(data)


@pytest.mark.parametrize("address", ["https://example.org/a", "mailto:duty@example.org"])
def test_an_ordinary_link_is_kept(address):
    data = pdf(document(f'<p><a href="{address}">Go</a></p>'), title="Note")
    assert links_of(data) == [address]


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", '<a href="https://example.org/">x</a>', '"><a href=file:///a>x</a>'],
)
def test_what_a_person_types_never_becomes_a_link(typed):
    data = pdf(document(f"<p>{escape(typed)}</p>"), title=typed)
    assert links_of(data) == []
    assert typed in text_of(data)


# --- what a document may cost ---------------------------------------------------------------


def test_a_document_that_takes_too_long_fails_and_the_next_one_works(make_renderer):
    renderer = make_renderer()
    renderer.render("<p>warm</p>", "Note")
    renderer.seconds = 2
    with pytest.raises(PdfFailed, match=re.escape(PERSONS_MESSAGE)) as failure:
        renderer.render(document(BOMB), "Note")
    assert isinstance(failure.value.__cause__, TimeoutError)
    renderer.seconds = 25
    assert "after" in text_of(renderer.render("<p>after</p>", "Note"))


def test_a_document_that_works_the_processor_too_long_is_ended(make_renderer):
    renderer = make_renderer(cpu_seconds=2)
    renderer.render("<p>warm</p>", "Note")
    process = renderer.process
    with pytest.raises(PdfFailed):
        renderer.render(document(BOMB), "Note")
    assert process.returncode == -signal.SIGXCPU


def test_processor_time_is_counted_for_each_document_anew(make_renderer):
    renderer = make_renderer(cpu_seconds=2)
    renderer.render("<p>warm</p>", "Note")
    process = psutil.Process(renderer.process.pid)
    while process.cpu_times().user < 3:
        renderer.render(document("<p>What was discussed.</p>" * 200), "Note")
    assert renderer.process.pid == process.pid


def test_a_document_that_wants_too_much_memory_fails_and_the_next_one_works(make_renderer):
    renderer = make_renderer(memory=256 * 1024 * 1024)
    with pytest.raises(PdfFailed) as failure:
        renderer.render(document("<table>" + "<tr><td>a<td>b<td>c" * 5000), "Note")
    assert not isinstance(failure.value.__cause__, TimeoutError)
    assert "after" in text_of(renderer.render("<p>after</p>", "Note"))


def test_a_document_nested_too_deep_fails_and_the_next_one_works(make_renderer):
    renderer = make_renderer()
    with pytest.raises(PdfFailed):
        renderer.render(document("<div>" * 1500), "Note")
    assert "after" in text_of(renderer.render("<p>after</p>", "Note"))


@pytest.mark.parametrize(
    "body", ["long words " * (LARGEST_HTML // 10), "a" * 1_000_000, "a" * (LONGEST_WORD + 1)]
)
def test_a_text_or_a_word_beyond_any_layout_is_refused_before_work_begins(body, make_renderer):
    renderer = make_renderer()
    with pytest.raises(PdfFailed):
        renderer.render(document(f"<p>{body}</p>"), "Note")
    assert renderer.process is None


def test_the_longest_word_let_through_is_printed_whole():
    data = pdf(document(f"<p>{'q' * LONGEST_WORD}</p>"), title="Note")
    assert text_of(data).count("q") == LONGEST_WORD


# --- the process beside the web process -----------------------------------------------------


def test_one_process_makes_many_documents(make_renderer):
    renderer = make_renderer()
    renderer.render("<p>one</p>", "Note")
    first = renderer.process.pid
    renderer.render("<p>two</p>", "Note")
    assert renderer.process.pid == first


def test_a_process_is_replaced_after_its_number_of_documents(make_renderer):
    renderer = make_renderer(renders=1)
    assert "one" in text_of(renderer.render("<p>one</p>", "Note"))
    assert renderer.process is None
    assert "two" in text_of(renderer.render("<p>two</p>", "Note"))


def test_a_killed_process_is_replaced(make_renderer):
    renderer = make_renderer()
    renderer.render("<p>one</p>", "Note")
    killed = renderer.process.pid
    os.kill(killed, signal.SIGKILL)
    wait_for_end(killed)
    assert "two" in text_of(renderer.render("<p>two</p>", "Note"))


def test_threads_at_once_each_get_their_own_document(make_renderer):
    renderer = make_renderer()
    names = [f"note{number}" for number in range(12)]
    with ThreadPoolExecutor(4) as threads:
        made = threads.map(lambda name: renderer.render(f"<p>{name}</p>", name), names)
        for name, data in zip(names, made, strict=True):
            assert read(data).metadata.title == name
            assert set(re.findall(r"note\d+", text_of(data))) == {name}


def test_the_renderer_ends_with_the_process_that_started_it():
    ran = run_python(
        "import os, signal; from documents import pdf; pdf.pdf('<p>x', title='x')\n"
        "print(pdf._renderer.process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert ran.returncode == -signal.SIGKILL
    wait_for_end(int(ran.stdout))


def test_a_busy_renderer_left_behind_is_ended_by_its_limits():
    ran = run_python(
        "import os, signal; from documents.pdf import *; from documents.pdf import Renderer\n"
        "from documents.renderer import RENDER, send\n"
        "renderer = Renderer(cpu_seconds=2); renderer.render('<p>x', 'x')\n"
        f"send(renderer._channel, RENDER, b'x\\0' + {BOMB!r}.encode())\n"
        "print(renderer.process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert ran.returncode == -signal.SIGKILL
    wait_for_end(int(ran.stdout))


def test_a_forked_web_process_starts_a_renderer_of_its_own():
    ran = run_python(
        "import os; from documents import pdf\n"
        "pdf.pdf('<p>x', title='x'); parents = pdf._renderer.process.pid\n"
        "child = os.fork()\n"
        "pdf.pdf('<p>y', title='y'); print(pdf._renderer.process.pid == parents, flush=True)\n"
        "child and os.wait()"
    )
    assert ran.returncode == 0
    assert sorted(ran.stdout.split()) == ["False", "True"]


def test_the_web_process_never_loads_weasyprint():
    ran = run_python(
        "import sys; from documents.pdf import pdf; pdf('<p>x', title='x')\n"
        "print('weasyprint' in sys.modules)"
    )
    assert ran.stdout.split() == ["False"]


def test_the_renderer_gets_no_keys_of_ours(monkeypatch, make_renderer):
    monkeypatch.setenv("SECRET_KEY", "CANARY-KEY")
    renderer = make_renderer()
    renderer.render("<p>x</p>", "Note")
    with open(f"/proc/{renderer.process.pid}/environ", "rb") as environment:
        assert b"CANARY-KEY" not in environment.read()


def test_nothing_of_a_document_reaches_the_log(make_renderer, caplog):
    with pytest.raises(PdfFailed):
        make_renderer().render(document("<div>" * 1500 + "CANARY-NOTE"), "CANARY-TITLE")
    assert "RecursionError" in caplog.text
    assert "CANARY" not in caplog.text


# --- what the machine must have -------------------------------------------------------------


def test_without_pango_the_error_names_the_apt_get_line(no_pango, make_renderer):
    with pytest.raises(PdfUnavailable, match=re.escape("apt-get install libpango-1.0-0")):
        make_renderer().render("<p>x</p>", "Note")


def test_without_any_font_the_error_names_the_apt_get_line(no_fonts, make_renderer):
    with pytest.raises(PdfUnavailable, match="apt-get install fonts-dejavu-core"):
        make_renderer().render("<p>x</p>", "Note")
