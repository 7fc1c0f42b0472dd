"""Random adversarial histories: by the page and by the program the same is shown."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from .. import brain_file
from ..bodies import CONTENT
from ..events import Event
from ..fold import Brain, erase
from ..identity import SigningKey
from ..membership import Membership
from ..replica import Replica
from .harness import Laptop, PeerFounds
from .registry import Environment, case, expect_equal
from .world import World

SHORT, STEPS = 20, (40, 160)


class Quarrel(PeerFounds):
    """A team of which the program holds the beginning, and the history that follows."""

    def __init__(self, environment: Environment):
        self.council_keys = [SigningKey(environment.random.randbytes(32)) for _ in range(4)]
        super().__init__(environment)
        self.held = list(self.replica.events)
        self.world = World(self.random, self.replica, self.keys, self.council_keys)

    def rules(self) -> tuple[bool, list[bytes], int]:
        keys = [k.public for k in self.council_keys[:3]]
        threshold = self.random.choice([2, 2, 2, 1, 4])
        if self.random.random() < 0.3:
            keys, threshold = keys[:1] * self.random.randrange(3), 1
        return self.random.random() < 0.3, keys, threshold

    def arrival(self) -> list[list[Event]]:
        """What the program lacks, in an order in which it can be stored, in some parts."""
        waiting = {i: e for i, e in self.replica.events.items() if i not in self.held}
        order: list[Event] = []
        while waiting:
            ready = [e for e in waiting.values() if not any(i in waiting for i in e.links)]
            for e in self.random.sample(ready, self.random.randrange(1, len(ready) + 1)):
                order.append(waiting.pop(e.id))
        cuts = sorted(self.random.randrange(len(order) + 1) for _ in range(2))
        parts = [order[: cuts[0]], order[cuts[0] : cuts[1]], order[cuts[1] :]]
        return [p for p in self._with_late_bodies(parts) if p]

    def _with_late_bodies(self, parts: list[list[Event]]) -> list[list[Event]]:
        """Some bodies come later than their events, in parts of their own: in which order a body
        and the end of its erasure come is not to matter here."""
        out: list[list[Event]] = []
        late: list[Event] = []
        for n, part in enumerate(parts):
            out.append([])
            for e in part:
                is_late = e.class_ == CONTENT and e.body is not None and self.random.random() < 0.1
                late += [e] if is_late else []
                out[-1].append(replace(e, body=None) if is_late else e)
            if late and (n == len(parts) - 1 or self.random.random() < 0.5):
                out.append(late)
                late = []
        return out

    def compare(self, parts: list[list[Event]]) -> str:
        """Imports the parts; what differs after one of them, or nothing."""
        replica = Replica(self.replica.team)
        for i in self.held:
            replica.put(replace(self.replica.events[i]))
        for n, part in enumerate(parts):
            take(replica, part)
            if difference := difference_after(self.laptop, self.random, replica, part):
                return f"after part {n + 1} of {len(parts)}: {difference}"
        rebuilt = self.laptop.run("doctor", "--rebuild")["digest"]
        if rebuilt != Brain(replica).digest().hex():
            return f"rebuilt: {rebuilt}"
        return acts_that_differ(self.laptop, replica) or bodies_that_differ(self.laptop, replica)


def acts_that_differ(laptop: Laptop, replica: Replica) -> str:
    """Which decisions about people count, and which are settled (8.1)."""
    membership = Membership(replica)
    differing = []
    for shown in laptop.run("safety", "log")["decisions"]:
        e = replica.events[bytes.fromhex(shown["id"])]
        ours = e.id in membership.fold.counting, membership.is_settled(e)
        theirs = shown["effective"], shown["settled"]
        if ours != theirs:
            differing.append(f"{shown['kind']} {shown['id'][:8]} {theirs}, not {ours}")
    return f"counting, settled: {differing}" if differing else ""


def take(replica: Replica, part: list[Event]) -> None:
    for e in part:
        if e.id not in replica.events:
            replica.put(replace(e))
    erase(replica)
    for e in part:
        known = replica.events[e.id]
        if known.body is None and e.body is not None:
            replica.add_body(known, e.body)
    erase(replica)


def difference_after(
    laptop: Laptop, rng: random.Random, replica: Replica, part: list[Event]
) -> str:
    path = Path(laptop.folder, "part.jsonl")
    lines = [brain_file.line_of(e) for e in part]
    rng.shuffle(lines)
    path.write_text(brain_file.first_line(replica.team) + "".join(lines), "utf-8")
    code, answer = laptop.attempt("import", str(path))
    if code:
        return f"import ends with {code}: {answer}"
    code, answer = laptop.attempt("status")
    if code:
        return f"status ends with {code}: {answer}"
    shown = answer["data"]["events"], answer["data"]["digest"]
    ours = len(replica.events), Brain(replica).digest().hex()
    return "" if shown == ours else f"{shown}, not {ours}"


def bodies_that_differ(laptop: Laptop, replica: Replica) -> str:
    path = Path(laptop.folder, "exported.jsonl")
    laptop.run("export", "--format", "jsonl", "--to", str(path))
    theirs = path.read_text("utf-8").splitlines()
    ours = brain_file.write(replica).splitlines()
    differing = [line[:73] for line in set(theirs) ^ set(ours)]
    return f"exported otherwise: {differing}" if differing else ""


def run_history(
    environment: Environment, steps: tuple[int, int] = STEPS, minimise: bool = False
) -> str:
    """What differs, or nothing."""
    with Quarrel(environment) as t:
        home = t.laptop.folder / "home"
        begun = t.laptop.folder / "begun"
        shutil.copytree(home, begun)
        t.world.live(t.random.randrange(*steps))
        parts = t.arrival()
        difference = t.compare(parts)
        if difference and minimise:
            difference += "\n" + describe(t, minimal(t, parts, begun))
        return difference


def minimal(t: Quarrel, parts: list[list[Event]], begun: Path) -> list[list[Event]]:
    """The fewest events in the fewest parts, found by leaving out, after which something
    differs."""

    def differs(parts: list[list[Event]]) -> bool:
        shutil.rmtree(t.laptop.folder / "home")
        shutil.copytree(begun, t.laptop.folder / "home")
        return bool(t.compare(parts))

    at_once = [[e for part in parts for e in part]]
    if differs(at_once):
        parts = at_once
    elif len(parts) > 2 and differs(two := [parts[0], parts[1] + parts[2]]):
        parts = two
    elif len(parts) > 2 and differs(two := [parts[0] + parts[1], parts[2]]):
        parts = two
    return shrink(parts, differs) if differs(parts) else parts


def shrink(
    parts: list[list[Event]], differs: Callable[[list[list[Event]]], bool]
) -> list[list[Event]]:
    def without(left_out: set[bytes]) -> list[list[Event]]:
        out: list[list[Event]] = []
        for part in parts:
            out.append([])
            for e in part:
                if e.id in left_out or any(i in left_out for i in e.links):
                    left_out.add(e.id)
                else:
                    out[-1].append(e)
        return [part for part in out if part]

    size = sum(map(len, parts)) // 2
    while size:
        at = sum(map(len, parts))
        while at > 0:
            events = [e for part in parts for e in part]
            kept = without({e.id for e in events[max(0, at - size) : at]})
            if kept and differs(kept):
                parts = kept
            at = min(at - size, sum(map(len, parts)))
        size //= 2
    return parts


def describe(t: Quarrel, parts: list[list[Event]]) -> str:
    """The events by short names."""
    events = [e for part in parts for e in part]
    ends = {part[-1].id for part in parts}
    names = {i: f"e{n}" for n, i in enumerate(t.held)}
    names |= {e.id: f"x{n}" for n, e in enumerate(events)}
    names |= {d.keys.public: f"d{n}" for n, d in enumerate(t.world.devices)}
    names |= {p: f"p{n}" for n, p in enumerate(t.world.persons())}
    names |= {e.log: f"{names.get(e.device)}-log{e.log[0]}" for e in events}

    def named(x: object) -> object:
        if isinstance(x, bytes):
            return names.get(x) or f"b{len(x)}:{x.hex()[:6]}"
        if isinstance(x, list):
            return [named(y) for y in x]
        return {k: named(v) for k, v in x.items()} if isinstance(x, dict) else x

    brain = Brain(t.replica.copy())
    out: list[str] = []
    for e in [*(t.replica.events[i] for i in t.held), *events]:
        body = "bare" if e.value is None else e.value[1:]
        out.append(
            f"{names[e.id]} {'content' if e.class_ == CONTENT else 'member'} by {named(e.device)}"
            f" of {named(brain.membership.owner.get(e.device))} log {named(e.log)} seq {e.seq}"
            f" prev {named(e.prev)} parents {named(e.parents)} lamport {e.lamport}"
            f" object {named(e.object)}: {named(body) if isinstance(body, list) else body}"
            f"{' -- end of a part' if e.id in ends else ''}"
        )
    return "\n".join(out)


class _Environments:
    """Randomness of its own for each history."""

    def __init__(self, environment: Environment):
        self._environment = environment
        self._seed = environment.random.randrange(1 << 32)

    def __enter__(self) -> _Environments:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def number(self, n: int) -> Environment:
        return of_seed(self._environment, f"{self._seed} {n}")


@case(_Environments)
def random_histories(environments: _Environments) -> None:
    """8, 9.3: quarrels, forks, forgeries, claims of one device, erasures, in parts."""
    for n in range(SHORT):
        difference = run_history(environments.number(n))
        expect_equal(difference, "", f"history {n}")


def of_seed(environment: Environment, seed: str) -> Environment:
    return Environment(environment.program, environment.page, random.Random(seed))


def run_many(
    program: Path, page: Path, seed: int, numbers: range, steps: tuple[int, int]
) -> int:
    """The long form: goes on after a difference, and says with how few events it is there."""
    environment = Environment(program, page, random.Random(seed))
    differing = 0
    for n in numbers:
        difference = run_history(of_seed(environment, f"{seed} {n}"), steps, minimise=True)
        if difference:
            differing += 1
            print(f"DIFFERS history {n} of seed {seed}: {difference}", flush=True)
        if n % 20 == 19:
            print(f"history {n} was looked at", flush=True)
    print(f"{len(numbers)} histories, {differing} differ")
    return 1 if differing else 0
