#!/usr/bin/env python3
"""Proves, with real processes, that Weonomy does what it is for.

  Tests/Proofs/proofs.py [--program PATH] [--seed N] [--quick] [PROOF...]
  Tests/Proofs/proofs.py --list

Each proof is one story of two or more laptops of a team. What can be reckoned is reckoned here a second
time, from the notes and their histories alone. --quick replays two months instead of a year.
"""
import argparse, collections, datetime, hashlib, html.parser, http.cookiejar, math, pathlib, random, re, shutil
import subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from laptop import CORPORA, Failed, Laptop, built  # noqa: E402


class Story:
    """The laptops of one proof, and what was found."""

    def __init__(self, program, folder, seed, quick):
        self.program, self.folder, self.seed, self.quick = program, folder, seed, quick
        self.random, self.laptops, self.count, self.failures = random.Random(seed), [], 0, []

    def laptop(self, name, language="en", before=()):
        laptop = Laptop(self.program, self.folder / name, language, before)
        laptop.name = name
        self.laptops.append(laptop)
        return laptop

    def team(self, *names, options=(), language="en"):
        """A founder and who joined; each by its own process."""
        founder = self.laptop(names[0], language)
        founder.run("init", "--name", names[0], "--team", "Team Noord", *options)
        address = founder.listen() if names[1:] else None
        founder.address = address
        code = founder.run("invite", "--uses", str(max(1, len(names) - 1)))["code"]
        rest = [self.laptop(name, language) for name in names[1:]]
        for laptop in rest:
            laptop.run("join", address, "--name", laptop.name, "--code-file", "-", text=code)
        return [founder, *rest]

    def that(self, holds, what):
        self.count += 1
        if not holds:
            self.failures.append(what)
            print(f"  FAILED {what}", flush=True)

    def same(self, got, wanted, what):
        if got != wanted and isinstance(got, set):
            got, wanted = got - wanted, wanted - got
        self.that(got == wanted, f"{what}: {got!r:.400}, not {wanted!r:.400}")

    def refused(self, code, laptop, *words, **more):
        """Says what was said when the command ended with this code."""
        try:
            laptop.run(*words, **more)
        except Failed as failed:
            self.same(failed.code, code, f"exit code of weonomy {' '.join(words)}")
            return failed.said
        self.that(False, f"weonomy {' '.join(words)} was not refused")
        return ""

    def meet(self, one, other):
        """The two exchange, one of them waiting for the other."""
        address = one.listen()
        other.run("sync", address)
        one.stop()

    def stop(self):
        for laptop in self.laptops:
            laptop.stop()


# What is counted, from HANDBOOK.md alone


def bus_factor(shares):
    """Holders are taken away, who holds most first, until more than half of the shares have nobody."""
    shares, gone = [set(s) for s in shares], 0
    while 2 * sum(not s for s in shares) <= len(shares):
        held = collections.Counter(holder for share in shares for holder in share)
        if not held:
            break
        most = min(held, key=lambda holder: (-held[holder], holder))
        shares = [s - {most} for s in shares]
        gone += 1
    return gone


def holders(first, edits):
    """Who holds a share: its first author, and how many changes each made, the making among them."""
    total = sum(edits.values())
    degree = {
        who: 3.293 + 1.098 * (who == first) + 0.164 * own - 0.321 * math.log(1 + total - own)
        for who, own in edits.items()}
    return {who for who, d in degree.items() if d >= 3.293 and d >= 0.75 * max(degree.values())}


# The proofs


def newcomer(story):
    """A newcomer begins, shares and finds within three minutes, without any network."""
    alone = ["unshare", "-rn"] if shutil.which("unshare") and not subprocess.run(
        ["unshare", "-rn", "true"], capture_output=True).returncode else []
    begun, anna = time.monotonic(), story.laptop("Anna", before=alone)
    anna.run("init", "--name", "Anna de Vries", "--team", "Team Noord")
    shared = anna.run("share", "-k", "experience", "-t", "sqlite", "--title", "WAL over NFS", "-m", "It locks.")
    found = anna.run("find", "nfs")
    story.same([item["id"] for item in found], [shared["id"]], "what she shared is found")
    story.that(time.monotonic() - begun < 180, "three commands take less than three minutes")
    story.that("WAL over NFS" in anna.read("today") + anna.read("find", "locks"), "and people can read it")


def need(story):
    """A need on one laptop, an expert on another, and the answer comes back."""
    anna, bram = story.team("Anna", "Bram")
    bram.run("profile", "offer", "sqlite", "--level", "expert")
    anna.run("ask", "How do I put SQLite on a network share?", "-t", "sqlite", "--yes")
    story.same(bram.run("today")["can_help"], [], "Bram cannot know before they meet")
    bram.run("sync", anna.address)
    help_ = bram.run("today")["can_help"]
    story.same([h["need"]["title"] for h in help_], ["How do I put SQLite on a network share?"], "Bram is asked")
    story.that("sqlite" in str(help_[0]["reasons"] if "reasons" in help_[0] else help_[0]), "and told why")
    bram.run("answer", help_[0]["need"]["short"], "-m", "Do not. Copy it with VACUUM INTO.")
    bram.run("sync", anna.address)
    waiting = anna.run("today")["for_me"]
    story.that("VACUUM INTO" in str(waiting), "the answer waits for Anna")
    shown = anna.run("show", help_[0]["need"]["short"])
    story.that("answered" in str(shown), "the need is answered")


def stick(story):
    """The same by a stick alone: the two are never online together, not even to join."""
    usb = story.folder / "usb"
    usb.mkdir()
    (usb / "holiday.txt").write_text("not ours")
    anna, bram = story.laptop("Anna"), story.laptop("Bram")
    anna.run("init", "--name", "Anna", "--team", "Team Noord")
    anna.run("ask", "How do I put SQLite on a network share?", "-t", "sqlite", "--yes")
    code = anna.run("invite")["code"]
    anna.run("carry", str(usb))
    bram.run("join", str(usb), "--name", "Bram", "--code-file", "-", text=code)
    anna.run("carry", str(usb))
    bram.run("join", str(usb), "--name", "Bram", "--code-file", "-", text=code)
    bram.run("profile", "offer", "sqlite", "--level", "expert")
    need = bram.run("today")["can_help"][0]["need"]["short"]
    bram.run("answer", need, "-m", "Do not. Copy it with VACUUM INTO.")
    bram.run("carry", str(usb))
    before = anna.run("status")["digest"]
    anna.run("carry", str(usb), "--dry-run")
    story.same(anna.run("status")["digest"], before, "a dry run changes nothing")
    anna.run("carry", str(usb))
    story.that("VACUUM INTO" in str(anna.run("today")["for_me"]), "the answer waits for Anna")
    bram.run("carry", str(usb))
    story.same(anna.run("status")["digest"], bram.run("status")["digest"], "digests of both")
    story.same((usb / "holiday.txt").read_text(), "not ours", "what else is on the stick")
    words = b"".join(path.read_bytes() for path in usb.rglob("*") if path.is_file())
    story.that(not any(w in words for w in (b"SQLite", b"Anna", b"VACUUM", b"Noord")), "nothing can be read on it")


def validated(story):
    """A layman shares, an expert validates, the author edits, and the badge says: changed since."""
    anna, bram = story.team("Anna", "Bram")
    bram.run("profile", "offer", "sqlite", "--level", "expert")
    shared = anna.run("share", "-k", "howto", "-t", "sqlite", "--title", "Backups", "-m", "Copy the file.")
    bram.run("sync", anna.address)
    bram.run("validate", shared["short"], "--note", "tried it", "--until", "2099")
    bram.run("sync", anna.address)
    story.same(anna.run("find", "Backups")[0]["validated"], "yes", "Bram's word holds")
    anna.run("edit", shared["short"], "-m", "Copy the file while nobody writes.")
    for laptop in (anna, bram):
        laptop is bram and bram.run("sync", anna.address)
        story.same(laptop.run("find", "Backups")[0]["validated"], "changed", f"{laptop.name} sees it changed")
    story.that("changed since" in bram.read("show", shared["short"]), "and reads so")
    story.same(bram.run("find", "Backups", "validated:yes"), [], "it is not found as validated")


def fire_drill(story):
    """Without one person a team of real notes loses exactly the topics that hang on that person."""
    names = {"jbranchaud-til": "Josh", "thoughtbot-til": "Thea", "bhupesh-til": "Bhupesh"}
    if not all((CORPORA / name).is_dir() for name in names):
        return "the notes are not there"
    josh, thea, bhupesh = story.team("Josh", "Thea", "Bhupesh")
    held = collections.defaultdict(collections.Counter)
    for laptop, folder in zip((josh, thea, bhupesh), names):
        laptop.run("import", str(CORPORA / folder), "--author", laptop.name)
        first = {}
        for line in (CORPORA / folder / "_history.tsv").read_text().splitlines()[1:]:
            _, author, _, path, _ = line.split("\t")
            first.setdefault(path, author)
        for path in (CORPORA / folder).rglob("*.md"):
            parts = path.relative_to(CORPORA / folder).parts
            if path.name != "ATTRIBUTION.md" and len(parts) > 1 and path.read_bytes().strip():
                held[parts[0].lower()][first.get("/".join(parts), laptop.name)] += 1
    for laptop in (thea, bhupesh):
        laptop.run("sync", josh.address)
    everyone = {author for counter in held.values() for author in counter}
    for name in sorted(everyone, key=lambda a: -sum(c[a] for c in held.values()))[:2]:
        lost = {t: (c[name], sum(c.values())) for t, c in held.items() if 2 * c[name] > sum(c.values())}
        said = bhupesh.run("brain", "risk", "--without", name, "--limit", "1000")["lost"]
        story.same({t["topic"]: (t["lost"], t["shares"]) for t in said}, lost, f"what is lost without {name}")


def two_versions(story):
    """Two edit one share apart: no word is lost, and what competes is shown once, until someone chooses."""
    anna, bram = story.team("Anna", "Bram")
    shared = anna.run("share", "-k", "howto", "--title", "Backups", "-m", "First line.\n\nLast line.")["short"]
    bram.run("sync", anna.address)
    anna.run("edit", shared, "--title", "Backups of SQLite", "-m", "First line by Anna.\n\nLast line.")
    bram.run("edit", shared, "--title", "How to back up", "-m", "First line.\n\nLast line by Bram.")
    bram.run("sync", anna.address)
    for laptop in (anna, bram):
        item = laptop.run("show", shared)["item"]
        story.same(item["body"], "First line by Anna.\n\nLast line by Bram.", f"{laptop.name} has all words")
        story.same([v["field"] for v in item["versions"]], ["title"], f"{laptop.name} sees what competes")
        story.same(laptop.run("status")["conflicts"], 1, f"{laptop.name} has one")
        story.that("2 versions" in laptop.read("show", shared), f"{laptop.name} reads so")
    bram.run("edit", shared, "--title", "How to back up SQLite")
    bram.run("sync", anna.address)
    for laptop in (anna, bram):
        story.same(laptop.run("status")["conflicts"], 0, f"{laptop.name} has none after the choice")
        story.same(laptop.run("show", shared)["item"]["title"], "How to back up SQLite", "the choice holds")


def exclusion(story):
    """Addressed, and on repeat excluded by two: out with proof, exit 4; one moderator alone cannot."""
    anna, bram, chris, dora = story.team("Anna", "Bram", "Chris", "Dora", options=["--second-moderator"])
    anna.run("team", "promote", "Bram")
    bad = chris.run("share", "-k", "status", "--title", "Gossip", "-m", "about Dora")["short"]
    for laptop in (bram, chris, dora):
        laptop.run("sync", anna.address)
    dora.run("sync", anna.address)
    dora.run("safety", "flag", bad, "--reason", "it is about me")
    dora.run("sync", anna.address)
    story.that("it is about me" in str(anna.run("safety", "flags")), "the flag reaches a moderator")
    said = story.refused(4, anna, "safety", "exclude", "Chris", "--reason", "gossip", "--confirm", "Chris")
    story.that("address" in said, "first comes addressing")
    anna.run("safety", "address", "Chris", "--about", bad, "--text", "We do not write about people.")
    chris.run("sync", anna.address)
    story.that("We do not write about people." in str(chris.run("today")), "Chris reads it")
    chris.run("share", "-k", "status", "--title", "More gossip", "-m", "again")
    chris.run("sync", anna.address)
    story.refused(3, anna, "safety", "exclude", "Chris", "--reason", "it went on", "--confirm", "Chris")
    chris.run("sync", anna.address)
    story.that(any(p["person"]["name"] == "Chris" for p in anna.run("team")["members"]), "one moderator alone puts nobody out")
    bram.run("sync", anna.address)
    bram.run("safety", "exclude", "Chris", "--reason", "I agree", "--confirm", "Chris")
    chris.run("share", "-k", "howto", "--title", "Written too late", "-m", "x")
    bram.run("sync", anna.address)
    said = story.refused(4, chris, "sync", anna.address)
    story.that("put" in said or "exclu" in said, f"Chris is told: {said}")
    dora.run("sync", anna.address)
    story.same(dora.run("find", "Written too late"), [], "what Chris wrote since is not there")
    for laptop in (anna, bram, dora):
        log = laptop.run("safety", "log")
        for word in ("We do not write about people.", "it went on", "I agree"):
            story.that(word in str(log), f"{laptop.name} can read in the log: {word}")


def round_trip(story):
    """A brain exported as Markdown and taken in elsewhere is, exported again, the same."""
    anna, bram = story.team("Anna", "Bram")
    if (CORPORA / "thoughtbot-til").is_dir():
        anna.run("import", str(CORPORA / "thoughtbot-til"))
    anna.run("share", "-k", "experience", "-t", "sqlite", "-t", "nfs", "--title", 'A "title": with #signs', "-m", "één\n\n- [x] twee\n\n```\n---\n```")
    anna.run("ask", "How do I restore it?", "-t", "sqlite", "--tried", "cp", "--yes")
    bram.run("sync", anna.address)
    need = bram.run("find", "is:need")[0]["short"]
    bram.run("answer", need, "--teach", "-m", "Read the manual.\n\n> It is short.")
    bram.run("sync", anna.address)
    first, second = story.folder / "first", story.folder / "second"
    anna.run("export", "--to", str(first))
    other = story.laptop("Zoe")
    other.run("init", "--name", "Zoe", "--team", "Team Zuid")
    other.run("import", str(first))
    other.run("export", "--to", str(second))
    story.same(notes(second), notes(first), "notes of both exports")
    shares = other.run("status")["shares"]
    other.run("import", str(first))
    story.same(other.run("status")["shares"], shares, "shares after taking it in twice")
    lines = [story.folder / "a.jsonl", story.folder / "b.jsonl"]
    for path in lines:
        anna.run("export", "--format", "jsonl", "--to", str(path))
    story.same(*(hashlib.sha256(p.read_bytes()).hexdigest() for p in lines), "the signed export is reproducible")


def notes(folder):
    """Title, topics and words of each note that was shared."""
    found = set()
    for path in folder.rglob("*.md"):
        text = path.read_text()
        if path.name == "Index.md" or path.parent.name == "People":
            continue
        head, body = text.split("\n---\n", 1)
        head = re.sub(r'"?\[\[(?:[^]|]*[|/])*([^]|]*)\]\]"?', r"\1", head)
        kept = re.findall(r"^(?:title|author|kind|status|tried|topics):.*\n(?:  - .*\n)*", head + "\n", re.M)
        found.add(("".join(kept), re.sub(r"^> %% \w+ ", "> %% ", body, flags=re.M).strip()))
    return found


def pages(story):
    """Every page that a link leads to is there, in Dutch and in English, and valid HTML."""
    anna, bram = story.team("Anna", "Bram")
    if (CORPORA / "thoughtbot-til").is_dir():
        anna.run("import", str(CORPORA / "thoughtbot-til"))
    bram.run("share", "-k", "howto", "-t", "sqlite", "--title", "WAL over <b>NFS</b>", "-m", "# Steps\n\n1. [x](y)\n\n| a |\n|---|\n| 1 |\n")
    bram.run("ask", "Wie kent Elixir?", "-t", "elixir", "--yes")
    bram.run("profile", "offer", "sqlite", "--level", "expert")
    bram.run("sync", anna.address)
    said = {}
    for language in ("nl", "en"):
        anna.environment["WEONOMY_LANG"] = language
        process, ui = anna.start("ui", "--port", "0", "--no-open")
        base = ui["url"].split("/enter")[0]
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        opener.open(ui["url"]).read()
        seen, todo, folder = set(), ["/"], story.folder / language
        folder.mkdir()
        while todo and len(seen) < (120 if story.quick else 400):
            path = todo.pop()
            if path in seen:
                continue
            seen.add(path)
            try:
                answer = opener.open(base + path)
                text = answer.read().decode()
            except urllib.error.HTTPError as error:
                story.that(False, f"{language} {path}: {error.code}")
                continue
            if "text/html" not in answer.headers["Content-Type"]:
                continue
            (folder / f"{len(seen)}.html").write_text(text)
            said[language, re.sub(r"\?.*", "", path)] = Buttons(text)
            story.that(f'<html lang="{language}"' in text, f"{language} {path}: its language is said")
            for link in re.findall(r'href="(/[^"#]*)', text):
                link = link.replace("&amp;", "&")
                if not link.startswith("/assets") and link not in seen:
                    todo.append(link)
        anna.stop()
        story.that(len(seen) > 30, f"{language}: {len(seen)} pages")
        invalid = validate(folder)
        if invalid is None:
            print("  v.Nu is not here: HTML is not validated")
        else:
            story.same(invalid, "", f"{language}: what v.Nu says")
    for (language, path), dutch in said.items():
        english = said.get(("en", path))
        if language == "nl" and english and dutch.words:
            story.that(dutch.words != english.words, f"{path}: its buttons are translated")


class Buttons(html.parser.HTMLParser):
    """What stands on the buttons of a page: its own words, never a colleague's."""

    def __init__(self, text):
        super().__init__()
        self.words, self.inside = [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.inside = tag == "button"

    def handle_data(self, data):
        if self.inside and data.strip():
            self.words.append(data.strip())
        self.inside = False


def validate(folder):
    """What the Nu HTML checker finds; `None` without it."""
    jar = next(pathlib.Path(sys.prefix).rglob("vnu.jar"), None)
    if not jar or not shutil.which("java"):
        return None
    done = subprocess.run(
        ["java", "-jar", str(jar), "--errors-only", "--skip-non-html", str(folder)], capture_output=True, text=True)
    return re.sub(r'"file:[^"]*/', '"', done.stderr).strip()


def a_year(story):
    """A year of a real handbook, replayed by twenty who meet at random: one brain, and its figures come out."""
    if not (CORPORA / "gds-way/_history.tsv").exists():
        return "the notes are not there"
    people_max, days = (6, 60) if story.quick else (20, 365)
    rows = [line.split("\t") for line in (CORPORA / "gds-way/_history.tsv").read_text().splitlines()[1:]]
    rows = [(datetime.datetime.fromisoformat(r[0]), r[1], r[2], r[3]) for r in rows if re.search(r"\.md(\.erb)?$", r[3])]
    since = rows[-1][0] - datetime.timedelta(days=days)
    year = [row for row in rows if row[0] >= since and row[2] != "D"]
    people = [a for a, _ in collections.Counter(row[1] for row in year).most_common(people_max)]
    year = [row for row in year if row[1] in people]
    laptops = dict(zip(people, story.team(*people)))
    ids, edits, first = {}, collections.defaultdict(collections.Counter), {}
    pull = list(laptops.values())
    for number, (_, author, _, path) in enumerate(year):
        laptop, mate = laptops[author], story.random.choice(pull)
        if mate is not laptop and story.random.random() < 0.3:
            story.meet(mate, laptop)
        text = f"{path}, as {author} left it at change {number}."
        if path in ids:
            try:
                laptop.run("edit", ids[path], "-m", text)
            except Failed:
                story.meet(laptops[first[path]], laptop)
                laptop.run("edit", ids[path], "-m", text)
        else:
            ids[path] = laptop.run("share", "-k", "howto", "-t", "gds-way", "--title", path, "-m", text)["id"]
            first[path] = author
        edits[path][author] += 1
    founder = pull[0]
    for _ in range(2):
        address = founder.listen()
        for laptop in pull[1:]:
            laptop.run("sync", address)
        founder.stop()
    story.same(len({laptop.run("status")["digest"] for laptop in pull}), 1, "digests of all")
    topic = next(t for t in founder.run("brain", "topics")["topics"] if t["topic"] == "gds-way")
    wanted = bus_factor(holders(first[path], edits[path]) for path in ids)
    story.same((topic["shares"], topic["bus_factor"]), (len(ids), wanted), "shares and bus factor")
    print(f"  {len(pull)} laptops, {len(year)} changes of {len(ids)} pages, bus factor {wanted}")


PROOFS = [newcomer, need, stick, validated, fire_drill, two_versions, exclusion, round_trip, pages, a_year]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("proofs", nargs="*", metavar="PROOF")
    options = parser.parse_args()
    if options.list:
        for proof in PROOFS:
            print(f"{proof.__name__:<14} {proof.__doc__}")
        return 0
    program = built(options.program)
    if not program.exists():
        print("skipped: the program is not built")
        return 0
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    chosen = [p for p in PROOFS if not options.proofs or p.__name__ in options.proofs]
    count, failed, begun = 0, 0, time.monotonic()
    for proof in chosen:
        with tempfile.TemporaryDirectory() as folder:
            story, start = Story(program, pathlib.Path(folder), seed, options.quick), time.monotonic()
            try:
                skipped = proof(story)
            except Failed as refusal:
                skipped = None
                story.that(False, str(refusal))
            finally:
                story.stop()
            word = f"skipped: {skipped}" if skipped else f"{story.count} checks, {time.monotonic() - start:.1f} s"
            print(f"{proof.__name__:<14} {word}", flush=True)
            count, failed = count + story.count, failed + len(story.failures)
    if failed:
        print(f"again: {sys.argv[0]} --seed {seed}")
    print(f"proofs     {count} checks, {failed} failed, {time.monotonic() - begun:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
