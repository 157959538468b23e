// Talking to the sandbox's control API, and telling the person when it says no.

export async function get(path) {
  const response = await fetch(`/control/${path}`);
  return response.json();
}

export async function post(path, body) {
  let told;
  try {
    const response = await fetch(`/control/${path}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    told = await response.json();
    if (!response.ok) toast(told.error || `出错了（${response.status}）`);
  } catch {
    toast("沙箱没有应答，它还在运行吗？");
    return { error: "gone" };
  }
  return told;
}

let timer;
export function toast(words) {
  const box = document.getElementById("toast");
  box.textContent = words;
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { box.hidden = true; }, 4000);
}

// Build an element: h("b.face", {title: "…"}, child, "text").
export function h(name, props = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag || "div");
  element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

// The sandbox's clock in this browser: real time plus the server's lead.
let lead = 0;
export function setClock(epoch) { lead = epoch * 1000 - Date.now(); }
export function now() { return new Date(Date.now() + lead); }

const zone = "Asia/Shanghai";
const PARTS = new Intl.DateTimeFormat("zh-CN", {
  timeZone: zone, year: "numeric", month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false,
});
export function parts(date) {
  const told = Object.fromEntries(PARTS.formatToParts(date).map((part) => [part.type, part.value]));
  return { ...told, day0: Math.floor((date.getTime() / 1000 + 28800) / 86400), time: `${told.hour === "24" ? "00" : told.hour}:${told.minute}` };
}

// As WeChat writes the time above a message.
export function stamp(date) {
  const then = parts(date);
  const today = parts(now());
  const days = today.day0 - then.day0;
  if (days === 0) return then.time;
  if (days === 1) return `昨天 ${then.time}`;
  if (days > 1 && days < 7) return `${then.weekday} ${then.time}`;
  const year = then.year === today.year ? "" : `${then.year}年`;
  return `${year}${then.month}月${then.day}日 ${then.time}`;
}
