// The desk: who is here, whose phones lie on it, and one long poll that brings all news.
import { h } from "./api.js";
import * as asks from "./asks.js";
import { Phone, face } from "./phone.js";
import * as strip from "./strip.js";

const KINDS = { homeowner: "业主", crew: "师傅", staff: "员工" };
const SEATS = "sandbox.seats";
const desk = { about: { name: "公众号" }, samples: [], codes: [], asks: [], events: [], people: new Map(), phones: new Map(), unread: new Map() };
let era = "", seen = -1, after = 0;
let seats = null;

const phonesBox = document.getElementById("phones");
const shelf = document.getElementById("shelf");
const narrow = window.matchMedia("(max-width: 820px)");

function room() { return narrow.matches ? 1 : Math.max(1, Math.floor((phonesBox.clientWidth - 24) / 340)); }

function chooseSeats(people) {
  const kept = JSON.parse(localStorage.getItem(SEATS) || "null");
  const known = new Set(people.map((one) => one.openid));
  seats = (kept || []).filter((openid) => known.has(openid));
  if (seats.length) { seats = seats.slice(0, Math.max(room(), 1)); return; }
  const first = people[0], crew = people.find((one) => one.kind === "crew");
  const order = [first, crew, ...people].filter(Boolean).map((one) => one.openid);
  seats = [...new Set(order)].slice(0, Math.min(3, room()));
}

function seat(openid) {
  if (seats.includes(openid) && !narrow.matches) seats = seats.filter((one) => one !== openid);
  else seats = [...seats.filter((one) => one !== openid).slice(narrow.matches ? seats.length : Math.max(0, seats.length - room() + 1)), openid];
  localStorage.setItem(SEATS, JSON.stringify(seats));
  desk.unread.delete(openid);
  layOut();
}

function phoneOf(openid) {
  if (!desk.phones.has(openid)) desk.phones.set(openid, new Phone(desk.people.get(openid), desk));
  return desk.phones.get(openid);
}

function layOut() {
  const wanted = seats.filter((openid) => desk.people.has(openid)).map((openid) => phoneOf(openid).root);
  const now = [...phonesBox.children];
  if (wanted.length !== now.length || wanted.some((one, index) => one !== now[index])) {
    phonesBox.replaceChildren(...(wanted.length ? wanted : [h("p.none", {}, "桌上没有手机。点上面的名字，把谁的手机放上来。")]));
    seats.forEach((openid) => desk.phones.get(openid)?.down());
  }
  drawShelf();
}

function drawShelf() {
  const buttons = [...desk.people.values()].map((person) => {
    const unread = desk.unread.get(person.openid);
    return h("button", { type: "button", ariaPressed: String(seats.includes(person.openid)), onclick: () => seat(person.openid) },
      face(person), person.name, h("span.who", {}, KINDS[person.kind]), unread ? h("span.unread", { title: "新消息" }, String(unread)) : null);
  });
  const add = h("button.add", { type: "button", onclick: async () => {
    const person = await asks.person();
    if (!person?.openid) return;
    desk.people.set(person.openid, { ...person, menu: [] });
    seat(person.openid);
  } }, "＋ 添一个人");
  const held = shelf.contains(document.activeElement) ? [...shelf.children].indexOf(document.activeElement) : -1;
  const left = shelf.scrollLeft;
  shelf.replaceChildren(...buttons, add);
  shelf.scrollLeft = left;
  if (held >= 0) shelf.children[held]?.focus();
}

function startOver(news) {
  const first = era === "";
  era = news.era;
  desk.phones.clear();
  desk.unread.clear();
  strip.clearLog();
  phonesBox.replaceChildren();
  return first;
}

function takeNews(news) {
  const fresh = news.era !== era && startOver(news);
  Object.assign(desk, { about: news.about, samples: news.samples, codes: news.codes, asks: news.asks, events: news.events });
  document.getElementById("about").textContent = `公众号「${news.about.name}」· ${{ secure: "安全", compatible: "兼容", plain: "明文" }[news.about.mode]}模式 · 推送到 ${news.about.webhook}`;
  desk.people = new Map(news.people.map((one) => [one.openid, one]));
  if (!seats) chooseSeats(news.people);
  const moved = strip.showTime(news.time);
  desk.people.forEach((person, openid) => phoneOf(openid).update(person));
  for (const bubble of news.bubbles) {
    if (!desk.people.has(bubble.openid)) continue;
    phoneOf(bubble.openid).add(bubble);
    if (!fresh && bubble.from === "account" && !seats.includes(bubble.openid)) desk.unread.set(bubble.openid, (desk.unread.get(bubble.openid) || 0) + 1);
  }
  markFailed(new Set(news.failed));
  if (moved) desk.phones.forEach((phone) => { phone.tick(); phone.redraw(); });
  strip.showFaults(news.faults, news.kinds);
  strip.showLog(news.log, (openid) => desk.people.get(openid)?.name || "");
  layOut();
}

function markFailed(failed) {
  desk.phones.forEach((phone) => {
    const late = phone.bubbles.filter((bubble) => failed.has(bubble.n) && !bubble.failed);
    late.forEach((bubble) => { bubble.failed = true; });
    if (late.length) phone.redraw();
  });
}

async function listen() {
  for (;;) {
    try {
      const response = await fetch(`/control/feed?seen=${seen}&after=${after}&era=${era}`);
      const news = await response.json();
      takeNews(news);
      seen = news.revision;
      after = news.last;
    } catch (error) {
      console.error(error);
      seen = -1;
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

document.querySelector(".views").addEventListener("click", (event) => {
  const view = event.target.dataset.view;
  if (!view) return;
  document.body.dataset.view = view;
  for (const one of event.currentTarget.children) one.setAttribute("aria-pressed", String(one === event.target));
});

strip.wire();
strip.verify();
setInterval(() => { strip.tick(); desk.phones.forEach((phone) => phone.tick()); }, 1000);
setInterval(() => { if (!document.hidden) strip.verify(); }, 20000);
listen();
