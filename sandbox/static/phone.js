// One phone on the desk: status bar, chat, compose row, menu, + panel, or the profile page of an account not followed.
import { h, icon, now, parts, post, stamp } from "./api.js";
import * as asks from "./asks.js";
import { draw } from "./bubbles.js";

const GAP = 5 * 60 * 1000;
const ICONS = {
  plus: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 8v8M8 12h8",
  mic: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9 10v4M12 8.500v7M15 10v4",
  photo: "M4 6h16v12H4zM4 16l5-5 4 4 3-3 4 4M9 9.500h.01",
  place: "M12 21s7-6.500 7-12a7 7 0 0 0-14 0c0 5.500 7 12 7 12zM12 11.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16",
  link: "M9 15l6-6M10.500 6.500l2-2a4 4 0 0 1 6 6l-2 2M13.500 17.500l-2 2a4 4 0 0 1-6-6l2-2",
  video: "M4 7h11v10H4zM15 11l5-3v8l-5-3",
  bell: "M6 16v-5a6 6 0 0 1 12 0v5l1.500 2h-15zM10 20h4",
  again: "M19 12a7 7 0 1 1-2-5M19 4v4h-4",
  other: "M12 4v4M12 16v4M4 12h4M16 12h4M6.500 6.500l2.500 2.500M15 15l2.500 2.500M17.500 6.500L15 9M9 15l-2.500 2.500",
};
const PLUS = [
  ["photo", "照片", asks.photo], ["mic", "语音", asks.voice], ["place", "位置", asks.place], ["scan", "扫一扫", asks.scan],
  ["link", "链接", asks.article], ["bell", "订阅通知", asks.notices], ["video", "视频", async () => ({ type: "video" })],
  ["again", "重发上一条", async () => ({ type: "repeat" })], ["other", "其他事件", asks.other],
];

export function face(person) { return h(`span.face.${person.kind}`, { ariaHidden: "true" }, person.name.slice(0, 1)); }

export class Phone {
  constructor(person, desk) {
    this.desk = desk;
    this.person = person;
    this.bubbles = [];
    this.past = false;
    this.clock = h("span");
    this.title = h("h3");
    this.chat = h("div.chat", { role: "log", ariaLive: "polite", tabIndex: 0 });
    this.chat.append(this.hint());
    this.foot = h("div.foot");
    this.screen = h("div.screen", {}, h("div.status", {}, this.clock, h("i")), this.bar(), this.chat, this.foot, h("div.home"));
    this.root = h("article.phone", { ariaLabel: `${person.name}的手机` }, this.screen);
    this.root.dataset.openid = person.openid;
    this.root.addEventListener("keydown", (event) => { if (event.key === "Escape") this.closePanels(); });
    this.chat.addEventListener("click", () => this.closePanels());
    this.update(person);
  }

  bar() {
    const owner = h("span.owner", {}, face(this.person), this.person.name);
    return h("header.bar", {}, owner, this.title, h("button", { type: "button", title: "更多", ariaLabel: "更多", onclick: () => this.more() }, "···"));
  }

  hint() {
    const words = { homeowner: "写一句试试，比如“厨房水槽下面漏水”。", crew: "派单会出现在这里；可以回“接单”“到场”“完工”。", staff: "写一句试试。" };
    return h("p.hint", {}, words[this.person.kind]);
  }

  tick() {
    this.clock.textContent = parts(now()).time;
    const typing = this.person.typing && new Date(this.person.typing_until) > now();
    this.title.textContent = typing ? "对方正在输入…" : this.desk.about.name;
  }

  async act(told) {
    if (!told) return;
    this.closePanels();
    await post("push", { openid: this.person.openid, ...told });
  }

  closePanels() { this.screen.querySelectorAll(".plus, .pop, .sheet").forEach((one) => one.remove()); }

  update(person) {
    const shape = JSON.stringify([person.following, person.menu, this.past]);
    this.person = person;
    this.tick();
    if (shape === this.shape) return;
    this.shape = shape;
    this.screen.querySelector(".profile")?.remove();
    const hidden = !person.following && !this.past;
    this.chat.hidden = hidden;
    this.foot.hidden = hidden;
    if (hidden) this.chat.before(this.profile());
    else this.foot.replaceChildren(...(person.following ? [this.compose(), ...this.menu()] : [this.comeBack()]));
    this.down();
  }

  profile() {
    const name = this.desk.about.name;
    const past = this.bubbles.length ? h("button.past", { type: "button", onclick: () => { this.past = true; this.update(this.person); } }, "看之前的聊天") : null;
    return h("div.profile", {}, h("span.face.account", {}, name.slice(0, 1)), h("h4", {}, name),
      h("p", {}, "服务号 · 还没有关注"), h("button", { type: "button", onclick: () => this.act({ type: "subscribe" }) }, "关注公众号"),
      h("button.second", { type: "button", onclick: async () => this.act(await asks.scan(this, this.desk)) }, "扫二维码关注"), past);
  }

  comeBack() {
    return h("div.compose", {}, h("button.send", { type: "button", onclick: () => { this.past = false; this.act({ type: "subscribe" }); } }, "重新关注"));
  }

  compose() {
    const input = h("input", { name: "text", placeholder: "发消息", autocomplete: "off", maxLength: 2000, ariaLabel: `${this.person.name}要说的话` });
    const send = h("button.send", { hidden: true }, "发送");
    const more = h("button.ico", { type: "button", title: "照片、语音、位置、扫码…", ariaLabel: "更多发送方式", onclick: () => this.plus() }, icon(ICONS.plus));
    const mic = h("button.ico", { type: "button", title: "语音", ariaLabel: "发语音", onclick: async () => this.act(await asks.voice()) }, icon(ICONS.mic));
    input.addEventListener("input", () => { send.hidden = !input.value.trim(); more.hidden = !send.hidden; });
    const form = h("form.compose", {}, mic, input, more, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      input.dispatchEvent(new Event("input"));
      this.act({ type: "text", text });
    });
    return form;
  }

  plus() {
    const open = this.screen.querySelector(".plus");
    this.closePanels();
    if (open) return;
    const buttons = PLUS.map(([key, label, question]) =>
      h("button", { type: "button", onclick: async () => this.act(await question(this, this.desk)) }, h("i", {}, icon(ICONS[key])), label));
    this.foot.append(h("div.plus", {}, ...buttons));
    this.down();
  }

  menu() {
    const buttons = this.person.menu || [];
    if (!buttons.length) return [];
    return [h("nav.menu", { ariaLabel: "公众号菜单" }, ...buttons.map((one) => this.menuButton(one)))];
  }

  menuButton(button) {
    const below = button.sub_button || [];
    const box = h("div");
    const name = h("button", { type: "button", className: below.length ? "has" : "", title: button.name, onclick: () => {
      const open = box.querySelector(".pop");
      this.closePanels();
      if (!below.length) this.tap(button);
      else if (!open) box.append(h("div.pop", {}, ...below.map((one) => h("button", { type: "button", onclick: () => this.tap(one) }, one.name))));
    } }, button.name);
    box.append(name);
    return box;
  }

  tap(button) {
    this.closePanels();
    if (button.type === "view") {
      window.open(button.url, "_blank", "noopener");
      this.act({ type: "event", event: "VIEW", key: button.url });
    } else if (button.type === "miniprogram") this.act({ type: "event", event: "view_miniprogram", key: button.pagepath });
    else this.act({ type: "event", event: button.type === "click" ? "CLICK" : button.type, key: button.key, name: button.name });
  }

  more() {
    const open = this.screen.querySelector(".sheet");
    this.closePanels();
    if (open) return;
    const close = h("button", { type: "button", onclick: () => this.closePanels() }, "取消");
    const person = this.person;
    const accept = h("button", { type: "button", onclick: () => { this.closePanels(); post("people", { openid: person.openid, accepts: !person.accepts }); } },
      person.accepts ? "不再接收消息" : "重新接收消息");
    const leave = h("button.danger", { type: "button", onclick: () => { this.past = false; this.act({ type: "unsubscribe" }); } }, "取消关注");
    this.screen.append(h("div.sheet", {}, h("p", {}, this.allowance()), accept, person.following ? leave : null, close));
  }

  // In words: what the account may still send this person.
  allowance() {
    if (!this.person.following) return "没有关注，公众号发不了消息。";
    const open = this.person.windows.filter((one) => new Date(one.until) > now());
    if (!open.length) return "公众号现在不能主动发消息：对方写一句，才有48小时5条。";
    return open.map((one) => `公众号还能主动发 ${one.left} 条，到 ${stamp(new Date(one.until))}`).join("；");
  }

  add(bubble) {
    const nearEnd = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 120;
    const before = this.bubbles[this.bubbles.length - 1];
    this.bubbles.push(bubble);
    const at = new Date(bubble.at);
    if (!before || Math.abs(at - new Date(before.at)) > GAP) this.chat.append(h("div.divider", {}, stamp(at)));
    const account = { name: this.desk.about.name, kind: "account" };
    const faces = { person: () => face(this.person), account: () => face(account) };
    bubble.element = draw(bubble, faces, (item) => this.act({ type: "text", text: item.content, bizmsgmenuid: item.id }));
    this.chat.append(bubble.element);
    if (nearEnd || bubble.from === "person") this.down();
  }

  redraw() {
    const all = this.bubbles;
    this.bubbles = [];
    this.chat.replaceChildren(this.hint());
    all.forEach((bubble) => this.add(bubble));
    this.down();
  }

  down() { requestAnimationFrame(() => { this.chat.scrollTop = this.chat.scrollHeight; }); }
}
