// The dispatch board: a card's button, or dropping it on a crew, opens the same form. Without this file the case's own page assigns.
"use strict";
(() => {
  const main = document.getElementById("main");
  let carried = null;

  function ask(card, crew) {
    const sheet = document.getElementById("give"), form = sheet.querySelector("form");
    form.action = form.dataset.action.replace(/\/0\//, `/${card.dataset.job}/`);
    form.elements.version.value = card.dataset.version;
    form.elements.crew.value = crew || "";
    sheet.querySelector("[data-number]").textContent = card.querySelector(".num").textContent;
    sheet.showModal();
    form.elements.crew.focus();
  }

  main.addEventListener("click", (event) => {
    const give = event.target.closest("[data-give]");
    if (give) ask(give.closest("[data-job]"), "");
  });

  main.addEventListener("dragstart", (event) => {
    carried = event.target.closest?.("[data-job]");
    if (carried) { event.dataTransfer.setData("text/plain", carried.dataset.job); event.dataTransfer.effectAllowed = "move"; }
  });
  main.addEventListener("dragover", (event) => {
    const lane = event.target.closest("[data-lane]");
    main.querySelectorAll(".lane.over").forEach((old) => { if (old !== lane) old.classList.remove("over"); });
    if (!carried || !lane || lane.contains(carried)) return;
    event.preventDefault();
    lane.classList.add("over");
  });
  main.addEventListener("drop", (event) => {
    const lane = event.target.closest("[data-lane]");
    if (!carried || !lane || lane.contains(carried)) return;
    event.preventDefault();
    ask(carried, lane.dataset.lane);
  });
  main.addEventListener("dragend", () => { carried = null; main.querySelectorAll(".lane.over").forEach((lane) => lane.classList.remove("over")); });
})();
