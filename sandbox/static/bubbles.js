// One message as WeChat shows it. Texts of others never become markup: only <a href> is understood.
import { h, icon } from "./api.js";

const LINK = /<a\s[^>]*?href\s*=\s*["']([^"']*)["'][^>]*>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"'，。；）]+)/gi;

export function rich(text) {
  const box = document.createDocumentFragment();
  let at = 0;
  for (const found of text.matchAll(LINK)) {
    box.append(text.slice(at, found.index));
    box.append(link(found[1] ?? found[3], found[2] ?? found[3]));
    at = found.index + found[0].length;
  }
  box.append(text.slice(at));
  return box;
}

function link(href, words) {
  if (!/^https?:\/\//i.test(href)) return h("span.tap", {}, words);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, words);
}

function map() {
  const svg = icon("M0 0");
  svg.setAttribute("viewBox", "0 0 216 92");
  svg.setAttribute("preserveAspectRatio", "xMidYMid slice");
  svg.innerHTML = `<rect width="216" height="92" fill="#eef0ea"/><path d="M0 60C60 40 90 80 216 52V92H0z" fill="#cfe3ee"/>
    <path d="M20 0l30 92M96 0l-8 92M160 0l24 92M0 26l216-12" stroke="#fff" stroke-width="7" fill="none"/>
    <rect x="112" y="22" width="34" height="18" fill="#dfe8d6"/><path d="M108 62s14-15 14-25a14 14 0 0 0-28 0c0 10 14 25 14 25z" fill="#07a352"/><circle cx="108" cy="37" r="5" fill="#fff"/>`;
  return svg;
}

function voiceBar(bubble) {
  const seconds = Math.max(1, Math.round(bubble.seconds || 3));
  const bar = h("div.bub.voice", { title: "语音" }, icon("M5 9v6M9 6a9 9 0 0 1 0 12M13 3a14 14 0 0 1 0 18"), `${seconds}″`);
  bar.style.minWidth = `${70 + Math.min(60, seconds) * 2}px`;
  bar.firstChild.setAttribute("fill", "none");
  bar.firstChild.setAttribute("stroke", "currentColor");
  bar.firstChild.setAttribute("stroke-width", "1.8");
  return bubble.recognition ? [bar, h("div.heard", { title: "平台识别出的文字" }, bubble.recognition)] : [bar];
}

function menuBubble(bubble, tap) {
  const rows = bubble.items.map((item) => h("button.tap", { type: "button", onclick: () => tap(item) }, item.content));
  return [h("div.bub", {}, bubble.head ? rich(bubble.head) : null, ...rows, bubble.tail ? rich(bubble.tail) : null)];
}

function card(title, under, picture = null, href = "") {
  const inner = [h("b", {}, title), h("span", {}, under), picture].filter(Boolean);
  const box = h("div.card2", {}, ...inner);
  return [h("div.bub.bare", {}, /^https?:/.test(href) ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, box) : box)];
}

// The cover of an article, fetched like a phone does; one that cannot be had leaves no hole.
function picture(address) {
  if (!/^https?:/.test(address || "")) return null;
  const image = h("img.cover", { src: address, alt: "", referrerPolicy: "no-referrer" });
  image.addEventListener("error", () => image.remove());
  return image;
}

const DRAW = {
  text: (bubble) => [h("div.bub", {}, rich(bubble.text))],
  image: (bubble) => [h("div.bub.bare", {}, h("a", { href: bubble.media_url, target: "_blank" }, h("img", { src: bubble.media_url, alt: "照片" })))],
  voice: voiceBar,
  msgmenu: menuBubble,
  location: (bubble) => card(bubble.label || "位置", `${Number(bubble.lat ?? 30.2741).toFixed(4)}, ${Number(bubble.lon ?? 120.1551).toFixed(4)}`, map()),
  link: (bubble) => card(bubble.title || bubble.url, bubble.description || bubble.url, null, bubble.url),
  news: (bubble) => bubble.articles.flatMap((one) => card(one.title, one.description, picture(one.pic), one.url)),
  video: () => [h("div.bub", {}, "▶ 视频")],
  shortvideo: () => [h("div.bub", {}, "▶ 小视频")],
  file: (bubble) => card(bubble.title, "文件"),
  music: (bubble) => card(bubble.title || "音乐", "", null, bubble.url),
};

function notice(bubble) {
  const rows = bubble.rows.flatMap((row) => [h("dt", {}, row.label), h("dd", {}, row.value)]);
  const end = /^https?:/.test(bubble.url || "")
    ? h("a", { href: bubble.url, target: "_blank", rel: "noopener noreferrer" }, h("span", {}, "详情"), h("span", {}, "›")) : h("div.end", {}, "服务通知");
  return h("article.form", {}, h("h4", {}, bubble.title), h("dl", {}, ...rows), end);
}

function under(bubble) {
  if (bubble.failed) return h("div.sub.warn", {}, "没有送到公众号");
  if (bubble.by_ai) return h("div.sub", {}, "内容由第三方AI生成");
  if (bubble.via === "mass") return h("div.sub", {}, "群发");
  return null;
}

// The element of one bubble; `who` = {person, account} faces, `tap` is called with a tapped msgmenu item.
export function draw(bubble, faces, tap) {
  if (bubble.from === "system") return h(`div.line.${bubble.type}`, { title: bubble.reason || "" }, bubble.text);
  if (bubble.type === "template") return notice(bubble);
  const body = (DRAW[bubble.type] || DRAW.text)(bubble, tap);
  const face = bubble.from === "person" ? faces.person() : faces.account();
  return h(`div.msg.${bubble.from}`, {}, face, h("div.stack", {}, ...body, under(bubble)));
}
