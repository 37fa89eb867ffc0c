/* Niceties only: everything on the page is there without them. */
(function () {
  "use strict";
  document.querySelectorAll("[data-switch]").forEach(function (box) {
    var figures = Array.from(box.querySelectorAll("figure"));
    if (figures.length < 2) return;
    var bar = document.createElement("div");
    bar.className = "switch";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Which clock to show");
    var buttons = [];
    function choose(wanted) {
      figures.forEach(function (figure) {
        figure.hidden = wanted !== "" && figure.id !== wanted;
      });
      buttons.forEach(function (button) {
        button.setAttribute("aria-pressed", String(button.value === wanted));
      });
    }
    [["", "All clocks"]].concat(figures.map(function (figure) {
      return [figure.id, figure.id.replace("wait-", "").replace("-", " ")];
    })).forEach(function (pair) {
      var button = document.createElement("button");
      button.type = "button";
      button.value = pair[0];
      button.textContent = pair[1].charAt(0).toUpperCase() + pair[1].slice(1);
      button.addEventListener("click", function () { choose(pair[0]); });
      buttons.push(button);
      bar.appendChild(button);
    });
    box.parentNode.insertBefore(bar, box);
    choose("");
  });
  var opened = [];
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("section > details, #assumed details").forEach(function (fold) {
      if (!fold.open) { fold.open = true; opened.push(fold); }
    });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (fold) { fold.open = false; });
    opened = [];
  });
})();
