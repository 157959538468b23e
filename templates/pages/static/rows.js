// The rows of a quote stay on the phone until the server has confirmed them; more rows, and the sum while typing.
// Sending and being offline is job.js's. Without both files the page works as a plain form with the rows it shows.
"use strict";
(() => {
  const main = document.getElementById("main");
  const place = "nuanju:" + location.pathname + ":rows"; // job.js clears everything under this path once it is done
  const names = ["name", "quantity", "unit", "price"];
  const form = () => main.querySelector("form[data-rows]");
  const rows = () => [...form().querySelectorAll("[data-row]")];
  const cell = (row, name) => row.querySelector(`[name="${name}"]`);

  const read = () => ({ rows: rows().map((row) => names.map((name) => cell(row, name).value)), note: form().elements.note.value });
  const keep = () => { try { localStorage.setItem(place, JSON.stringify(read())); } catch { /* private mode: the page still works */ } };
  const kept = () => { try { return JSON.parse(localStorage.getItem(place)); } catch { return null; } };

  function add() {
    const list = form().querySelector("[data-list]");
    list.append(form().querySelector("[data-blank]").content.cloneNode(true));
    form().querySelector("[data-add]").hidden = list.children.length >= Number(form().dataset.most);
    return list.lastElementChild;
  }

  function sum() {
    const line = form().querySelector("[data-sum]");
    const total = rows().reduce((before, row) => {
      const price = parseFloat(cell(row, "price").value.replace(/[,，]/g, ""));
      const quantity = parseFloat(cell(row, "quantity").value || "1");
      return Number.isFinite(price * quantity) ? before + Math.round(price * quantity * 100) : before;
    }, 0);
    line.hidden = !total;
    line.textContent = "合计 " + (total / 100).toLocaleString("zh-CN", { minimumFractionDigits: total % 100 ? 2 : 0 }) + "元";
  }

  function arrive() {
    if (!form()) return;
    form().querySelector("[data-add]").hidden = false;
    const before = main.querySelector("[data-done], [data-trouble]") ? null : kept();
    if (before) {
      before.rows.forEach((values, n) => {
        const row = rows()[n] || add();
        names.forEach((name, column) => { cell(row, name).value = values[column] ?? ""; });
      });
      form().elements.note.value = before.note ?? "";
    }
    sum();
  }

  main.addEventListener("click", (event) => {
    if (event.target.closest("[data-add]")) cell(add(), "name").focus();
  });
  main.addEventListener("input", (event) => {
    if (event.target.form === form()) { keep(); sum(); }
  });
  // job.js puts the server's answer into the page's middle: what was typed stands in it already.
  new MutationObserver(arrive).observe(main, { childList: true });

  arrive();
})();
