"""The list of cases, and what they use to say what they expect."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ..channel import SECONDS

Made = TypeVar("Made")


@dataclass
class Environment:
    """What a case is given: the program, the page, and randomness of its own."""

    program: Path
    page: Path
    random: random.Random


@dataclass
class Case:
    name: str
    work: Callable[[Environment], None]
    waits: bool  # mostly for time to pass, so it runs beside the others


CASES: list[Case] = []


def case(
    fixture: Callable[[Environment], AbstractContextManager[Made]], waits: bool = False
) -> Callable[[Callable[[Made], None]], Callable[[Made], None]]:
    """Registers a case, which is given what its fixture makes."""

    def register(work: Callable[[Made], None]) -> Callable[[Made], None]:
        def run(environment: Environment) -> None:
            with fixture(environment) as made:
                work(made)

        CASES.append(Case(work.__name__, run, waits))
        return work

    return register


def expect(condition: bool, what: str) -> None:
    if not condition:
        raise AssertionError(what)


def expect_equal(actual: Any, expected: Any, what: str) -> None:
    if actual != expected:
        raise AssertionError(f"{what}: {_short(actual)}, not {_short(expected)}")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 300 else text[:300] + "…"


def eventually(condition: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Polls for what nothing announces."""
    deadline = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < deadline, f"not in {seconds} s: {what}")
        time.sleep(0.02)
