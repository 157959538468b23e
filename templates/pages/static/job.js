// What a crew types or photographs stays on the phone until the server has confirmed it: words in localStorage, photos
// in IndexedDB. Without this file the page works as a plain form. Events are delegated, because the middle may be replaced.
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

  // ---- photos that have not gone up yet survive a reload, a crash and a dead battery
  const album = {
    open: () => new Promise((done, fail) => {
      const asked = indexedDB.open("nuanju", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("photos", { keyPath: "id", autoIncrement: true });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    }),
    run: async (mode, act) => {
      try {
        const base = await album.open();
        return await new Promise((done, fail) => {
          const turn = base.transaction("photos", mode);
          const asked = act(turn.objectStore("photos"));
          turn.oncomplete = () => { base.close(); done(asked.result); };
          turn.onerror = turn.onabort = () => { base.close(); fail(turn.error); };
        });
      } catch { return null; /* private mode or no room: the photo is on this page only */ }
    },
    keep: (file) => album.run("readwrite", (photos) => photos.add({ place, file })),
    forget: (id) => (id ? album.run("readwrite", (photos) => photos.delete(id)) : null),
    all: async () => ((await album.run("readonly", (photos) => photos.getAll())) || []).filter((one) => one.place === place),
    clear: async () => { for (const one of await album.all()) await album.forget(one.id); },
  };

  // ---- words
  const kept = (field) => field.name && field.type !== "hidden" && field.type !== "file";
  const keyOf = (form, field) => form.dataset.step + ":" + field.name;

  function remember(event) {
    const field = event.target, form = field.form;
    if (!form?.dataset.step || !kept(field)) return;
    if (field.type !== "radio" || field.checked) store.set(keyOf(form, field), field.value);
  }

  function recall(form) {
    let found = false;
    for (const field of form.elements) {
      const value = kept(field) ? store.get(keyOf(form, field)) : null;
      if (value === null) continue;
      if (field.type === "radio") { field.checked = field.value === value; }
      else if (!field.value) { field.value = value; found ||= value !== ""; }
    }
    if (found) form.closest("details")?.setAttribute("open", "");
  }

  async function arrive() {
    document.documentElement.classList.add("script");
    if (main.querySelector("[data-done], [data-clear=yes]")) { store.clear(); await album.clear(); }
    for (const form of main.querySelectorAll("form[data-step]")) recall(form);
    main.querySelector("[data-trouble]")?.scrollIntoView({ block: "start" });
    const box = main.querySelector(".photos");
    if (box) for (const one of await album.all()) show(box, one.file, one.id);
  }

  main.addEventListener("input", remember);
  main.addEventListener("change", remember);

  // ---- steps
  const buttonsOf = (form) => [...form.querySelectorAll("button[type=submit]"), ...document.querySelectorAll(`button[form="${form.id}"]`)];

  function busy(form, yes) {
    for (const button of buttonsOf(form)) {
      button.disabled = yes;
      if (yes) { button.dataset.word ??= button.textContent; button.textContent = main.dataset.busy; }
      else if (button.dataset.word) button.textContent = button.dataset.word;
    }
  }

  // Where the phone is goes with 到场, if it says so within three seconds; without it the step is the same.
  function locate(form) {
    const lat = form.elements.lat, lon = form.elements.lon;
    if (!lat || !navigator.geolocation) return null;
    return new Promise((done) => {
      const enough = setTimeout(done, 3000);
      const found = (here) => {
        [lat.value, lon.value] = [here.coords.latitude, here.coords.longitude];
        lat.disabled = lon.disabled = false;
        clearTimeout(enough);
        done();
      };
      navigator.geolocation.getCurrentPosition(found, () => { clearTimeout(enough); done(); }, { timeout: 3000, maximumAge: 60000 });
    });
  }

  async function send(form) {
    busy(form, true);
    try {
      main.querySelectorAll(".say.failed").forEach((again) => again.click());
      await Promise.allSettled([...pending, locate(form)]); // photos still being made smaller
      await Promise.allSettled([...pending]); // and those that went up since
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

  function again() {
    main.querySelectorAll(".say.failed").forEach((photo) => photo.click());
    if (wanted?.isConnected) send(wanted);
    else offline(false);
  }
  main.addEventListener("click", (event) => { if (event.target.id === "retry") again(); });
  addEventListener("online", again);
  addEventListener("offline", () => offline(true));

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

  function upload(box, item, file, id) {
    const say = item.querySelector(".say");
    const attempt = async () => {
      say.className = "say";
      say.textContent = "上传中…";
      say.disabled = true;
      try {
        const body = new FormData();
        body.append("photos", file, "photo");
        const response = await fetch(box.dataset.upload, { method: "POST", body });
        const answer = await response.json();
        await album.forget(id);
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

  function show(box, file, id) {
    const item = document.createElement("li");
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(file);
    picture.alt = "";
    const say = document.createElement("button");
    say.type = "button";
    say.className = "say";
    item.append(picture, say);
    box.querySelector("[data-thumbs]").append(item);
    upload(box, item, file, id);
  }

  async function taken(box, files) {
    for (const file of files) {
      if (box.querySelector("[data-thumbs]").children.length >= Number(box.dataset.most)) { help(box, `最多${box.dataset.most}张，其余的没有上传。`); return; }
      const small = await smaller(file);
      show(box, small, await album.keep(small));
    }
  }

  main.addEventListener("change", (event) => {
    const box = event.target.closest(".photos");
    if (!box || event.target.type !== "file") return;
    const job = taken(box, [...event.target.files]).finally(() => pending.delete(job));
    pending.add(job);
    event.target.value = ""; // they are on their way; the form itself carries them only without this script
  });

  arrive();
})();
