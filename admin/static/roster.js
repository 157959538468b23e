// The roster's grid with the keyboard: arrows move, digits choose a shift, 0 or Delete clears, Ctrl+S saves. Without this file each cell is a plain select.
"use strict";
(() => {
  const form = document.getElementById("rota");
  if (!form) return;
  const cells = [...form.querySelectorAll("td")].filter((cell) => cell.querySelector("select"));
  const rows = [...new Set(cells.map((cell) => cell.parentElement))];
  const note = form.querySelector("[data-moved]");

  function tally() {
    let changed = 0;
    form.querySelectorAll("select").forEach((box) => {
      const moved = !box.options[box.selectedIndex].defaultSelected && !(box.value === "" && ![...box.options].some((one) => one.defaultSelected));
      box.classList.toggle("moved", moved);
      changed += moved;
    });
    if (note) note.textContent = changed ? form.dataset.changed.replace("{n}", changed) : "";
    return changed;
  }

  function step(box, down, right) {
    const row = rows.indexOf(box.closest("tr")) + down, at = box.closest("td").cellIndex + right;
    const next = rows[row]?.cells[at]?.querySelector("select");
    if (next) next.focus();
  }

  form.addEventListener("change", tally);
  form.addEventListener("keydown", (event) => {
    const box = event.target.closest("select");
    if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); form.requestSubmit(); return; }
    if (!box || event.altKey || event.ctrlKey || event.metaKey) return;
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (moves[event.key]) { event.preventDefault(); step(box, ...moves[event.key]); return; }
    const clears = event.key === "0" || event.key === "Delete" || event.key === "Backspace";
    const number = clears ? 0 : /^[1-9]$/.test(event.key) ? Number(event.key) : -1;
    if (number < 0 || number >= box.options.length) return;
    event.preventDefault();
    box.selectedIndex = number;
    tally();
  });
  const box = form.querySelector(".rota-box"), today = form.querySelector("th.today");
  if (today && box.scrollWidth > box.clientWidth) box.scrollLeft = today.offsetLeft - today.parentElement.cells[0].offsetWidth;

  let sent = false;
  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("beforeunload", (event) => { if (!sent && tally()) event.preventDefault(); });
  tally();
})();
