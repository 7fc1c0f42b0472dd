// Everything works without this: it only keeps the page fresh and adds keys.
"use strict";
(() => {
  const body = document.body;
  const news = document.getElementById("news");
  const isTyping = (element) => element && /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  let isStale = false;
  let isLoading = false;

  // Nothing that somebody has typed may be lost to news.
  const isUntouched = () =>
    !isTyping(document.activeElement) &&
    ![...document.querySelectorAll("main textarea, main input, main select")].some((field) =>
      field.type === "checkbox" || field.type === "radio"
        ? field.checked !== field.defaultChecked
        : field.tagName === "SELECT"
          ? [...field.options].some((option) => option.selected !== option.defaultSelected)
          : field.value !== field.defaultValue);

  const refresh = async () => {
    if (isLoading) { isStale = true; return; }
    if (!isUntouched()) { offer(); return; }
    isLoading = true;
    isStale = false;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.ok && isUntouched()) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const name of ["main", "sync"]) {
          const [old, now] = [document.getElementById(name), fresh.getElementById(name)];
          if (old && now && old.innerHTML !== now.innerHTML) swap(old, now);
        }
        news.textContent = "";
      } else if (answer.ok) offer();
    } catch { /* The laptop's own page went: the next event or reload finds out. */ }
    isLoading = false;
    if (isStale) refresh();
  };

  // Focus, open details and the place on the page stay where they were.
  const swap = (old, now) => {
    const focused = old.contains(document.activeElement) ? path(old, document.activeElement) : null;
    const open = [...old.querySelectorAll("details")].map((one) => one.open);
    old.replaceChildren(...now.childNodes);
    [...old.querySelectorAll("details")].forEach((one, place) => { if (open[place]) one.open = true; });
    if (focused) follow(old, focused)?.focus({ preventScroll: true });
  };
  const path = (root, element) => {
    const steps = [];
    for (let at = element; at !== root; at = at.parentElement)
      steps.unshift([...at.parentElement.children].indexOf(at));
    return steps;
  };
  const follow = (root, steps) => steps.reduce((at, step) => at?.children[step], root);

  const offer = () => {
    if (news.firstChild) return;
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = body.dataset.news;
    news.append(link);
  };

  // One tab holds the stream and tells the others, so that many tabs do not use up the browser's
  // connections to one host.
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("weonomy") : null;
  channel?.addEventListener("message", refresh);
  const listen = () => {
    const stream = new EventSource("/events");
    const tell = () => { channel?.postMessage("change"); refresh(); };
    stream.addEventListener("change", tell);
    stream.addEventListener("resync", tell);
  };
  if ("EventSource" in window && body.dataset.live) {
    if (channel && navigator.locks)
      navigator.locks.request("weonomy-events", () => new Promise(listen));
    else listen();
  }

  // Keys, where nobody types: WCAG 2.1.4 asks that they can be switched off.
  if (!body.dataset.keys) return;
  let isGo = false;
  const go = { t: "/", b: "/brain", q: "/needs", p: "/people", c: "/communities", s: "/sync" };
  const cards = () => [...document.querySelectorAll("main .card :is(h2, h3) a")];
  const step = (by) => {
    const all = cards();
    const at = all.indexOf(document.activeElement);
    all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const key = event.key;
    if (isGo) {
      isGo = false;
      if (go[key]) { event.preventDefault(); location.href = go[key]; }
    } else if (key === "g") isGo = true;
    else if (key === "/") { event.preventDefault(); document.getElementById("search").focus(); }
    else if (key === "?") location.href = "/keys";
    else if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "n") location.href = "/new";
    else if (key === "a") location.href = "/ask";
  });
})();
