"""Cases of section 16.1: brain files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .. import brain_file
from ..bodies import CONTENT
from ..fold import Brain
from .harness import PeerFounds, Team
from .registry import case, expect, expect_equal


def _export(t: Team) -> str:
    path = t.laptop.folder / "exported"
    t.laptop.run("export", "--format", "jsonl", "--to", str(path))
    return path.read_text("utf-8")


def _import(t: Team, text: str) -> tuple[int, Any]:
    path = Path(t.laptop.folder, "imported.jsonl")
    path.write_text(text, "utf-8")
    return t.laptop.attempt("import", str(path))


@case(PeerFounds)
def brain_files(t: PeerFounds) -> None:
    """The same set of events gives the same bytes; each side reads the other's."""
    t.share([1, "title", "é"])
    bare = t.author.event(CONTENT, t.content([0, "share"]))
    bare.body = None
    t.replica.add(bare)
    expect_equal(t.dials()[0], 0, "the exit code")
    text = _export(t)
    expect_equal(text, brain_file.write(t.replica), "the bytes of a brain file")
    expect_equal(Brain(brain_file.read(text)).digest().hex(), t.digest(), "the digest of the file")
    t.share([1, "title", "by file"])
    t.admit("By file")
    expect_equal(_import(t, brain_file.write(t.replica))[0], 0, "the exit code of import")
    t.expect_same()


@case(PeerFounds)
def lines_in_any_order(t: PeerFounds) -> None:
    """A reader takes any order, further keys, empty lines, repetitions, a past that it holds."""
    expect_equal(t.dials()[0], 0, "the exit code")
    held = set(t.replica.events)
    share = t.share()
    keys, _ = t.admit("By file")
    t.edit(share, [1, "title", "x"], author=t.new_log(keys))
    lines = []
    for e in t.replica.events.values():
        if e.id not in held:
            line = json.loads(brain_file.line_of(e))
            line["id"] = "00" * 32
            shuffled = t.random.sample(sorted(line), len(line))
            lines.append(json.dumps({"further": [1, {}]} | {key: line[key] for key in shuffled}))
    lines += [lines[0], ""]
    text = brain_file.first_line(t.replica.team) + "\n".join(t.random.sample(lines, len(lines)))
    expect_equal(_import(t, text)[0], 0, "the exit code of import")
    t.expect_same()


@case(PeerFounds)
def signatures_in_a_brain_file(t: PeerFounds) -> None:
    """Rule 7: an event is authentic by its successor, and is not stored by itself."""
    first = t.author.event(CONTENT, t.content([0, "share"]))
    first.signature = bytes(64)
    t.replica.put(first)
    t.share()
    expect_equal(t.dials()[0], 0, "the exit code")
    t.expect_same("after syncing")
    expect_equal(_import(t, _export(t))[0], 0, "the exit code of importing the own export")
    t.replace_laptop()
    invited = t.invite()
    t.joins(invited[0].code, lambda channel: t.welcome(channel, invited[1]))
    last = t.author.event(CONTENT, t.content([0, "share"]))
    last.signature = bytes(64)
    text = brain_file.write(t.replica) + brain_file.line_of(last)
    _import(t, text)
    t.expect_same("without the one that is not authentic")
    second = t.next_share(last)
    text += brain_file.line_of(second)
    expect_equal(_import(t, text)[0], 0, "the exit code of importing its successor too")
    t.replica.put(last)
    t.replica.put(second)
    t.expect_same("with both")


@case(PeerFounds)
def spoilt_brain_files(t: PeerFounds) -> None:
    """What breaks a rule is not stored."""
    expect_equal(t.dials()[0], 0, "the exit code")
    good = t.author.event(CONTENT, t.content([0, "share"]))
    body = t.content([0, "share"])
    team = t.replica.team
    first_line = brain_file.first_line(team)
    bad = {
        "a wrong lamport": t.author.event(CONTENT, body, lamport=99),
        "another team": t.author.event(CONTENT, body, team=bytes(32)),
        "a hole": t.author.event(CONTENT, body, seq=9),
        "a hash of another body": t.author.event(CONTENT, body, hash=bytes(32)),
        "a size of another body": t.author.event(CONTENT, body, size=1),
        "nothing introduces": t.new_log(t.new_keys()).event(CONTENT, body),
    }
    for name, event in bad.items():
        expect(_import(t, first_line + brain_file.line_of(event))[0] != 0, name)
        t.expect_same(name)
    line = json.loads(brain_file.line_of(good))
    for name, key, value in (
        ("a header that is not canonical", "header", "AA=="),
        ("base 64 without padding", "signature", line["signature"].rstrip("=")),
    ):
        spoilt = json.dumps(line | {key: value}) + "\n"
        expect(_import(t, first_line + spoilt)[0] != 0, name)
        t.expect_same(name)
    other = brain_file.first_line(bytes(32)) + brain_file.line_of(good)
    expect(_import(t, other)[0] != 0, "the file of another team")
    t.expect_same("the file of another team")
