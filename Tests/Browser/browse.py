#!/usr/bin/env python3
"""Uses the page as people do: Chromium against `weonomy ui` on real replicas.

  Tests/Browser/browse.py [--program PATH] [--shots FOLDER]

Two laptops of one team, with the real notes of ../shared/corpora where they are there. Every page in
English and Dutch, light and dark: axe-core (WCAG 2.2 AA and best practice), no console message, no
sideways scroll at 320 px; forms by keyboard alone and without JavaScript; many tabs that hear of a
colleague's change; what other sites and scripts must not do. Without Chromium, playwright or axe it
says so and ends with 0.
"""
import argparse, pathlib, re, shutil, struct, sys, tempfile, time, urllib.error, urllib.request, zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from laptop import CORPORA, Laptop, built  # noqa: E402


def missing():
    try:
        import axe_playwright_python.sync_playwright  # noqa: F401
        import playwright.sync_api  # noqa: F401
    except ImportError as error:
        return f"{error.name} is not installed (pip install playwright axe-playwright-python)"
    return None if chromium() else "no chromium on this machine"


def chromium():
    return next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)


LAPTOPS = []


class Checks:
    def __init__(self):
        self.count, self.failures = 0, []

    def that(self, holds, what):
        self.count += 1
        if not holds:
            self.failures.append(what)
            print(f"  FAILED {what}", flush=True)


def team(program, folder, language, quick):
    """Anna with all notes, Bram who joined her; each has asked and answered something."""
    anna, bram = Laptop(program, folder / "anna", language), Laptop(program, folder / "bram", language)
    LAPTOPS.extend([anna, bram])
    anna.run("init", "--name", "Anna de Vries", "--team", "Team Noord")
    names = [n for n in ("jbranchaud-til", "thoughtbot-til", "bhupesh-til", "gds-way", "tldr-nl") if (CORPORA / n).is_dir()]
    for name in names[1:2] if quick else names:
        anna.run("import", str(CORPORA / name))
    code = anna.run("invite")["code"]
    listening, place = anna.start("sync", "--listen", "--port", "0", "--host", "127.0.0.1")
    bram.run("join", place["address"], "--name", "Bram <script>alert(1)</script>", "--code-file", "-", text=code)
    bram.run("share", "-k", "howto", "--title", "WAL over <b>NFS</b>", "-t", "sqlite", "-m",
             "# Steps\n\nSee [[Nowhere]], <script>alert(2)</script> and [this](javascript:alert(3)).\n\n- [x] done\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    bram.run("ask", "How do I put SQLite safely on a network share?", "-t", "sqlite", "--yes")
    bram.run("profile", "offer", "sqlite", "--level", "expert")
    bram.run("sync", place["address"])
    anna.run("community", "add", "Databases & <i>files</i>", "-t", "sqlite", "-t", "files", "--about", "All that *stores*.")
    anna.run("community", "coach", "add", "Bram")
    anna.run("ask", "Who can move a piano?", "-t", "files", "--for", "Ria", "--heard", "--shadow", "--yes")
    anna.run("brain", "goals", "--metric", "shares", "--min", "20", "--topic", "sqlite")
    asked = bram.run("share", "-k", "insight", "--title", "What do you think?", "-t", "files", "-m", "Of this.", "--invite", "Anna")
    bram.run("share", "-k", "log", "--on", asked["short"], "-m", "Begun with it.")
    anna.run("share", "-t", "sqlite", "--title", "Moved with prompts", "-m", "## What I did\n\nAll of it.\n")
    bram.run("sync", place["address"])
    (folder / "plan <b>.png").write_bytes(picture(600, 400))
    (folder / "page.html").write_text("<!DOCTYPE html><title>x</title><script>alert(4)</script>")
    bram.run("share", "-k", "howto", "--title", "Seating plan", "-t", "files", "-m", "Who sits where.",
             "-a", str(folder / "plan <b>.png"), "-a", str(folder / "page.html"), "--licence", "CC BY 4.0")
    bram.run("sync", place["address"])
    anna.run("files", "policy", "opened")
    (folder / "raw.bin").write_bytes(bytes(range(256)) * 4000)
    bram.run("share", "-k", "file", "--title", "Raw figures", "-t", "files", "-a", str(folder / "raw.bin"))
    bram.run("sync", place["address"])
    return anna, bram, place["address"]


def picture(width, height):
    """A PNG of some colours."""
    rows = b"".join(
        b"\0" + bytes(c for x in range(width) for c in (x * 255 // width, y * 255 // height, 128)) for y in range(height))
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) \
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PATHS = ["/", "/brain", "/needs", "/people", "/communities", "/new?kind=experience&prompts=1", "/profile", "/search?q=git", "/search?q=", "/new", "/ask", "/sync",
         "/safety", "/settings", "/keys", "/topic/sqlite", "/nowhere"]


def shot(path):
    """The name of a page's picture."""
    return re.sub(r"[/?&=]+", "-", path).strip("-") or "today"


def pages(context, base, item, own, checks, label, shots):
    from axe_playwright_python.sync_playwright import Axe
    axe, page, said = Axe(), context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PATHS + own + [f"/s/{item}", f"/s/{item}/history", f"/s/{item}/blame", f"/s/{item}/edit"]:
        answer = page.goto(base + path)
        wanted = 404 if path == "/nowhere" else 200
        checks.that(answer.status == wanted, f"{label} {path}: {answer.status}")
        said[:] = [s for s in said if "404" not in s]
        checks.that(not said, f"{label} {path}: console {said}")
        said.clear()
        result = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
        found = [(v["id"], v["nodes"][0]["target"], v["nodes"][0]["html"][:90]) for v in result.response["violations"]]
        checks.that(not found, f"{label} {path}: axe {found}")
        # What has the colour of its ground axe leaves to people.
        hidden = [n["target"] for v in result.response["incomplete"] if v["id"] == "color-contrast" for n in v["nodes"]
                  if any((c.get("data") or {}).get("messageKey") == "equalRatio" for c in n["any"])]
        checks.that(not hidden, f"{label} {path}: words in the colour of their ground {hidden}")
        checks.that(len(answer.body()) < 60_000, f"{label} {path}: {len(answer.body())} bytes")
        text = page.inner_text("body")
        checks.that(not re.search(r"%@|\{\w*\}|\bnil\b|Optional\(", text.split("\n")[0]), f"{label} {path}: a leak")
        if shots:
            page.screenshot(path=f"{shots}/{shot(path)}-{label}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 640})
    for path in PATHS + own + [f"/s/{item}"]:
        page.goto(base + path)
        if shots:
            page.screenshot(path=f"{shots}/{shot(path)}-{label}-320.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        checks.that(wide <= 320, f"{label} {path}: {wide} px wide at 320")
    page.close()


def tab_to(page, selector, limit=120):
    """Presses Tab until what is focused fits."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement && document.activeElement.matches(s)", selector):
            return True
    return False


def keyboard(context, base, item, need, checks):
    page = context.new_page()
    page.goto(base + "/")
    page.keyboard.press("/")
    page.keyboard.type("network share")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    checks.that("network share" in page.inner_text("main"), "search by keyboard")
    page.goto(base + "/")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/needs")
    page.goto(base + "/ask")
    checks.that(tab_to(page, "#title"), "the title is reached by Tab")
    page.keyboard.type("Which ferry crosses the Waddenzee at night?")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if page.url.endswith("/ask"):
        checks.that(page.locator("#near").count() == 1, "what may answer already is shown first")
        checks.that(tab_to(page, "main button.first"), "the button is reached")
        page.keyboard.press("Enter")
        page.wait_for_url("**/s/*")
    checks.that("Waddenzee" in page.inner_text("h1"), "asked by keyboard")
    page.goto(base + f"/s/{need}")
    checks.that(tab_to(page, "#body"), "the answer is reached")
    page.keyboard.type("Keep it local and copy with VACUUM INTO.")
    checks.that(tab_to(page, "main section button.first"), "its button is reached")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    checks.that("VACUUM INTO" in page.inner_text("main"), "answered by keyboard")
    page.goto(base + f"/s/{item}")
    checks.that(tab_to(page, "summary"), "validating is reached")
    page.keyboard.press("Enter")
    checks.that(tab_to(page, "#until"), "its date is reached")
    checks.that(tab_to(page, "details button.first"), "its button is reached")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    checks.that("✓" in page.inner_text("main"), "validated by keyboard")
    page.close()


def together(context, base, checks):
    """Communities, invitations to react and work logs, by their forms."""
    page = context.new_page()
    page.goto(base + "/communities")
    page.fill("#name", "Ferries")
    page.fill("#topics", "boats, night")
    page.click("main button.first")
    page.wait_for_url("**/community/*")
    checks.that("Ferries" in page.inner_text("h1"), "a community is begun")
    page.click("main details >> nth=0 >> summary")
    page.select_option("#person", index=1)
    page.click("main details >> nth=0 >> button.first")
    page.wait_for_load_state()
    checks.that("Bram" in page.inner_text("main .meta >> nth=0"), "its coach is shown")
    page.goto(base + "/ask?heard=1")
    page.fill("#title", "Which boat takes a bicycle?")
    page.fill("#for", "Ria")
    page.fill("#topics", "boats")
    page.click("main button.first")
    page.wait_for_load_state()
    if page.url.endswith("/ask"):
        page.click("main button.first")
        page.wait_for_url("**/s/*")
    checks.that("Ria" in page.inner_text("main"), "asked for another")
    page.click("#log > summary")
    page.fill("#entry", "Asked at the harbour.\n\nNobody knew.")
    page.click("#log button:not(.first)")
    page.wait_for_load_state()
    checks.that(page.locator("ol.timeline li").count() == 1, "a work log is begun")
    page.goto(base + "/new?kind=experience&prompts=1&topics=sqlite")
    prompts = page.input_value("#body")
    page.fill("#title", "Backups by bicycle")
    page.fill("#body", prompts.replace("\n\n", "\n\nIt rained.\n\n", 1))
    page.click("main button.first")
    page.wait_for_url("**/s/*")
    checks.that(page.locator("main .prose h2").count() == 1, "prompts without words are left out")
    page.check("input[name=person] >> nth=0")
    page.click("section[aria-labelledby=invite] button")
    page.wait_for_load_state()
    checks.that("Bram" in page.inner_text("section[aria-labelledby=invite] ul"), "a colleague is asked")
    page.goto(base + "/")
    asked = page.locator("section[aria-labelledby=asked] .card")
    checks.that(asked.count() == 1, "a colleague asks what one thinks")
    asked.locator("button >> nth=0").click()
    page.wait_for_load_state()
    checks.that(page.locator("section[aria-labelledby=asked]").count() == 0, "and has been told")
    page.goto(base + "/settings")
    page.fill("#what", "payroll")
    page.click("form[action='/settings/mute'] button")
    page.wait_for_load_state()
    checks.that("payroll" in page.inner_text("main .rows"), "a topic is left out")
    page.goto(base + "/nowhere")
    checks.that("Bram" in page.inner_text("main"), "an error names the coach")
    page.close()


def files(context, base, plan, raw, folder, anna, bram, address, checks):
    """Files by the page: down, up, fetched, let go of, used again, and which of them come."""
    page = context.new_page()
    alerts = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto(base + f"/s/{plan}")
    tiles = page.locator("section[aria-labelledby=files] .card")
    checks.that(tiles.count() == 2 and "CC BY 4.0" in tiles.nth(0).inner_text(), "two tiles with a licence")
    for number, name in ((0, "plan <b>.png"), (1, "page.html")):
        with page.expect_download() as begun:
            tiles.nth(number).locator("a.button").click()
        saved = pathlib.Path(begun.value.path()).read_bytes()
        checks.that(saved == (folder / name).read_bytes(), f"{name} comes down whole")
        checks.that(begun.value.suggested_filename == name.replace("<", "-").replace(">", "-"), f"as {begun.value.suggested_filename}")
    # Typed as an address a page of a colleague's is no page of ours either.
    with page.expect_download() as begun:
        try:
            page.goto(base + f"/file/{plan}/2")
        except Exception as error:
            checks.that("Download" in str(error), f"a page is saved, not shown: {error}")
    checks.that(begun.value.suggested_filename == "page.html" and not alerts, f"nothing ran: {alerts}")
    page.goto(base + f"/s/{raw}")
    page.click("form[action$='/file-get'] button")
    page.wait_for_load_state()
    checks.that("colleag" in page.inner_text("section[aria-labelledby=files]").replace("collega", "colleag"), "it says when it comes")
    page.goto(base + "/sync")
    checks.that("raw.bin" in page.inner_text("section[aria-labelledby=files]"), "sync says what is to come")
    checks.that(page.locator("section[aria-labelledby=files] progress").count() == 1, "and how far it is")
    bram.run("sync", address)
    page.wait_for_timeout(1_100)  # A page is kept for a second.
    page.goto(base + f"/s/{raw}")
    with page.expect_download() as begun:
        page.click("section[aria-labelledby=files] a.button")
    checks.that(pathlib.Path(begun.value.path()).read_bytes() == (folder / "raw.bin").read_bytes(), "fetched from Bram")
    anna.run("files", "free", raw)
    page.wait_for_timeout(1_100)
    page.goto(base + f"/s/{raw}")
    checks.that(page.locator("form[action$='/file-get']").count() == 1, "let go of, it is with Bram")
    page.click("section[aria-labelledby=files] .actions > a")
    page.fill("#title", "The figures, read again")
    page.set_input_files("#file", [])
    page.click("main button.first")
    page.wait_for_url("**/s/*")
    checks.that("raw.bin" in page.inner_text("section[aria-labelledby=files]"), "used again with its files")
    page.goto(base + f"/s/{raw}")
    checks.that("read again" in page.inner_text("section[aria-labelledby=used-again]"), "and says where")
    page.goto(base + "/settings")
    page.select_option("#policy", "50000000")
    page.click("form[action='/settings/files'] button")
    page.wait_for_load_state()
    checks.that(page.input_value("#policy") == "50000000", "the policy is a choice")
    page.close()


def without_script(browser, state, base, item, folder, checks):
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(base + "/new")
    page.set_input_files("#file", [str(folder / "raw.bin"), str(folder / "plan <b>.png")])
    page.fill("#licence", "CC0")
    page.fill("#title", "Attached by a plain form")
    page.click("main button.first")
    if page.url.endswith("/new"):
        page.click("main button.first")
    listed = page.inner_text("section[aria-labelledby=files]")
    checks.that("raw.bin" in listed and "plan <b>.png" in listed and "CC0" in listed, "uploaded without JavaScript")
    with page.expect_download() as begun:
        page.click("section[aria-labelledby=files] .card >> nth=1 >> a.button")
    checks.that(pathlib.Path(begun.value.path()).read_bytes() == (folder / "plan <b>.png").read_bytes(), "and comes down the same")
    long = folder / "long.bin"
    with long.open("wb") as file:
        file.truncate(70 << 20)
    page.goto(base + "/new")
    page.set_input_files("#file", str(long))
    page.fill("#title", "Too long")
    page.click("main button.first")
    checks.that("weonomy share --attach" in page.inner_text("body"), "too long a file: the page says what can do more")
    page.goto(base + "/new")
    page.fill("#title", "A share without any script")
    page.fill("#body", "What I did.\n\nWhat came of it.")
    page.fill("#topics", "browsers, forms")
    page.click("main button.first")
    checks.that("A share without any script" in page.inner_text("h1"), "shared without JavaScript")
    page.click("text=/^(Edit|Wijzig)$/")
    page.fill("#body", "What I did, again.")
    page.click("main button.first")
    checks.that("again" in page.inner_text("main"), "edited without JavaScript")
    page.goto(base + f"/s/{item}")
    page.click("main .actions form >> nth=0 >> button")
    checks.that(page.locator("button[aria-pressed=true]").count() == 1, "thanked without JavaScript")
    page.goto(base + "/profile")
    page.fill("#topic", "sqlite")
    page.click("form[action='/profile/offer'] button")
    checks.that("sqlite" in page.inner_text("main"), "offered without JavaScript")
    page.goto(base + "/sync")
    page.fill("#note", "Chris")
    page.click("form[action='/sync/invite'] button")
    checks.that(page.locator("pre.code").count() == 1, "invited without JavaScript")
    page.goto(base + "/settings")
    page.select_option("#language", "en")
    page.click("main button.first")
    checks.that("Settings" in page.inner_text("h1"), "the language is a choice")
    context.close()


def safe(context, base, item, checks):
    page = context.new_page()
    alerts = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto(base + f"/s/{item}")
    html = page.content()
    checks.that("<b>NFS" not in html and "&lt;b&gt;NFS" in html, "markup in a title is text")
    checks.that(page.locator("main a[href^='javascript']").count() == 0, "no javascript: link")
    checks.that(page.locator("main script").count() == 0, "no script of a colleague's")
    checks.that(page.locator(".missing").count() == 1, "a wikilink to nowhere says so")
    page.goto(base + "/people")
    checks.that(not alerts, f"nothing ran: {alerts}")
    # Another site on this machine: its page may neither post nor read.
    page.route("http://elsewhere.test/**", lambda route: route.fulfill(
        content_type="text/html",
        body=f"<form id=f method=post action='{base}/new'><input name=title value=Forged></form>"))
    page.goto("http://elsewhere.test/")
    with page.expect_navigation():
        page.evaluate("document.getElementById('f').submit()")
    checks.that("Forged" not in page.inner_text("body"), "another site posts nothing")
    page.close()
    stolen = urllib.request.Request(base + "/", headers={"Host": "127.0.0.1.evil.test"})
    checks.that(status(stolen) == 421, "a foreign Host is refused")
    checks.that(status(urllib.request.Request(base + "/")) == 401, "without the cookie nothing is shown")


def status(request):
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


def live(context, base, bram, address, checks):
    tabs = [context.new_page() for _ in range(10)]
    for tab in tabs:
        tab.goto(base + "/")
        tab.evaluate("""() => { window.heard = null;
            new MutationObserver(() => { if (document.body.innerText.includes('Live from Bram') && !window.heard)
              window.heard = Date.now(); }).observe(document.getElementById('main'), {childList: true, subtree: true}); }""")
    tabs[0].wait_for_timeout(500)  # The stream of the tab that leads is open by then.
    bram.run("share", "-k", "experience", "--title", "Live from Bram", "-m", "now")
    before = time.time() * 1000
    bram.run("sync", address)
    after, times = time.time() * 1000, []
    while len(times) < len(tabs) and time.time() * 1000 < after + 20_000:
        times = [t for t in (tab.evaluate("window.heard") for tab in tabs) if t]
    checks.that(len(times) == 10, f"{len(times)} of 10 tabs heard")
    if times:
        print(f"  ten tabs: all {max(times) - after:.0f} ms after the sync had ended, "
              f"the first {min(times) - before:.0f} ms after it began", flush=True)
    typing = tabs[0]
    typing.goto(base + "/new")
    typing.fill("#title", "half a thought")
    bram.run("share", "-k", "status", "--title", "Busy", "-m", "x")
    bram.run("sync", address)
    typing.wait_for_selector("#news a", timeout=5_000)
    checks.that(typing.input_value("#title") == "half a thought", "news takes nothing that was typed")
    for tab in tabs:
        tab.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program")
    parser.add_argument("--shots")
    parser.add_argument("--quick", action="store_true", help="few notes, Dutch in the light and English in the dark")
    options = parser.parse_args()
    why = missing()
    if why:
        print(f"skipped: {why}")
        return 0
    from playwright.sync_api import sync_playwright
    program = built(options.program)
    if options.shots:
        pathlib.Path(options.shots).mkdir(parents=True, exist_ok=True)
    checks, start = Checks(), time.time()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for language in ("nl", "en"):
            with tempfile.TemporaryDirectory() as folder:
                anna, bram, address = team(program, pathlib.Path(folder), language, options.quick)
                try:
                    _, ui = anna.start("ui", "--port", "0", "--no-open")
                    base = ui["url"].split("/enter")[0]
                    item = anna.run("find", "WAL over NFS", "-n", "1")[0]["short"]
                    need = anna.run("find", "is:unresolved", "network share", "-n", "1")[0]["short"]
                    community = anna.run("community")["communities"][0]["short"]
                    asked = anna.run("today")["asked_to_react"][0]["short"]
                    mine = anna.run("find", "Moved with prompts", "-n", "1")[0]["short"]
                    plan = anna.run("find", "Seating plan", "-n", "1")[0]["short"]
                    raw = anna.run("find", "Raw figures", "-n", "1")[0]["short"]
                    own = [f"/community/{community}", f"/s/{asked}", f"/s/{mine}", f"/s/{plan}", f"/s/{raw}", f"/new?reuses={plan}"]
                    entry = browser.new_context(locale=language)
                    page = entry.new_page()
                    checks.that(page.goto(ui["url"]).status == 200, "the one-time address lets in")
                    state = entry.storage_state()
                    checks.that(browser.new_context().new_page().goto(ui["url"]).status == 401, "and does so once")
                    print(f"{language}: pages", flush=True)
                    schemes = ("light", "dark")
                    if options.quick:
                        schemes = schemes[:1] if language == "nl" else schemes[1:]
                    for scheme in schemes:
                        context = browser.new_context(
                            color_scheme=scheme, locale=language, storage_state=state, viewport={"width": 1280, "height": 900})
                        pages(context, base, item, own, checks, f"{language}-{scheme}", options.shots)
                        context.close()
                    print(f"{language}: keyboard, forms, safety, live", flush=True)
                    keyboard(entry, base, item, need, checks)
                    together(entry, base, checks)
                    files(entry, base, plan, raw, pathlib.Path(folder), anna, bram, address, checks)
                    without_script(browser, state, base, item, pathlib.Path(folder), checks)
                    safe(entry, base, item, checks)
                    live(entry, base, bram, address, checks)
                finally:
                    anna.stop()
                    bram.stop()
        browser.close()
    print(f"browser    {checks.count} checks, {len(checks.failures)} failed, {time.time() - start:.0f} s")
    return 1 if checks.failures else 0


if __name__ == "__main__":
    try:
        code = main()
    finally:
        for laptop in LAPTOPS:
            laptop.stop()
    sys.exit(code)
