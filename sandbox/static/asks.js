// Small questions before an act: which photo, what was said, where, which code, who is new.
import { h, post, toast } from "./api.js";

const dialog = document.getElementById("ask");

// Show a form; resolves to its values, or null when closed. `build` returns its fields; `choose(value)` ends it early.
function ask(title, hint, ok, build) {
  return new Promise((resolve) => {
    const form = h("form", { method: "dialog" });
    let answer = null;
    const choose = (value) => { answer = value; dialog.close(); };
    const acts = h("div.acts", {}, h("button", { type: "button", onclick: () => dialog.close() }, "取消"));
    if (ok) acts.append(h("button.primary", {}, ok));
    form.append(h("h3", {}, title), h("p", {}, hint), ...build(choose), acts);
    form.addEventListener("submit", (event) => { event.preventDefault(); choose(Object.fromEntries(new FormData(form))); });
    dialog.replaceChildren(form);
    dialog.addEventListener("close", () => resolve(answer), { once: true });
    dialog.showModal();
  });
}

const field = (label, props) => [h("label", { htmlFor: `ask-${props.name}` }, label), h("input", { id: `ask-${props.name}`, autocomplete: "off", ...props })];

async function upload(file) {
  const response = await fetch("/control/media", { method: "POST", body: file });
  const told = await response.json();
  if (!response.ok) { toast(told.error); return null; }
  return { type: "image", media_id: told.media_id };
}

export async function photo(_phone, desk) {
  const chosen = await ask("发照片", "选一张示例，或用自己的 JPG、PNG。", null, (choose) => [
    h("div.pics", {}, ...desk.samples.map((one) => h("button", { type: "button", onclick: () => choose({ type: "image", sample: one.key }) },
      h("img", { src: `/control/sample/${one.key}.jpg`, alt: "" }), one.label))),
    h("label.own", {}, "用自己的照片…", h("input", { type: "file", name: "file", accept: "image/jpeg,image/png", onchange: (event) => choose({ file: event.target.files[0] }) })),
  ]);
  return chosen?.file ? upload(chosen.file) : chosen;
}

export async function voice() {
  const told = await ask("发语音", "写下说的话；真的微信不一定带识别文字，两种都试试。", "发送", () => [
    ...field("说了什么", { name: "words", placeholder: "厨房水槽下面漏水了", required: true }),
    h("label.check", {}, h("input", { type: "checkbox", name: "heard", checked: true }), "平台识别出文字（Recognition）"),
  ]);
  if (!told) return null;
  const seconds = Math.max(1, Math.ceil(told.words.length / 4));
  return { type: "voice", seconds, ...(told.heard ? { recognition: told.words } : {}) };
}

export async function place() {
  const told = await ask("发位置", "把自己在的地方发给公众号。", "发送", () => [
    ...field("地点", { name: "label", value: "翡翠城8幢", required: true }),
    ...field("纬度", { name: "lat", type: "number", step: "any", value: "30.2741" }),
    ...field("经度", { name: "lon", type: "number", step: "any", value: "120.1551" }),
  ]);
  return told && { type: "location", label: told.label, lat: Number(told.lat), lon: Number(told.lon) };
}

export async function scan(_phone, desk) {
  return ask("扫一扫", "扫一个带场景值的二维码；没关注的人扫了就会关注。", "扫码", (choose) => [
    ...field("场景值", { name: "scene", placeholder: "visit_1001", required: true }),
    h("div.codes", {}, ...desk.codes.map((one) => h("button", { type: "button", onclick: () => choose({ type: "scan", ticket: one.ticket, scene: one.scene }) }, one.scene))),
  ]).then((told) => told && { type: "scan", ...told });
}

export async function article() {
  const told = await ask("发链接", "像转发一篇文章那样。", "发送", () => [
    ...field("标题", { name: "title", value: "89平小三房，这样装显大", required: true }),
    ...field("网址", { name: "url", type: "url", value: "https://example.com/case/89", required: true }),
  ]);
  return told && { type: "link", description: "", ...told };
}

// The popup of subscription notices, as an article or a page shows it: each yes allows one message.
export async function notices(phone, desk) {
  const count = await ask("订阅通知", `${desk.about.name} 想给您发一次“${desk.asks.map((one) => one.title).join("、")}”。点一次允许，只能发一条。`, null, (choose) => [
    h("div.codes", {}, h("button", { type: "button", onclick: () => choose(1) }, "允许"), h("button", { type: "button", onclick: () => choose(-1) }, "拒绝"),
      h("button", { type: "button", onclick: () => choose(0) }, "在设置里关闭接收")),
  ]);
  phone.closePanels();
  if (count !== null) for (const one of desk.asks) await post("consent", { openid: phone.person.openid, template_id: one.id, count });
  return null;
}

export async function other(_phone, desk) {
  const told = await ask("其他推送", "微信会推的每一种事件；一般用不到，试边角时用。", "推送", () => [
    h("label", { htmlFor: "ask-event" }, "事件"),
    h("select", { id: "ask-event", name: "event" }, ...desk.events.map((name) => h("option", {}, name))),
    ...field("EventKey（可空）", { name: "key" }),
  ]);
  return told && { type: "event", event: told.event, ...(told.key ? { key: told.key } : {}) };
}

export async function person() {
  const told = await ask("添一个人", "桌上多一部手机，还没有关注公众号。", "添加", () => [
    ...field("怎么称呼", { name: "name", placeholder: "赵先生", required: true, maxLength: 12 }),
    h("label", { htmlFor: "ask-kind" }, "是谁"),
    h("select", { id: "ask-kind", name: "kind" }, h("option", { value: "homeowner" }, "业主"), h("option", { value: "crew" }, "师傅"), h("option", { value: "staff" }, "员工")),
  ]);
  return told && post("people", told);
}

