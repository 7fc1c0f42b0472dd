"""Runs the cases and reports."""

from __future__ import annotations

import os
import random
import shlex
import signal
import sys
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from . import (  # noqa: F401  (they register their cases)
    attached,
    erasing,
    examples,
    exchange,
    files,
    folding,
    forks,
    governing,
    hearing,
    histories,
    joining,
    limits,
    meeting,
    refusals,
    sticks,
    storing,
    vectors,
)
from .harness import Laptop
from .registry import CASES, Case, Environment


class Runner:
    def __init__(self, program: Path, page: Path, seed: int, replay: list[str]):
        self.program, self.page, self.seed, self.replay = program, page, seed, replay
        self.passed = self.failed = 0

    def _environment(self, case: Case) -> Environment:
        return Environment(self.program, self.page, random.Random(f"{self.seed} {case.name}"))

    def _run(self, case: Case) -> tuple[float, Exception | None]:
        start = time.monotonic()
        try:
            case.work(self._environment(case))
        except Exception as error:
            return time.monotonic() - start, error
        return time.monotonic() - start, None

    def _report(self, case: Case, seconds: float, error: Exception | None) -> None:
        if error is None:
            self.passed += 1
            print(f"ok      {case.name} ({seconds:.1f} s)", flush=True)
            return
        self.failed += 1
        print(f"FAILED  {case.name} ({seconds:.1f} s): {type(error).__name__} {error}")
        where = traceback.extract_tb(error.__traceback__)
        for frame in where[-4:]:
            print(f"          {Path(frame.filename).name}:{frame.lineno} {frame.line}")
        print(f"          replay: {shlex.join([*self.replay, case.name])}", flush=True)

    @staticmethod
    def _stop(number: int, _: object) -> None:
        Laptop.abandon_all()
        os._exit(128 + number)

    def run(self, names: list[str]) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        unknown = set(names) - {case.name for case in CASES}
        if unknown:
            print(f"no such case: {', '.join(sorted(unknown))}", file=sys.stderr)
            return 2
        chosen = [case for case in CASES if not names or case.name in names]
        print(f"seed {self.seed}")
        with ThreadPoolExecutor(max(1, len(chosen))) as pool:
            waiting: list[tuple[Case, Future[tuple[float, Exception | None]]]] = [
                (case, pool.submit(self._run, case)) for case in chosen if case.waits
            ]
            for case in chosen:
                if not case.waits:
                    self._report(case, *self._run(case))
            for case, future in waiting:
                self._report(case, *future.result())
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0
