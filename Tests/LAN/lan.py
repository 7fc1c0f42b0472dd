#!/usr/bin/env python3
"""Real laptops on a real network: `weonomy up` in network namespaces on one bridge.

  lan.py [--weonomy PROGRAM] [--laptops N] [--minutes M] [--many N] [--seconds S] [--smoke]

Measures how soon all find each other, how soon a change is everywhere, how soon a network that was
split heals, how soon a laptop with another address or an interface that was down is back, and what
discovery costs; and looks through all that was on the wire for anything that should not be
readable. Each figure has a limit; beyond it the exit code is 1.

It needs Linux, `ip`, and the right to make namespaces: as root, or through `unshare --user`. Where
the machine can't, it says so and succeeds.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import math
import os
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / ".build/debug/weonomy"
BRIDGE = "br0"

failed: list[str] = []
probes: set[int] = set()


def say(text: str) -> None:
    print(text, flush=True)


def limit(name: str, value: float, bound: float, unit: str) -> None:
    good = value <= bound
    say(f"{'ok    ' if good else 'FAILED'} {name}: {value:.2f} {unit} (at most {bound:g})")
    if not good:
        failed.append(name)


def sh(*words: str, check: bool = True) -> subprocess.CompletedProcess:
    return subprocess.run(words, check=check, capture_output=True, text=True)


def can_make_namespaces() -> str | None:
    """Why not, or None."""
    if sys.platform != "linux" or shutil.which("ip") is None:
        return "it needs Linux with iproute2"
    probe = f"probe{os.getpid()}"
    made = sh("ip", "link", "add", probe, "type", "bridge", check=False)
    if made.returncode:
        return "no right to make interfaces: " + made.stderr.strip()
    sh("ip", "link", "del", probe)
    child = Laptop.shell("true")
    if child is None:
        return "no right to make network namespaces"
    child.kill()
    child.wait()
    return None


class Laptop:
    """A network namespace with one interface on the bridge, and a home of its own."""

    def __init__(self, number: int, home: Path) -> None:
        self.number, self.home = number, home
        self.address = f"10.77.{number // 200}.{number % 200 + 1}"
        self.port = f"v{number}"
        self.up_process: subprocess.Popen | None = None
        self.lines: list[dict] = []
        self.started = 0.0
        self.holder = Laptop.shell("exec sleep 100000")
        assert self.holder is not None
        pid = str(self.holder.pid)
        sh("ip", "link", "add", self.port, "type", "veth", "peer", "name", "eth0", "netns", pid)
        sh("ip", "link", "set", self.port, "master", BRIDGE, "up")
        self.inside("ip", "link", "set", "lo", "up")
        self.inside("ip", "addr", "add", f"{self.address}/16", "brd", "+", "dev", "eth0")
        self.inside("ip", "link", "set", "eth0", "up")

    @staticmethod
    def shell(command: str) -> subprocess.Popen | None:
        process = subprocess.Popen(
            ["unshare", "-n", "sh", "-c", f"echo in; {command}"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        assert process.stdout
        if process.stdout.readline().strip() != "in":
            return None
        return process

    def command(self, *words: str) -> list[str]:
        assert self.holder
        return ["nsenter", "-t", str(self.holder.pid), "-n", *words]

    def inside(self, *words: str) -> None:
        sh(*self.command(*words))

    @property
    def program(self) -> list[str]:
        return [str(options.weonomy), "--home", str(self.home)]

    def weonomy(self, *words: str) -> dict:
        done = subprocess.run(
            self.command(*self.program, "--json", "--no-input", *words),
            capture_output=True, text=True, timeout=60,
        )
        answer = json.loads(done.stdout.splitlines()[-1])
        if not answer["ok"]:
            raise RuntimeError(f"{self.home.name}: {words}: {answer['error']}")
        return answer["data"]

    # -- up

    def up(self, *more: str) -> None:
        self.lines = []
        self.started = time.monotonic()
        self.up_process = subprocess.Popen(
            self.command(*self.program, "--json=lines", "--no-input", "up", "--no-page", *more),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        threading.Thread(target=self._read, args=(self.up_process, self.lines), daemon=True).start()

    @staticmethod
    def _read(process: subprocess.Popen, lines: list[dict]) -> None:
        assert process.stdout
        for line in process.stdout:
            lines.append({"at": time.monotonic(), **json.loads(line)})

    def down(self) -> None:
        if self.up_process:
            self.up_process.send_signal(signal.SIGINT)
            try:
                self.up_process.wait(10)
            except subprocess.TimeoutExpired:
                self.up_process.kill()
            self.up_process = None

    def forget(self) -> None:
        """Goes down, and knows no more where anybody is."""
        self.down()
        for path in self.home.glob("*/brain.sqlite-*"):
            if path.name.endswith(("-peers", "-colleagues")):
                path.unlink()

    def state(self) -> dict:
        (path,) = self.home.glob("*/up.json")
        return json.loads(path.read_text())

    def peers(self) -> set[str]:
        """Persons with whom there is a session."""
        try:
            state = self.state()
        except (ValueError, OSError):
            return set()
        return {p["person"] for p in state["peers"] if p.get("person") and p["state"] == "live"}

    def found(self) -> int:
        try:
            return self.state()["found"]
        except (ValueError, OSError):
            return 0

    def end(self) -> None:
        self.down()
        if self.holder:
            self.holder.kill()
            self.holder.wait()
        sh("ip", "link", "del", self.port, check=False)


# -- what is on the wire


class Wire(threading.Thread):
    """Everything that crosses the bridge, and how many bytes of it are beacons, per laptop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 20)
        self.socket.bind((BRIDGE, 0))
        self.socket.settimeout(0.2)
        # The bridge hands on only what is for it, unless it listens to everything.
        index = socket.if_nametoindex(BRIDGE)
        self.socket.setsockopt(263, 1, struct.pack("iHH8s", index, 1, 0, b""))
        self.beacons: list[tuple[str, bytes, float]] = []
        self.heard_by_all = 0
        self.beacon_bytes: collections.Counter[str] = collections.Counter()
        self.payloads: list[bytes] = []
        self.stopping = False

    def run(self) -> None:
        while not self.stopping:
            try:
                frame = self.socket.recv(1 << 16)
            except TimeoutError:
                continue
            self.take(frame)

    def take(self, frame: bytes) -> None:
        self.payloads.append(frame[14:])
        kind = frame[12:14]
        if kind == b"\x08\x00" and frame[23] == 17:
            start = 14 + 4 * (frame[14] & 15)
            source = socket.inet_ntoa(frame[26:30])
        elif kind == b"\x86\xdd" and frame[20] == 17:
            start, source = 54, socket.inet_ntop(socket.AF_INET6, frame[22:38])
        else:
            return
        _, target, length, _ = struct.unpack(">HHHH", frame[start : start + 8])
        if target == 7431:
            self.beacons.append((source, frame[start + 8 : start + length], time.time()))
            if frame[0] & 1:
                self.heard_by_all += len(frame)
            else:
                self.beacon_bytes[frame[6:12].hex()] += len(frame)
                self.beacon_bytes[frame[:6].hex()] += len(frame)

    def most(self) -> int:
        """Bytes of beacons that the laptop with the most of them heard and sent."""
        return self.heard_by_all + max(self.beacon_bytes.values(), default=0)

    def stop(self) -> None:
        self.stopping = True
        if self.is_alive():
            self.join(2)
        self.socket.close()


def wait(seconds: float, done) -> float:
    """How long it took until `done()`; more than `seconds` for never."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if done():
            return time.monotonic() - start
        time.sleep(0.02)
    return seconds + 1


# -- a team


def make_team(count: int, folder: Path) -> list[Laptop]:
    laptops = [Laptop(number, folder / f"laptop{number}") for number in range(count)]
    for laptop in laptops:
        laptop.home.mkdir()
    first = laptops[0]
    first.weonomy("init", "--name", "Person-0000", "--team", "Team-Geheim")
    first.weonomy("share", "-k", "howto", "--title", "Title-Geheim", "-m", "Note-Geheim in the clear")
    code = first.weonomy("invite", "--uses", str(max(count, 2)))["code"]
    listen = subprocess.Popen(
        first.command(*first.program, "--json=lines", "sync", "--listen"),
        stdout=subprocess.PIPE, text=True,
    )
    assert listen.stdout
    listen.stdout.readline()
    threading.Thread(target=lambda: listen.stdout.read(), daemon=True).start()
    try:
        for laptop in laptops[1:]:
            (laptop.home / "code").write_text(code)
            laptop.weonomy(
                "join", f"{first.address}:7431", "--code-file", str(laptop.home / "code"),
                "--name", f"Person-{laptop.number:04d}",
            )
    finally:
        listen.send_signal(signal.SIGINT)
        listen.wait(10)
    return laptops


def is_full(laptops: list[Laptop]) -> bool:
    return all(len(laptop.peers()) == len(laptops) - 1 for laptop in laptops)


def digests(laptops: list[Laptop]) -> set[str]:
    return {laptop.weonomy("status")["digest"] for laptop in laptops}


def events(laptop: Laptop) -> int:
    return laptop.weonomy("status")["events"]


def wait_ready(laptops: list[Laptop], seconds: float) -> float:
    """When the last one said that it is up."""
    wait(
        seconds,
        lambda: all(any(l["schema"] == "weonomy.up/1" for l in x.lines) for x in laptops),
    )
    return max(next(l["at"] for l in x.lines if l["schema"] == "weonomy.up/1") for x in laptops)


def start_all(laptops: list[Laptop]) -> float:
    """Seconds from the last one's start until all have a session with all."""
    for laptop in laptops:
        laptop.up()
    ready = wait_ready(laptops, 30)
    wait(20, lambda: is_full(laptops))
    return time.monotonic() - ready if is_full(laptops) else 21


def spread(laptops: list[Laptop], rounds: int) -> list[float]:
    """Milliseconds from the end of a `share` until each other laptop has it."""
    times: list[float] = []
    for number in range(rounds):
        writer = laptops[number % len(laptops)]
        before = {l.number: len(l.lines) for l in laptops}
        writer.weonomy("share", "-k", "howto", "--title", f"Change {number}", "-m", f"text {number}")
        written = time.monotonic()
        others = [l for l in laptops if l is not writer]

        def arrival(laptop: Laptop) -> float | None:
            for line in laptop.lines[before[laptop.number] :]:
                if line["data"].get("event") == "synced" and line["data"]["received"] > 0:
                    return line["at"]
            return None

        wait(5, lambda: all(arrival(l) for l in others))
        for laptop in others:
            at = arrival(laptop)
            times.append(1000 * (at - written) if at else 5_000)
        time.sleep(0.3)
    return times


# How a network falls apart, by the numbers of the laptops: which part each is in.
SHAPES = {
    "halves": lambda number, count: 2 * number // count,
    "every second": lambda number, count: number % 2,
    "one alone": lambda number, count: int(number == count - 1),
    "four parts": lambda number, count: number % 4,
}


def partition(laptops: list[Laptop], shape: str, seconds: float) -> float:
    """Seconds from the end of a split of that length until all parts hold the same."""
    parts: dict[int, list[Laptop]] = collections.defaultdict(list)
    for laptop in laptops:
        parts[SHAPES[shape](laptop.number, len(laptops))].append(laptop)
    for number, part in parts.items():
        if number == 0:
            continue
        sh("ip", "link", "add", f"br{number}", "type", "bridge", "mcast_snooping", "0")
        sh("ip", "link", "set", f"br{number}", "up")
        for laptop in part:
            sh("ip", "link", "set", laptop.port, "master", f"br{number}")
    for part in parts.values():
        part[0].weonomy("share", "-k", "howto", "--title", f"In a part of {len(part)}", "-m", shape)
    time.sleep(seconds)
    for laptop in laptops:
        sh("ip", "link", "set", laptop.port, "master", BRIDGE)
    for number in parts:
        if number:
            sh("ip", "link", "del", f"br{number}")
    some = [part[-1] for part in parts.values()]
    return wait(25, lambda: len(digests(some)) == 1 and len(digests(laptops)) == 1)


def splits(laptops: list[Laptop], shapes: dict[str, float]) -> None:
    full = min(len(laptop.peers()) for laptop in laptops)
    for shape, seconds in shapes.items():
        took = partition(laptops, shape, seconds)
        limit(f"{shape}, apart for {seconds} s, healed", took, 10, "s")
        wait(20, lambda: all(len(laptop.peers()) >= full for laptop in laptops))


def busy(laptops: list[Laptop], minutes: float) -> None:
    """A morning of the team: somebody writes, somebody closes the lid for a while."""
    end = time.monotonic() + 60 * minutes
    number = 0
    while time.monotonic() < end:
        number += 1
        writer, sleeper = (laptops[(number * step) % len(laptops)] for step in (1, 3))
        writer.weonomy("share", "-k", "howto", "--title", f"Change {number}", "-m", "busy")
        if number % 4 == 0:
            sleeper.down()
            time.sleep(5)
            sleeper.weonomy("sync")
            sleeper.up()
        time.sleep(min(15.0, max(0.0, end - time.monotonic())))
    wait(20, lambda: is_full(laptops) and len(digests(laptops)) == 1)


def is_back(laptop: Laptop, others: int, since_ms: float) -> bool:
    """Whether it has a session with all others that is newer than a moment."""
    try:
        peers = laptop.state()["peers"]
    except (ValueError, OSError):
        return False
    new = {p.get("person") for p in peers if p["state"] == "live" and p["since"] >= since_ms}
    return len(new - {None}) == others


def readdress(laptop: Laptop, others: int) -> float:
    begun = 1000 * time.time()
    laptop.inside("ip", "addr", "del", f"{laptop.address}/16", "dev", "eth0")
    laptop.inside("ip", "-6", "addr", "flush", "dev", "eth0")
    laptop.address = f"10.77.9.{laptop.number + 1}"
    laptop.inside("ip", "addr", "add", f"{laptop.address}/16", "brd", "+", "dev", "eth0")
    return wait(15, lambda: is_back(laptop, others, begun))


def bounce(laptop: Laptop, others: int) -> float:
    laptop.inside("ip", "link", "set", "eth0", "down")
    time.sleep(2)
    begun = 1000 * time.time()
    laptop.inside("ip", "link", "set", "eth0", "up")
    return wait(15, lambda: is_back(laptop, others, begun))


def asleep(laptop: Laptop, laptops: list[Laptop], seconds: float) -> float:
    """How long after a sleep it has what was written meanwhile; the others have hung up by then.

    A stopped process stands for a laptop that sleeps: nothing of it answers."""
    assert laptop.up_process
    laptop.up_process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    writer = next(other for other in laptops if other is not laptop)
    writer.weonomy("share", "-k", "status", "-m", "Written while one slept")
    wanted = events(writer)
    wait(10, lambda: len(writer.peers()) == len(laptops) - 2)
    laptop.up_process.send_signal(signal.SIGCONT)
    return wait(15, lambda: len(laptop.peers()) == len(laptops) - 1 and events(laptop) == wanted)


# -- what an eavesdropper has


def look_through(wire: Wire, laptops: list[Laptop]) -> None:
    status = laptops[0].weonomy("status")
    team = bytes.fromhex(status["team"]["id"])
    persons = [bytes.fromhex(p["person"]["id"]) for p in status["peers"]]
    listed = laptops[0].weonomy("device", "list", "--all")["devices"]
    devices = [bytes.fromhex(device["id"]) for device in listed]
    words = [b"Geheim", b"Person-", b"Change ", b"weonomy", b"howto", b"three.bin"]
    secrets = words + [team, team.hex().encode()] + persons + devices
    secrets += [key[:8] for key in devices] + [key.hex().encode() for key in devices]
    all_bytes = b"\0".join(wire.payloads)
    found = [secret for secret in secrets if secret in all_bytes]
    say(f"looked through {len(wire.payloads)} packets, {len(all_bytes)} bytes")
    if found:
        failed.append("eavesdropper")
        say(f"FAILED readable on the wire: {found}")
    beacons = wire.beacons
    lengths = {len(payload) for _, payload, _ in beacons}
    if lengths != {128} or len({p[:24] for _, p, _ in beacons}) < 0.4 * len(beacons):
        failed.append("beacons")
        say(f"FAILED beacons of {lengths} bytes")
    read_as_member(beacons, laptops, devices)
    different = {payload for _, payload, _ in beacons}
    joined = b"".join(different)
    counts = collections.Counter(joined)
    chi = sum((counts[b] - len(joined) / 256) ** 2 for b in range(256)) / (len(joined) / 256)
    # 255 degrees of freedom; a chance of one in a million is about 370.
    limit("beacons differ from noise (chi-square of bytes)", chi, 370, "")
    for place in range(128):
        column = collections.Counter(p[place] for p in different)
        most, total = column.most_common(1)[0][1], sum(column.values())
        if most > total / 256 + 8 * math.sqrt(total / 256) + 4:
            failed.append(f"byte {place} of beacons")
            say(f"FAILED byte {place} of beacons has a favourite")
    link(beacons)


def link(beacons: list[tuple[str, bytes, float]]) -> None:
    """Whether two beacons of one laptop have more in common than two of different ones."""
    senders: dict[str, list[bytes]] = collections.defaultdict(list)
    for source, payload, _ in beacons:
        if ":" not in source and payload not in senders[source][-1:]:
            senders[source].append(payload)

    def unlike(pairs: list[tuple[bytes, bytes]]) -> float:
        bits = sum((int.from_bytes(a) ^ int.from_bytes(b)).bit_count() for a, b in pairs)
        return (bits - 512 * len(pairs)) / math.sqrt(256 * max(len(pairs), 1))

    own = [pair for sent in senders.values() for pair in zip(sent, sent[1:])]
    others = [(a, b) for one, two in zip(senders.values(), list(senders.values())[1:])
              for a, b in zip(one, two)]  # fmt: skip
    # 1,024 bits that are noise differ in 512, give or take 16; this is in such steps of the mean.
    limit(f"{len(own)} pairs of beacons of one laptop differ from noise", abs(unlike(own)), 5, "")
    limit(f"{len(others)} pairs of two laptops do", abs(unlike(others)), 5, "")


def read_as_member(
    beacons: list[tuple[str, bytes, float]], laptops: list[Laptop], devices: list[bytes]
) -> None:
    """Opens the beacons with what Protocol.md says and the team's secret, as another program would."""
    sys.path.insert(0, str(ROOT / "Tests/Foreign"))
    try:
        from wpeer.beacon import hour_of, open_beacon
    except ImportError:
        say("       not read in Python: it needs PyNaCl")
        return
    (path,) = laptops[0].home.glob("*/team.secrets")
    secret = path.read_bytes()
    # What `doctor` sends is noise to everybody, the team included.
    opened = [
        open_beacon(payload, [secret], hour_of(int(1000 * at)))
        for number, (_, payload, at) in enumerate(beacons)
        if number not in probes
    ]
    heard = {beacon.device for beacon in opened if beacon}
    if None in opened or heard != {device[:8] for device in devices}:
        failed.append("read in Python")
        say(f"FAILED {opened.count(None)} of {len(opened)} beacons can't be read")
    else:
        say(f"ok     {len(opened)} beacons of {len(heard)} laptops read in Python")


def meet_once(laptops: list[Laptop], wire: Wire) -> None:
    """`sync` alone, on a laptop that is not up."""
    away = laptops[-1]
    away.down()
    laptops[0].weonomy("share", "-k", "howto", "-m", "while one was away")
    begun = time.monotonic()
    met = away.weonomy("sync")["peers"]
    limit("sync alone met all who are up", time.monotonic() - begun, 10, "s")
    if len(met) != len(laptops) - 1:
        failed.append("sync alone")
        say(f"FAILED sync alone met {len(met)}")
    global probes
    first = len(wire.beacons)
    done = subprocess.run(
        away.command(*away.program, "--json", "doctor", "--network"),
        capture_output=True, text=True, timeout=120,
    )
    time.sleep(0.5)
    ours = {away.address}
    probes = {
        number
        for number in range(first, len(wire.beacons))
        if wire.beacons[number][0] in ours or ":" in wire.beacons[number][0]
    }
    data = json.loads(done.stdout.splitlines()[-1])["data"]
    steps = {attempt["step"] for attempt in data["attempts"]}
    if not data["beacons"]["own_heard"] or steps != {"same"} or data["listening"] is not None:
        failed.append("doctor")
        say(f"FAILED doctor: {data}")
    away.up()
    wait(10, lambda: is_full(laptops))


# -- runs


# -- files


def fetch(laptop: Laptop, item: str, name: str) -> float:
    """Seconds until a file is there that was asked for."""

    def is_here() -> bool:
        return any(f["name"] == name and f["state"] == "here"
                   for f in laptop.weonomy("files")["files"])  # fmt: skip

    laptop.weonomy("files", "get", item, name)
    return wait(60, is_here)


def files(laptops: list[Laptop]) -> None:
    """A file from one colleague whose link is slow, and one like it from three such."""
    sources, target = laptops[:3], laptops[3]
    for laptop in laptops:
        laptop.weonomy("files", "policy", "opened")
    items = []
    for name in ("one.bin", "three.bin"):
        path = sources[0].home / name
        path.write_bytes(os.urandom(16_000_000))
        shared = sources[0].weonomy("share", "--attach", str(path), "--title", name, "-m", name)
        items.append((shared["id"], name))
    wait(20, lambda: len(digests(laptops)) == 1)
    for laptop in sources[1:]:
        limit("a file of 16 MB comes", fetch(laptop, *items[1]), 30, "s")
    for laptop in sources:
        laptop.inside("tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "24mbit",
                      "burst", "64kb", "latency", "100ms")  # fmt: skip
    one, three = fetch(target, *items[0]), fetch(target, *items[1])
    say(f"       at 3 MB/s each: {one:.1f} s from one, {three:.1f} s from three")
    limit("from three at once, per the time from one", three / one, 0.6, "")
    # `sync` alone does not end before a slow file is there.
    target.weonomy("files", "policy", "all")
    target.down()
    path = sources[0].home / "slow.bin"
    path.write_bytes(os.urandom(9_000_000))
    sources[0].weonomy("share", "--attach", str(path), "--title", "slow", "-m", "slow")
    target.weonomy("sync")
    (slow,) = [f for f in target.weonomy("files")["files"] if f["name"] == "slow.bin"]
    if slow["state"] != "here":
        failed.append("sync alone with files")
        say(f"FAILED sync alone ended with a file {slow['state']}")
    target.up()
    for laptop in sources:
        laptop.inside("tc", "qdisc", "del", "dev", "eth0", "root")
    wait(10, lambda: is_full(laptops))


def told(laptops: list[Laptop]) -> None:
    """One who sends no beacons, and whose address one colleague has typed, is met by another."""
    first, second, silent = laptops[0], laptops[1], laptops[-1]
    for laptop in (first, silent):
        laptop.forget()
    who = silent.weonomy("status")["me"]["id"]
    silent.up("--no-discovery")
    second.weonomy("peer", "add", f"{silent.address}:7431")
    wait(10, lambda: who in second.peers())
    first.up()
    took = wait(20, lambda: who in first.peers())
    limit("one who sends no beacons is met by what a colleague tells", took, 15, "s")
    second.weonomy("peer", "remove", f"{silent.address}:7431")
    silent.down()
    silent.up()
    wait(10, lambda: is_full(laptops))


def to_all(laptop: Laptop, verb: str) -> None:
    """Takes away or gives back the ways by which a laptop sends to all on its link."""
    device = ("dev", "eth0", "table", "local")
    laptop.inside("ip", "route", verb, "broadcast", "10.77.255.255", "scope", "link", *device)
    laptop.inside("ip", "-6", "route", verb, "multicast", "ff00::/8", *device)


def probed(laptops: list[Laptop]) -> None:
    """Where nothing that is sent to all arrives, one that asks each address finds everybody."""
    for laptop in laptops:
        laptop.forget()
        to_all(laptop, "del")
    asker, others = laptops[0], laptops[1:]
    for laptop in others:
        laptop.up()
    wait_ready(others, 30)
    time.sleep(5)
    if any(laptop.found() for laptop in others):
        failed.append("a network that drops what is sent to all")
        say("FAILED somebody was heard where what is sent to all is dropped")
    try:
        asker.weonomy("sync")
        failed.append("sync without --probe")
        say("FAILED sync found somebody without a probe")
    except RuntimeError:
        pass
    start = time.monotonic()
    met = {peer["person"]["id"] for peer in asker.weonomy("sync", "--probe")["peers"]}
    limit(f"sync --probe met {len(met)} of {len(others)}", time.monotonic() - start, 10, "s")
    if len(met) != len(others):
        failed.append("sync --probe")
    asker.up("--probe")
    began = wait_ready([asker], 30)
    wait(20, lambda: len(asker.peers()) == len(others))
    limit("up --probe met all", time.monotonic() - began, 5, "s")
    for laptop in laptops:
        to_all(laptop, "add")
    wait(60, lambda: is_full(laptops))


def run(count: int, full: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="weonomy-lan-") as name:
        sh("ip", "link", "add", BRIDGE, "type", "bridge", "mcast_snooping", "0")
        sh("ip", "link", "set", BRIDGE, "up")
        laptops: list[Laptop] = []
        wire = Wire()
        try:
            laptops = make_team(count, Path(name))
            wire.start()
            limit(f"{count} laptops found each other", start_all(laptops), 3, "s")
            times = spread(laptops, 3 if not full else 10)
            limit("a change is everywhere, median", statistics.median(times), 300, "ms")
            say(f"       of {len(times)}: 90 % within {sorted(times)[int(0.9 * len(times))]:.0f} ms")
            meet_once(laptops, wire)
            others = count - 1
            limit("interface down and up", bounce(laptops[1], others), 5, "s")
            if len(laptops) > 3 and shutil.which("tc"):
                files(laptops)
            told(laptops)
            probed(laptops)
            if full:
                limit("another address", readdress(laptops[2], others), 5, "s")
                limit("after a sleep of 40 s", asleep(laptops[3], laptops, 40), 5, "s")
                splits(laptops, {"halves": 5, "every second": 20, "four parts": 40, "one alone": 5})
            if options.minutes:
                busy(laptops, options.minutes)
            if len(digests(laptops)) != 1:
                failed.append("digests")
                say("FAILED the laptops differ")
            look_through(wire, laptops)
        finally:
            for laptop in laptops:
                laptop.end()
            wire.stop()
            for bridge in (BRIDGE, "br1", "br2", "br3"):
                sh("ip", "link", "del", bridge, check=False)


def run_many(count: int, seconds: float) -> None:
    """What discovery costs each of many laptops at rest, and what many do when a network splits."""
    with tempfile.TemporaryDirectory(prefix="weonomy-lan-") as name:
        sh("ip", "link", "add", BRIDGE, "type", "bridge", "mcast_snooping", "0")
        sh("ip", "link", "set", BRIDGE, "up")
        laptops: list[Laptop] = []
        wire = Wire()
        try:
            laptops = make_team(count, Path(name))
            for laptop in laptops:
                laptop.up()
            wait_ready(laptops, 240)
            took = wait(60, lambda: all(l.found() == count - 1 for l in laptops))
            limit(f"{count} laptops heard of each other", took, 3, "s")
            found = sorted(laptop.found() for laptop in laptops)
            if found[0] < count - 1:
                say(f"       found by each: {found}")
            wire.start()
            time.sleep(30)
            before = wire.most()
            time.sleep(seconds)
            rate = (wire.most() - before) / seconds
            limit(f"beacons that each of {count} hears and sends", rate, 1_000, "B/s")
            sessions = [len(laptop.peers()) for laptop in laptops]
            say(f"       sessions per laptop: {min(sessions)} to {max(sessions)}")
            times = spread(laptops, 3)
            limit("a change is everywhere, median", statistics.median(times), 300, "ms")
            splits(laptops, {"halves": 20, "every second": 5, "one alone": 20})
        finally:
            for laptop in laptops:
                laptop.end()
            wire.stop()
            for bridge in (BRIDGE, "br1"):
                sh("ip", "link", "del", bridge, check=False)


def enter_namespace() -> None:
    """Starts this script again with a network of its own, as root of it."""
    if os.environ.get("WEONOMY_LAN_INSIDE"):
        return
    words = ["unshare", "-n", "--mount"] + ([] if os.geteuid() == 0 else ["-r"])
    if shutil.which("unshare") is None or sh(*words, "true", check=False).returncode:
        say("skipped: this machine does not let us make network namespaces")
        sys.exit(0)
    os.environ["WEONOMY_LAN_INSIDE"] = "1"
    command = words + [sys.executable, *sys.argv]
    with room_for_neighbours():
        code = subprocess.call(command)
    sys.exit(code)


@contextlib.contextmanager
def room_for_neighbours() -> Iterator[None]:
    """The kernel counts the neighbours of all namespaces together: 1,024 are too few for fifty
    laptops that know each other, and what goes to one more is lost."""
    old = {}
    for family in ("ipv4", "ipv6"):
        for number in (3, 2, 1):
            path = Path(f"/proc/sys/net/{family}/neigh/default/gc_thresh{number}")
            try:
                old[path] = path.read_text()
                path.write_text(str(max(16_384, int(old[path]))))
            except OSError:
                old.pop(path, None)
    try:
        yield
    finally:
        for path, text in reversed(old.items()):
            path.write_text(text)


parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("--weonomy", type=Path, default=PROGRAM)
parser.add_argument("--laptops", type=int, default=10)
parser.add_argument("--minutes", type=float, default=0, help="how long they go on working")
parser.add_argument("--many", type=int, default=0, help="how many for the cost of beacons")
parser.add_argument("--seconds", type=float, default=60, help="how long that is measured")
parser.add_argument("--smoke", action="store_true", help="four laptops, the short form")
options = parser.parse_args()

if __name__ == "__main__":
    if not options.weonomy.exists():
        say("skipped: the program is not built")
        sys.exit(0)
    enter_namespace()
    reason = can_make_namespaces()
    if reason:
        say(f"skipped: {reason}")
        sys.exit(0)
    if options.smoke:
        run(4, full=False)
    elif options.many:
        run_many(options.many, options.seconds)
    else:
        run(options.laptops, full=True)
    if failed:
        say("FAILED: " + ", ".join(failed))
    sys.exit(1 if failed else 0)
