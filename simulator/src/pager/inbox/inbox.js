// Renews the page when something happens, and moves by keys. Without it the page is whole, and stands still.
"use strict";
(() => {
  const since = document.body.dataset.since;
  if (since === undefined) return;
  const connection = document.getElementById("connection");
  // The time between two renewals, however much happens, and four times as long as the last one took: whoever looks on
  // leaves the twin to its work. The longest time without one: ages grow.
  const PAUSE_MS = 400;
  const AGES_MS = 30_000;
  const RETRY_MS = 2_000;
  let fresh = since;
  let renewing = false;
  let wanted = false;

  const say = (text, lost) => {
    if (connection.textContent !== text) connection.textContent = text;
    connection.classList.toggle("lost", lost);
  };

  // Whoever chooses from a list keeps it.
  const isBusy = (part) => part.contains(document.activeElement) && document.activeElement.matches("select");

  const replace = (page) => {
    document.title = page.title;
    if (page.body.dataset.since === undefined) {
      // A page that says no, such as of an alert that was deleted.
      document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
      return;
    }
    fresh = page.body.dataset.since;
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = page.getElementById(part.id);
      if (!other || isBusy(part)) continue;
      const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
      const unfolded = [...part.querySelectorAll("details[open]")].map((details) => details.id);
      part.replaceWith(document.adoptNode(other));
      for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
      // Where a button is gone, its alert is next to it.
      const near = focused.replace(/^(acknowledge|close)-/, "a-");
      (document.getElementById(focused) ?? document.getElementById(near))?.focus({ preventScroll: true });
    }
  };

  const renew = async () => {
    wanted = true;
    if (renewing) return;
    renewing = true;
    while (wanted) {
      wanted = false;
      const began = performance.now();
      try {
        const answer = await fetch(location.href, { cache: "no-store" });
        replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch {
        say("Connection lost", true);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(PAUSE_MS, 4 * (performance.now() - began))));
    }
    renewing = false;
  };

  const follow = () => {
    const events = new EventSource(`/_twin/events?since=${encodeURIComponent(fresh)}`);
    events.onopen = () => say("Live", false);
    for (const kind of ["created", "repeated", "updated", "closed", "deleted", "reset", "missed"]) {
      events.addEventListener(kind, renew);
    }
    // Followed anew from what the page then shows: after a new start of the twin its numbers begin again.
    events.onerror = () => {
      events.close();
      say("Connection lost", true);
      setTimeout(async () => {
        await renew();
        follow();
      }, RETRY_MS);
    };
  };

  // A button does its work without leaving the page.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    event.preventDefault();
    // Not disabled, by which a button loses the focus.
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    const action = event.submitter?.formAction || form.action;
    const body = new URLSearchParams(new FormData(form));
    try {
      // Done is answered by the way back, which is here.
      const answer = await fetch(action, { method: "POST", body, redirect: "manual" });
      if (answer.type !== "opaqueredirect") say(`Not done: ${answer.status}`, true);
    } catch {
      say("Not done: connection lost", true);
    }
    delete form.dataset.sent;
    renew();
  });

  document.addEventListener("change", (event) => {
    if (event.target.id === "account") event.target.form.requestSubmit();
  });

  const move = (step) => {
    const rows = [...document.querySelectorAll("a.message")];
    const row = document.activeElement.closest("tr");
    const at = rows.findIndex((link) => row?.contains(link));
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
    rows[next]?.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/" && document.getElementById("query")) document.getElementById("query").focus();
    else return;
    event.preventDefault();
  });

  for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
  setInterval(() => document.visibilityState === "visible" && renew(), AGES_MS);
  follow();
})();
