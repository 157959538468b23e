// What a page lacks for those who cannot see, or not well: one sentence per fault, an empty list when it lacks nothing.
() => {
  const faults = [];
  const where = (one) => one.outerHTML.slice(0, 90);
  const seen = (one) => one.checkVisibility({ checkVisibilityCSS: true }) && !one.closest("[aria-hidden=true]");
  const named = (one) => one.labels?.length || one.ariaLabel || one.getAttribute("aria-labelledby");

  for (const one of document.querySelectorAll("img")) if (!one.hasAttribute("alt")) faults.push(`no alt: ${where(one)}`);
  for (const one of document.querySelectorAll("input:not([type=hidden]), select, textarea")) if (!named(one)) faults.push(`no label: ${where(one)}`);
  for (const one of document.querySelectorAll("a[href], button")) {
    const words = one.innerText.trim() || one.textContent.trim() || one.ariaLabel || one.title || one.querySelector("img")?.alt;
    if (!words) faults.push(`no name: ${where(one)}`);
  }
  if (!document.documentElement.lang) faults.push("no language");
  if (!document.title) faults.push("no title");
  if (document.querySelectorAll("main").length !== 1) faults.push("not exactly one main");
  if (![...document.querySelectorAll("h1, h2")].some(seen)) faults.push("no heading");
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  new Set(ids.filter((id, place) => ids.indexOf(id) !== place)).forEach((id) => faults.push(`two elements are called ${id}`));

  // Contrast by WCAG 2: 4.5 for text, 3 for large text, on the ground that is really behind it.
  const parse = (colour) => { const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number); return [r, g, b, a]; };
  const mix = ([r, g, b, a], below) => [r, g, b].map((part, place) => part * a + below[place] * (1 - a));
  const light = (colour) => { const [r, g, b] = colour.map((part) => { const c = part / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (one) => { if (!one) return [255, 255, 255]; const own = parse(getComputedStyle(one).backgroundColor); return own[3] === 1 ? own.slice(0, 3) : mix(own, ground(one.parentElement)); };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  while (texts.nextNode()) {
    const one = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !seen(one) || one.closest(":disabled, script, noscript, option")) continue;
    const style = getComputedStyle(one), below = ground(one), above = mix(parse(style.color), below);
    const [high, low] = [light(above), light(below)].sort((a, b) => b - a);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    const fault = `contrast ${ratio.toFixed(2)} of ${one.tagName.toLowerCase()}.${one.className}`;
    if (ratio < (large ? 3 : 4.5) && !told.has(fault)) { told.add(fault); faults.push(`${fault}: ${texts.currentNode.data.trim().slice(0, 30)}`); }
  }
  return faults;
}
