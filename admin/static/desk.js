// The panel's one script: dialogs, live parts, masked numbers, drafts. Every page works as plain forms without it.
"use strict";
const body = document.body;
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const ask = (url, options = {}) => fetch(url, { credentials: "same-origin", ...options, headers: { "X-Requested-With": "desk", "X-CSRFToken": $("meta[name=csrf]").content, ...options.headers } });
const keep = (key, value) => { try { value === "" ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* storage is off: nothing to keep */ } };
const kept = (key) => { try { return localStorage.getItem(key) || ""; } catch { return ""; } };

// Frame
if (kept("fold")) body.classList.add("folded");
$(".rail [aria-current]")?.scrollIntoView({ block: "nearest" });
// Which groups of the rail somebody turned the other way is a cookie, so that the page already comes like that.
$$(".rail summary").forEach((summary) => summary.addEventListener("click", () => {
  const group = summary.parentElement, opens = !group.open; // a click, or Enter, turns it after this
  const names = new Set((document.cookie.match(/(?:^|; )rail=([^;]*)/)?.[1] || "").split(".").filter(Boolean));
  names[opens === group.hasAttribute("data-usual") ? "delete" : "add"](group.dataset.group);
  document.cookie = `rail=${[...names].join(".")}; path=/; max-age=31536000; samesite=lax`;
}));
document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  const rail = $("#rail");
  if (on("[data-fold]")) keep("fold", body.classList.toggle("folded") ? "1" : "");
  if (on("[data-rail]")) { rail.classList.toggle("open"); return; }
  if (rail && rail.classList.contains("open") && !on("#rail")) rail.classList.remove("open");
  $$("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  const open = on("[data-open]"), close = on("[data-close]"), reveal = on("[data-reveal]"), mode = on("[data-mode]");
  if (open) $("#" + open.dataset.open).showModal();
  if (close) close.closest("dialog").close();
  if (event.target.tagName === "DIALOG") event.target.close();
  if (reveal) show(reveal);
  if (mode) switchTo(mode.closest("[data-composer]"), mode.dataset.mode);
  const photo = on(".photos a");
  if (photo && $("img", photo) && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); enlarge(photo); }
  const asks = on("[data-confirm]");
  if (asks && !window.confirm(asks.dataset.confirm)) event.preventDefault();
  const row = on("tr[data-href]");
  if (row && !on("a, button, input, label") && !String(getSelection())) location.href = row.dataset.href;
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && $("#find")) { event.preventDefault(); $("#find").select(); }
  if (event.key === "Escape") $$("details.menu[open]").forEach((menu) => { menu.open = false; });
  // While a Chinese input method composes, Enter chooses a word; it must never send.
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && event.target.matches("[data-send]")) event.target.form.requestSubmit();
});
// J and K walk through the conversations, ? says so. Never while somebody types or an input method composes.
document.addEventListener("keydown", (event) => {
  const panes = $("[data-keys]");
  if (!panes || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || $("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key === "?") { $("#keys").showModal(); return; }
  if (key === "r" || key === "n") {
    const mode = $(key === "r" ? "[data-mode=reply]" : "[data-mode=note]");
    if (mode) { event.preventDefault(); switchTo(mode.closest("[data-composer]"), mode.dataset.mode); }
  }
  if (key !== "j" && key !== "k") return;
  const talks = $$(".talk"), here = talks.findIndex((talk) => talk.hasAttribute("aria-current"));
  const next = here < 0 ? talks[0] : talks[here + (key === "j" ? 1 : -1)];
  if (next) location.href = next.href;
});

// Photos open large on the page; arrows go on to the next. Without the script they open as they are.
let shown = null;
function enlarge(link) {
  shown = link;
  const large = $("#photo img");
  large.src = link.href;
  large.alt = $("img", link).alt;
  if (!$("#photo").open) $("#photo").showModal();
}
document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !$("#photo[open]")) return;
  const all = $$(".photos a").filter((link) => $("img", link));
  enlarge(all[(all.findIndex((link) => link.href === shown.href) + step + all.length) % all.length]);
});
$$("[data-auto]").forEach((form) => form.addEventListener("change", (event) => { if (event.target.type !== "search") form.requestSubmit(); }));
document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post") { form.dataset.sent = "1"; setTimeout(() => delete form.dataset.sent, 4000); }
  if (button) button.setAttribute("aria-busy", "true");
  if (form.hasAttribute("data-stay")) { event.preventDefault(); hand_in(form, button); } else settle(form);
  if (form.action.endsWith("/logout")) dropDrafts(); // the next person at this computer reads nothing of them
});
const forget = (form) => $$("[data-draft]", form).forEach((area) => keep(draftOf(area), ""));

// A form that may be refused stays where it is: what is wrong stands in it, and nothing typed is lost.
async function hand_in(form, button) {
  let told;
  try {
    const answer = await ask(button?.hasAttribute("formaction") ? button.formAction : form.getAttribute("action"), { method: "POST", body: new FormData(form, button), headers: { "X-Requested-With": "form" } });
    told = await answer.json();
  } catch { told = { error: body.dataset.offline }; }
  delete form.dataset.sent;
  if (button) button.removeAttribute("aria-busy");
  if (told.to && !told.done) told = { error: body.dataset.expired, stale: true }; // the log-in is over
  if (!told.to) { complain(form, told); return; }
  forget(form);
  const here = location.href.split("#")[0], next = new URL(told.to, here);
  location.href = next.href;
  if (next.hash && next.href.split("#")[0] === here) location.reload();
}
function complain(form, told) {
  $$(".complaint", form).forEach((old) => old.remove());
  $$("[aria-invalid]", form).forEach((old) => old.removeAttribute("aria-invalid"));
  const field = told.field ? $(`[name="${told.field}"]:not([type=hidden])`, form) : null, said = document.createElement("p");
  said.className = "flash error complaint";
  said.setAttribute("role", "alert");
  said.append(told.error);
  if (told.stale) said.append(" ", Object.assign(document.createElement("a"), { href: location.href, textContent: body.dataset.again }));
  if (field) field.setAttribute("aria-invalid", "true");
  (field?.closest(".field, fieldset") || $("footer, .acts", form)).insertAdjacentElement(field ? "beforeend" : "beforebegin", said);
  (field || said).scrollIntoView({ block: "nearest" });
  field?.focus();
}

// Composer: an answer and a note are two forms; only one can be seen
function switchTo(composer, mode) {
  $$("[data-mode]", composer).forEach((button) => button.setAttribute("aria-pressed", button.dataset.mode === mode));
  $$("[data-form]", composer).forEach((form) => { form.hidden = form.dataset.form !== mode; });
  $$("form:not([hidden]) textarea", composer).forEach((area) => area.focus());
}
// What is typed is kept for the person until a page of the desk has answered it: not a refusal, not the log-in, and not
// the way back from a page that never came.
const draftOf = (area) => `draft:${body.dataset.me}:${area.dataset.draft}`;
const dropDrafts = () => { try { Object.keys(localStorage).filter((key) => key.startsWith("draft:")).forEach((key) => localStorage.removeItem(key)); } catch { /* nothing is kept */ } };
function settle(form) {
  const keys = $$("[data-draft]", form).map(draftOf);
  try { if (keys.length) sessionStorage.setItem("sent", JSON.stringify({ keys, at: Date.now() })); } catch { /* nothing is kept */ }
}
function settled() {
  try {
    const sent = JSON.parse(sessionStorage.getItem("sent"));
    sessionStorage.removeItem("sent");
    const came = performance.getEntriesByType("navigation")[0]?.type === "navigate" && Date.now() - sent.at < 60_000;
    if (came && body.dataset.pulse && !$(".trouble")) sent.keys.forEach((key) => keep(key, ""));
  } catch { /* nothing was sent, or nothing is kept */ }
}
settled();
$$("[data-draft]").forEach((area) => { area.value ||= kept(draftOf(area)); });
document.addEventListener("input", (event) => { if (event.target.matches("[data-draft]")) keep(draftOf(event.target), event.target.value); });

// Masked numbers: shown for a while, then masked again
async function show(button) {
  const target = $("[data-masked]", button.parentElement);
  const before = target.innerHTML, label = button.textContent;
  const hide = () => { target.innerHTML = before; button.textContent = label; button.disabled = false; };
  button.disabled = true;
  const answer = await ask(button.dataset.reveal, { method: "POST" });
  if (!answer.ok) { button.disabled = false; return; }
  const { value, seconds } = await answer.json();
  target.textContent = value;
  button.textContent = button.dataset.hide.replace("{n}", seconds);
  setTimeout(hide, seconds * 1000);
}

// Live parts: a small stamp every 2.5 s; when it moved, the page's [data-live] parts are fetched and put in place
let stamp = body.dataset.stamp, asking = false;
const bottom = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 60;
async function look() {
  if (!body.dataset.pulse || asking || document.hidden) return;
  asking = true;
  try {
    const answer = await ask(body.dataset.pulse + "?watch=" + encodeURIComponent(body.dataset.watch));
    if (answer.redirected && typed()) { $("#live").textContent = body.dataset.expired; return; }
    if (answer.redirected) { location.reload(); return; }
    const news = await answer.json();
    for (const [name, count] of Object.entries(news.badges)) $$(`[data-count="${name}"]`).forEach((badge) => { badge.textContent = count; badge.hidden = !count; });
    if (news.stamp !== stamp && !$("[data-masked] + button:disabled")) { await refresh(); stamp = news.stamp; }
    $("#live").textContent = "";
  } catch { $("#live").textContent = body.dataset.offline; } finally { asking = false; }
}
// Words that a reload would lose; drafts it would not.
const typed = () => $$("main textarea:not([data-draft]), main input:not([type=hidden], [type=search], [type=radio], [type=checkbox])").some((field) => field.value !== field.defaultValue);
const untouched = (dialog) => !dialog.open && $$("textarea, input:not([type=hidden])", dialog).every((field) => field.value === field.defaultValue && field.checked === field.defaultChecked);
async function refresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  $$("[data-live]").forEach((part) => {
    const fresh = page.getElementById(part.id);
    if (!fresh || fresh.outerHTML === part.outerHTML || part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return;
    const down = part.hasAttribute("data-bottom") && bottom(part), top = part.scrollTop;
    part.replaceWith(fresh);
    fresh.scrollTop = down ? fresh.scrollHeight : top;
  });
  const version = $("#case[data-version]"); // cards of a board have versions of their own
  if (version) $$("input[name=version]").forEach((input) => {
    if (input.value === version.dataset.version) return;
    input.value = version.dataset.version;
    const sheet = input.closest("dialog[open] form");
    if (sheet && !$(".flash", sheet)) sheet.firstElementChild.insertAdjacentHTML("afterend", '<p class="flash warn" role="alert"></p>');
    if (sheet) $(".flash", sheet).textContent = body.dataset.news;
  });
  $$("dialog").forEach((old) => { const fresh = page.getElementById(old.id); if (!fresh && !old.open) old.remove(); });
  $$("dialog[id]", page).forEach((fresh) => {
    const old = document.getElementById(fresh.id);
    if (!old) $("#main").append(fresh);
    else if (untouched(old)) old.replaceWith(fresh); // with the version of what is on screen now
  });
  read();
}
async function read() { const thread = $("[data-read]"); if (thread && !document.hidden) await ask(thread.dataset.read, { method: "POST" }); }
$$("[data-bottom]").forEach((box) => { box.scrollTop = box.scrollHeight; });
read();
setInterval(look, 2500);
document.addEventListener("visibilitychange", () => { if (!document.hidden) { look(); read(); } });

// Texts: preview while typing
const editor = $("[data-preview]");
if (editor) {
  let timer;
  editor.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(preview, 400); });
}
async function preview() {
  const answer = await ask(editor.dataset.preview, { method: "POST", body: new FormData(editor) });
  if (answer.redirected) return; // the log-in is over: saving will say so
  const { words, problem, error } = await answer.json();
  $("#preview").textContent = words || problem || error;
  $("#preview").classList.toggle("wrong", !words);
}

// The knowledge base: what the bot would say to a question; in the composer an answer goes into the reply
$$("[data-ask]").forEach((box) => {
  const field = $("input[type=search]", box), list = $(".asked", box), into = box.dataset.into && $(box.dataset.into);
  let timer;
  const make = (tag, words, name = "") => Object.assign(document.createElement(tag), { textContent: words, className: name });
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 250); });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) event.preventDefault(); });
  async function look() {
    const question = field.value.trim();
    if (!question) return list.replaceChildren();
    const { found } = await (await ask(box.dataset.ask, { method: "POST", body: new URLSearchParams({ q: question }) })).json();
    if (question !== field.value.trim()) return;
    list.replaceChildren(...(found.length ? found.map(row) : [make("p", list.dataset.none, "meta")]));
  }
  function row(one) {
    const line = make("div", "", one.said ? "asked-row said" : "asked-row");
    line.append(make("p", one.said ? list.dataset.said : `${list.dataset.near} ${one.percent}%`, "meta"), make("b", one.question), make("p", one.answer, "answer"));
    if (!into) return line;
    const use = make("button", list.dataset.insert, "link");
    use.type = "button";
    use.addEventListener("click", () => { into.value = [into.value.trim(), one.answer].filter(Boolean).join("\n"); into.dispatchEvent(new Event("input", { bubbles: true })); into.focus(); box.open = false; });
    line.append(use);
    return line;
  }
});

// Callback workbench: 1 to 5 answer the question at hand; what has a key (data-key) is pressed or entered by it.
const questions = () => $$("[data-call] [data-question]").filter((ask) => $("[type=radio]", ask));
const current = () => questions().find((ask) => !$(":checked", ask));
const mark = () => questions().forEach((ask) => ask.classList.toggle("current", ask === current()));
document.addEventListener("keydown", (event) => {
  const field = event.target.matches("input:not([type=radio]), textarea, select");
  if (!$("[data-call]") || event.isComposing || event.keyCode === 229 || $("dialog[open]")) return;
  if (field && event.key === "Escape") event.target.blur();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.target.closest(".tried")) $("#answers").requestSubmit($("#answers button.primary"));
  if (event.key === "Enter" && event.target.matches("[data-call] input")) event.preventDefault(); // half a form is never sent
  if (field || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase(), at = $(`[data-key="${CSS.escape(key)}"]`), ask = current();
  const choice = /^[1-5]$/.test(key) && ask ? $$("[type=radio]", ask)[Number(key) - 1] : null;
  if (choice) { event.preventDefault(); choice.checked = true; mark(); }
  if (!at) return;
  event.preventDefault();
  at.focus();
  if (!at.matches("textarea, [type=text]")) at.click();
});
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-call]")) mark();
  if (event.target.value === "own" && event.target.name === "again") $("[name=next_at]", event.target.form).focus();
});
mark();

// The planner of campaigns: what is typed is shown on the phone and counted; buttons and fields reshape the conditions
const planner = $("[data-compose]");
if (planner) {
  let timer, turn = 0;
  const compose = async (button) => {
    const mine = ++turn, facts = new FormData(planner);
    if (button) facts.set("do", button.value);
    const answer = await ask(planner.dataset.compose, { method: "POST", body: facts });
    if (!answer.ok || mine !== turn) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    $("#side").replaceWith(page.getElementById("side"));
    if (button) $("#builder").replaceWith(page.getElementById("builder"));
  };
  planner.addEventListener("input", (event) => { if (!event.target.matches("[data-shape]")) { clearTimeout(timer); timer = setTimeout(compose, 500); } });
  planner.addEventListener("change", (event) => { if (event.target.matches("[data-shape]")) { clearTimeout(timer); compose({ value: "shape" }); } });
  planner.addEventListener("click", (event) => { const button = event.target.closest("button[name=do]"); if (button) { event.preventDefault(); clearTimeout(timer); compose(button); } });
}
