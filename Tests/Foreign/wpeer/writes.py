"""Section 9: writes to a register or a mark, and which of them compete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .events import Event


@dataclass(frozen=True)
class Write:
    event: Event
    place: int  # of the change in its event
    value: Any

    @property
    def order(self) -> tuple[tuple[int, bytes], int]:
        return self.event.order, self.place


Precedes = Callable[[Write, Write], bool]


def competing(writes: list[Write], precedes: Precedes) -> list[Write]:
    """The writes that no other one follows, the greatest by (lamport, id) first."""
    left = [w for w in writes if not any(precedes(w, other) for other in writes)]
    return sorted(left, key=lambda w: w.order, reverse=True)
