"""Section 8.2: the decisions of the recovery council."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .bodies import COUNCIL, GRANT, REDUCE, fields_fit
from .cbor import BadForm, decode, encode, is_ids, is_uint
from .events import Event
from .graph import Graph
from .identity import H, verify

RECOVERY_KEYS_MAX = 16
FOUNDER = 4


@dataclass
class Decision:
    kind: int
    fields: dict[Any, Any]
    events: list[Event]  # that carry it, by order


class Council:
    def __init__(self, graph: Graph, genesis: Event):
        self.decisions: list[Decision] = []
        self.counting: set[bytes] = set()  # the events that carry one, and that of the first keys
        self.is_unknown = False  # whether it ended with a decision of another form
        self.is_forked = False
        self._graph = graph
        self._acts = [
            e for e in graph.looked_at if graph.fits[e.id] and e.value[1] == COUNCIL
        ]
        keys, threshold = self._first_keys(genesis)
        self.last = last = b""  # the last decision's hash
        while keys and not self.is_unknown:
            carriers: dict[bytes, list[Event]] = {}
            for e in self._acts:
                proposal, previous, _ = (e.value[2][n] for n in range(3))
                if previous == last and self._signers(e, keys) >= threshold:
                    carriers.setdefault(H(encode([previous, proposal])), []).append(e)
            if not carriers:
                break
            self.is_forked |= len(carriers) > 1
            self.last = last = min(carriers)
            events = carriers[last]
            proposal = parse(events[0].value[2][0])
            if proposal is None:
                self.is_unknown = True
                break
            self.counting.update(e.id for e in events)
            kind, fields = proposal
            if kind == COUNCIL:
                keys, threshold = fields[0], fields[1]
            else:
                self.decisions.append(Decision(kind, fields, events))

    def _first_keys(self, genesis: Event) -> tuple[list[bytes], int]:
        fields = genesis.value[2]
        if are_valid(fields[4], fields[5]):
            return fields[4], fields[5]
        devices = {device[0] for device in fields[2]}
        for e in self._acts:
            raw, previous, signatures = (e.value[2][n] for n in range(3))
            proposal = parse(raw)
            is_first = previous == b"" and not signatures and e.device in devices
            if is_first and proposal is not None and proposal[0] == COUNCIL:
                self.counting.add(e.id)
                return proposal[1][0], proposal[1][1]
        return [], 0

    def _signers(self, e: Event, keys: list[bytes]) -> int:
        proposal, previous, signatures = (e.value[2][n] for n in range(3))
        signed = encode([self._graph.team, previous, proposal])
        return len({
            key
            for key, signature in signatures[:RECOVERY_KEYS_MAX]
            if key in keys and verify(key, "weonomy/1 council", signed, signature)
        })  # fmt: skip


def are_valid(keys: list[bytes], threshold: int) -> bool:
    is_majority = threshold <= len(keys) < 2 * threshold
    return 1 <= len(keys) <= RECOVERY_KEYS_MAX and len(set(keys)) == len(keys) and is_majority


def parse(raw: bytes) -> tuple[int, dict[Any, Any]] | None:
    """A proposal's kind and fields; None where it is of another form."""
    try:
        value = decode(raw)
    except BadForm:
        return None
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[1], dict)):
        return None
    kind, fields = value
    if kind == COUNCIL and not isinstance(kind, bool):
        keys, threshold = fields.get(0), fields.get(1)
        fits = is_ids(keys) and is_uint(threshold) and are_valid(keys, threshold)
    elif kind == GRANT or kind == REDUCE:
        fits = not isinstance(kind, bool) and fields_fit([b"", kind, fields])
        if kind == GRANT:
            fits = fits and fields[1] == FOUNDER
        else:
            fits = fits and fields[1] < FOUNDER and fields[4] is True and fields[5] is None
    else:
        fits = False
    return (kind, fields) if fits else None
