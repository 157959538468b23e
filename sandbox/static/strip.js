// The strip beside the phones: time travel, trouble, and the log.
import { h, now, parts, post, setClock, stamp } from "./api.js";

const $ = (id) => document.getElementById(id);
let offset = 0;
let filter = "";

export function tick() {
  const told = parts(now());
  $("clock").textContent = told.time;
  $("date").textContent = `${told.month}月${told.day}日 ${told.weekday}`;
}

function lead(seconds) {
  const ahead = Math.abs(seconds);
  const days = Math.floor(ahead / 86400);
  const hours = Math.floor((ahead % 86400) / 3600);
  const minutes = Math.round((ahead % 3600) / 60);
  const words = [days && `${days}天`, hours && `${hours}小时`, !days && minutes && `${minutes}分`].filter(Boolean).join("");
  return `${seconds < 0 ? "早" : "快"}${words}`;
}

// Returns whether the time was moved since the last news.
export function showTime(time) {
  setClock(time.epoch);
  const moved = Math.abs(time.offset - offset) > 1;
  offset = time.offset;
  const away = Math.abs(offset) >= 30;
  $("travel").hidden = !away;
  $("travel").textContent = away ? lead(offset) : "";
  $("offset").textContent = away ? `比现实${lead(offset)}` : "就是现在";
  const due = $("due");
  due.disabled = !time.due;
  due.title = time.due ? `${time.due.what} ${stamp(new Date(time.due.at))}` : "产品还没有告诉沙箱下一步在什么时候";
  tick();
  return moved;
}

export function showFaults(faults, kinds) {
  const select = $("fault-name");
  if (!select.options.length) select.append(...Object.entries(kinds).map(([value, label]) => h("option", { value }, label)));
  const where = (path) => [...$("fault-path").options].find((one) => one.value === path)?.textContent || path;
  $("faults").replaceChildren(...faults.map((one) => h("li", {}, `${where(one.path)}：${kinds[one.name]} ×${one.count}`,
    h("button", { type: "button", title: "取消", ariaLabel: `取消 ${kinds[one.name]}`, onclick: () => post("faults", { ...one, count: 0 }) }, "×"))));
}

const KIND = {
  text: "文字", image: "照片", voice: "语音", video: "视频", shortvideo: "小视频", location: "位置", link: "链接", file: "文件",
  TEMPLATESENDJOBFINISH: "模板送达结果", MASSSENDJOBFINISH: "群发结果", subscribe_msg_sent_event: "订阅通知结果", subscribe: "关注", unsubscribe: "取消关注", SCAN: "扫码", CLICK: "点菜单", VIEW: "点菜单链接",
  "/cgi-bin/message/custom/send": "发客服消息", "/cgi-bin/message/custom/typing": "正在输入", "/cgi-bin/message/template/send": "发模板消息",
  "/cgi-bin/stable_token": "取令牌", "/cgi-bin/token": "取旧令牌", "/cgi-bin/media/get": "下载媒体", "/cgi-bin/media/upload": "上传媒体",
  "/cgi-bin/menu/create": "建菜单", "/cgi-bin/qrcode/create": "建二维码", "/cgi-bin/user/info": "查用户", "/cgi-bin/message/mass/sendall": "群发",
};

function kindOf(line) {
  const [first, again] = line.kind.split(" · ");
  return [KIND[first] || first, again].filter(Boolean).join(" · ");
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text.replace(/(<\/\w+>|<xml>)(?=<)/g, "$1\n"); }
}

function body(line) {
  const blocks = [["推送内容（已解密）", line.request], ["应答（已解密）", line.response || "（空）"]];
  if (line.direction === "call") { blocks[0][0] = "请求"; blocks[1][0] = "应答"; }
  return blocks.flatMap(([cap, text]) => [h("div.cap", {}, cap), h("pre", { tabIndex: 0 }, pretty(text || "（无）"))]);
}

function row(line, nameOf) {
  const push = line.direction === "push";
  const details = h(`details.${line.direction}${line.good ? "" : ".bad"}`);
  details.dataset.dir = line.direction;
  const summary = h("summary", {},
    h("span.dir", { title: push ? "平台推给产品" : "产品调用平台" }, push ? "↗" : "↙"),
    h("span.kind", { title: line.kind }, kindOf(line)), h("span.ms", {}, `${line.ms} ms`),
    h("span.meta", {}, `${stamp(new Date(line.at))} · ${nameOf(line.who) || (push ? "平台自己" : "产品")} · `, h("span.state", {}, line.good ? (push ? "已应答" : "成功") : line.status)));
  details.append(summary);
  details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(...body(line)); });
  return h("li", {}, details);
}

function sift() {
  for (const item of $("lines").children) {
    const one = item.firstChild;
    item.hidden = filter && (filter === "bad" ? !one.classList.contains("bad") : one.dataset.dir !== filter);
  }
}

export function showLog(lines, nameOf) {
  for (const line of lines) $("lines").prepend(row(line, nameOf));
  while ($("lines").children.length > 300) $("lines").lastChild.remove();
  $("no-lines").hidden = $("lines").children.length > 0;
  sift();
}

export function clearLog() { $("lines").replaceChildren(); }

export async function verify() {
  const told = await post("verify", {});
  if (told.error) return;
  $("hook").className = `hook ${told.ok ? "good" : "bad"}`;
  $("hook").lastChild.textContent = told.ok ? "产品在线" : "产品没有应答";
  $("hook").title = told.message;
}

function localInput(date) {
  return new Date(date.getTime() + 8 * 3600 * 1000).toISOString().slice(0, 16);
}

export function wire() {
  $("times").addEventListener("click", (event) => {
    const { advance, to } = event.target.dataset;
    if (advance) post("time", { advance: Number(advance) });
    if (to) post("time", { to });
  });
  $("custom-open").addEventListener("click", () => {
    $("custom").hidden = !$("custom").hidden;
    $("custom-open").setAttribute("aria-expanded", String(!$("custom").hidden));
    if (!$("custom").hidden) { $("moment").value = localInput(now()); $("moment").focus(); }
  });
  $("custom").addEventListener("submit", (event) => { event.preventDefault(); post("time", { at: `${$("moment").value}:00+08:00` }); });
  $("fault").addEventListener("submit", (event) => {
    event.preventDefault();
    post("faults", { name: $("fault-name").value, path: $("fault-path").value, count: Number($("fault-count").value) });
  });
  $("filters").addEventListener("click", (event) => {
    if (event.target.dataset.dir === undefined) return;
    filter = event.target.dataset.dir;
    for (const one of $("filters").children) one.setAttribute("aria-pressed", String(one === event.target));
    sift();
  });
}
