// What a crew types stays on the phone until the server has confirmed it, and photos go up while they still write.
// Without this file the page works as a plain form. Events are delegated, because the page's middle may be replaced.
"use strict";
(() => {
  const main = document.getElementById("main");
  const place = "nuanju:" + location.pathname + ":";
  const pending = new Set();
  let wanted = null; // the form that could not be sent for lack of a network

  const store = {
    get: (key) => { try { return localStorage.getItem(place + key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(place + key, value); } catch { /* private mode: the page still works */ } },
    clear: () => {
      try {
        Object.keys(localStorage).filter((key) => key.startsWith(place)).forEach((key) => localStorage.removeItem(key));
      } catch { /* as above */ }
    },
  };
  const offline = (shown) => { const bar = document.getElementById("offline"); if (bar) bar.hidden = !shown; };

  function arrive() {
    document.documentElement.classList.add("script");
    if (main.querySelector("[data-done], [data-clear=yes]")) store.clear();
    for (const form of main.querySelectorAll("form[data-step]")) {
      const words = form.elements.words;
      const kept = words && store.get(form.dataset.step);
      if (kept && !words.value) {
        words.value = kept;
        form.closest("details")?.setAttribute("open", "");
      }
    }
    main.querySelector("[data-trouble]")?.scrollIntoView({ block: "start" });
  }

  main.addEventListener("input", (event) => {
    const form = event.target.form;
    if (event.target.name === "words" && form) store.set(form.dataset.step, event.target.value);
  });

  // ---- steps
  const buttonsOf = (form) => [...form.querySelectorAll("button[type=submit]"), ...document.querySelectorAll(`button[form="${form.id}"]`)];

  function busy(form, yes) {
    for (const button of buttonsOf(form)) {
      button.disabled = yes;
      if (yes) { button.dataset.word ??= button.textContent; button.textContent = "正在提交…"; }
      else if (button.dataset.word) button.textContent = button.dataset.word;
    }
  }

  async function send(form) {
    busy(form, true);
    try {
      main.querySelectorAll(".say.failed").forEach((again) => again.click());
      await Promise.allSettled([...pending]);
      if (main.querySelector(".say.failed")) throw new Error("a photo is still here");
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "follow" });
      wanted = null;
      offline(false);
      if (response.redirected) { location.replace(response.url); return; }
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      main.replaceChildren(...page.getElementById("main").childNodes);
      arrive();
    } catch {
      wanted = form;
      offline(true);
      document.getElementById("offline")?.scrollIntoView({ block: "start" });
      busy(form, false);
    }
  }

  main.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.target);
  });

  addEventListener("online", () => {
    offline(false);
    main.querySelectorAll(".say.failed").forEach((again) => again.click());
    if (wanted?.isConnected) send(wanted);
  });

  // ---- photos
  async function smaller(file) {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      if (scale === 1 && file.size < 600_000) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
      return made && made.size < file.size ? made : file;
    } catch {
      return file; // the server says whether it is a photo
    }
  }

  function upload(box, item, file) {
    const say = item.querySelector(".say");
    const attempt = async () => {
      say.className = "say";
      say.textContent = "上传中…";
      say.disabled = true;
      try {
        const body = new FormData();
        body.append("photos", await smaller(file), "photo");
        const response = await fetch(box.dataset.upload, { method: "POST", body });
        const answer = await response.json();
        if (!response.ok) { item.remove(); help(box, answer.trouble); return; }
        say.textContent = "已上传";
      } catch {
        say.className = "say failed";
        say.textContent = "再传一次";
        say.disabled = false;
      }
    };
    const run = () => { const job = attempt().finally(() => pending.delete(job)); pending.add(job); };
    say.addEventListener("click", run);
    run();
  }

  function help(box, words) {
    const line = box.querySelector("[data-help]");
    line.textContent = words;
    line.setAttribute("role", "alert");
  }

  main.addEventListener("change", (event) => {
    const box = event.target.closest(".photos");
    if (!box || event.target.type !== "file") return;
    const list = box.querySelector("[data-thumbs]");
    for (const file of event.target.files) {
      if (list.children.length >= Number(box.dataset.most)) { help(box, `最多${box.dataset.most}张，其余的没有上传。`); break; }
      const item = document.createElement("li");
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = "";
      const say = document.createElement("button");
      say.type = "button";
      item.append(picture, say);
      say.className = "say";
      list.append(item);
      upload(box, item, file);
    }
    event.target.value = ""; // they are on their way; the form itself carries them only without this script
  });

  arrive();
})();
