"""Cases of sections 11.4 and 16.2: files that go with shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..channel import Channel
from ..files import Exchange, File
from ..messages import ASK_CHUNKS, CHUNK, HELLO, HOLDING, LEAVES, SEEK, Code
from ..session import Session
from .harness import PeerFounds, ProgramFounds, Team, await_message, end_code
from .registry import case, expect, expect_equal

SIZES = [0, 1, 65536, 65537, 300_001]


def _named(file: File, name: str) -> list[Any]:
    return [1, "files", [{"name": name, "size": file.size, "hash": file.id}]]


def _attach(t: Team, name: str, content: bytes) -> File:
    """A share of the program with a file."""
    path = Path(t.laptop.folder, name)
    path.write_bytes(content)
    t.laptop.run("share", "--attach", str(path), "-m", f"With {name}")
    return File(content)


def _exchange(t: Team, live: bool = False, **files: Any) -> Exchange:
    """An honest session with files: what we hold, and what we want with its size."""
    channel = t.initiate(static=t.keys.channel_secret)
    session = Session(channel, t.replica, t.keys, True, live)
    session.files.held = {file.id: file for file in files.get("held", [])}
    session.files.wants = {file.id: file.size for file in files.get("wants", [])}
    session.greet().run()
    return session.files


def _content(t: Team, name: str, title: str | None = None) -> bytes:
    """What the program holds under a name: of the item with a title, or the only one with it."""
    listed = t.laptop.run("files")["files"]
    if title is None:
        (item,) = [f["items"][0]["id"] for f in listed if f["name"] == name]
    else:
        (item,) = [i["id"] for f in listed for i in f["items"] if i["title"] == title]
    to = Path(t.laptop.folder, f"saved-{name}")
    t.laptop.run("show", item, "--file", name, "--to", str(to))
    return to.read_bytes()


@case(ProgramFounds)
def files_both_ways(t: ProgramFounds) -> None:
    """Of every shape: what the program shared comes here, and ours goes there."""
    contents = [t.randbytes(size) for size in SIZES]
    theirs = [_attach(t, f"a{n}", content) for n, content in enumerate(contents)]
    ours = [File(t.randbytes(size)) for size in SIZES]
    for n, file in enumerate(ours):
        t.share([1, "title", f"Ours {n}"], _named(file, f"b{n}"))
    done = _exchange(t, held=ours, wants=theirs)
    expect_equal({f.content for f in done.held.values()},
                 {f.content for f in [*ours, *theirs]}, "what we hold")  # fmt: skip
    for n, file in enumerate(ours):
        expect(_content(t, f"b{n}") == file.content, f"what the program holds of file {n}")
    t.expect_same()


@case(PeerFounds)
def files_when_dialled(t: PeerFounds) -> None:
    """The program dials: it gets the file before it ends."""
    file = File(t.randbytes(200_000))
    t.share([1, "title", "Ours"], _named(file, "ours.bin"))

    def serve(channel: Channel) -> Exchange:
        session = Session(channel, t.replica, t.keys, False)
        session.files.held = {file.id: file}
        session.greet().run()
        return session.files

    code, exchange = t.dials(serve)
    expect_equal(code, 0, "the exit code")
    expect_equal(exchange.asked_chunks, 4, "chunks that it asked for")
    expect(_content(t, "ours.bin") == file.content, "what the program holds")


class _Spoilt(File):
    """Gives another byte in one chunk."""

    def chunk(self, n: int) -> bytes:
        chunk = super().chunk(n)
        return b"\0" + chunk[1:] if getattr(self, "is_spoilt", False) and n == 2 else chunk


@case(ProgramFounds)
def a_spoilt_file(t: ProgramFounds) -> None:
    """A chunk that is not what was asked for costs that file that session, and nothing else."""
    file = _Spoilt(b"\1" + t.randbytes(299_999))
    good = File(t.randbytes(70_000))
    t.share([1, "title", "Spoilt"], _named(file, "spoilt.bin"))
    t.share([1, "title", "Good"], _named(good, "good.bin"))
    file.is_spoilt = True
    _exchange(t, held=[file, good])
    expect(_content(t, "good.bin") == good.content, "the other file")
    states = {f["name"]: f["state"] for f in t.laptop.run("files")["files"]}
    expect(states["spoilt.bin"] != "here", "the spoilt file is not taken")
    file.is_spoilt = False
    _exchange(t, held=[file])
    expect(_content(t, "spoilt.bin") == file.content, "from a sound one it comes")


@case(ProgramFounds)
def a_size_that_is_wrong(t: ProgramFounds) -> None:
    """Of several sizes that a file is said to have the program finds the one that it has."""
    for n, size in enumerate(SIZES):
        file = File(bytes([n]) * size)
        t.share([1, "title", f"True {n}"], _named(file, f"c{n}"))
        for wrong in (size + 1, 70_000, 1 << 30, 2):
            entry = {"name": f"d{n}-{wrong}", "size": wrong, "hash": file.id}
            t.share([1, "title", f"False {n}"], [1, "files", [entry]])
        _exchange(t, held=[file])
        expect(_content(t, f"c{n}", f"True {n}") == file.content, f"what the program holds of file {n}")


@case(ProgramFounds)
def parts_out_of_place(t: ProgramFounds) -> None:
    """What was not asked for ends the session; so does another form."""
    file = File(t.randbytes(200_000))
    unexpected, bad = Code.UNEXPECTED_MESSAGE, Code.BAD_MESSAGE

    def code(*messages: Any) -> Any:
        channel = t.greeted()
        await_message(channel, HELLO)
        for message in messages:
            channel.send(*message)
        return end_code(channel)

    t.share([1, "title", "To come"], _named(file, "late.bin"))
    t.check_equal(code([CHUNK, file.id, 0, file.chunk(0)]), unexpected, "a chunk")
    t.check_equal(code(file.segment(0)), unexpected, "leaves")
    t.check_equal(code([HOLDING, True, []]), unexpected, "an answer to nothing")
    t.check_equal(code([SEEK, True, [b"\0" * 31]]), bad, "an id that is none")
    t.check_equal(code([ASK_CHUNKS, file.id, 0, 65]), bad, "too many chunks")
    t.check_equal(code([ASK_CHUNKS, file.id, 262143, 2]), bad, "chunks that no file has")
    t.check_equal(code([LEAVES, file.id, 0, [b"\0" * 32] * 1025, []]), bad, "too many leaves")
    t.check_equal(code([CHUNK, file.id, 0, b"\0" * ((1 << 20) + 1)]), bad, "a longer chunk")


@case(ProgramFounds)
def who_has_it(t: ProgramFounds) -> None:
    """The program says which of the files that are sought it has, and asks after its own."""
    content = t.randbytes(1_000)
    mine = _attach(t, "mine.bin", content)
    unknown = File(b"unknown")
    exchange = _exchange(t, wants=[mine, unknown])
    expect(mine.id in exchange.held and unknown.id not in exchange.held, "what came")
    expect_equal(exchange.wants, {unknown.id: unknown.size}, "what nobody has")
