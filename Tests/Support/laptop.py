"""One person's laptop for the scripts that use the program as people do: a home, and the program in it."""
import json, os, pathlib, signal, subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPORA = ROOT.parent / "shared/corpora"


class Failed(Exception):
    """The program said no: its exit code and what it said."""

    def __init__(self, words, code, said):
        super().__init__(f"weonomy {' '.join(words)}: exit {code}: {said}")
        self.code, self.said = code, said


class Laptop:
    def __init__(self, program, folder, language="en", before=()):
        self.command, self.home = [*before, str(program)], pathlib.Path(folder)
        self.environment = dict(os.environ, WEONOMY_HOME=str(folder), WEONOMY_LANG=language, NO_COLOR="1")
        self.running = []

    def run(self, *words, text=""):
        """What the command says as JSON; raises what it refuses."""
        done = subprocess.run(
            [*self.command, *words, "--json", "--no-input"], env=self.environment, input=text, text=True,
            capture_output=True, timeout=300)
        if done.returncode:
            raise Failed(words, done.returncode, done.stdout + done.stderr)
        return json.loads(done.stdout.splitlines()[-1])["data"]

    def read(self, *words):
        """What people read in a terminal; raises what it refuses."""
        done = subprocess.run(
            [*self.command, *words, "--no-input"], env=self.environment, text=True, capture_output=True,
            stdin=subprocess.DEVNULL, timeout=300)
        if done.returncode:
            raise Failed(words, done.returncode, done.stdout + done.stderr)
        return done.stdout

    def start(self, *words):
        """A command that stays, and the first that it says."""
        process = subprocess.Popen(
            [*self.command, *words, "--json"], env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.running.append(process)
        return process, json.loads(process.stdout.readline())["data"]

    def listen(self):
        """Waits for colleagues; where."""
        return self.start("sync", "--listen", "--port", "0", "--host", "127.0.0.1")[1]["address"]

    def stop(self):
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            process.wait(20)
            process.stdout.close()
        self.running = []


def built(program):
    """The program that was asked for, or the one that was built last."""
    if program:
        return pathlib.Path(program).resolve()
    shown = subprocess.run(["swift", "build", "--show-bin-path"], cwd=ROOT, capture_output=True, text=True)
    return pathlib.Path(shown.stdout.strip()) / "weonomy"
