(function () {
  "use strict";
  var form = document.getElementById("find");
  var table = document.getElementById("batches");
  if (form && table) {
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
    var told = document.getElementById("found");
    var look = function () {
      var words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
      var department = form.elements.department.value;
      var state = form.elements.state.value;
      var shown = 0;
      rows.forEach(function (row, i) {
        var fits = words.every(function (word) { return texts[i].indexOf(word) >= 0; }) &&
          (!department || row.getAttribute("data-department") === department) &&
          (!state || row.getAttribute("data-marks").split(" ").indexOf(state) >= 0);
        row.hidden = !fits;
        if (fits) { shown += 1; }
      });
      told.textContent = told.getAttribute("data-words").replace("#", shown).replace("#", rows.length);
    };
    form.hidden = false;
    form.addEventListener("input", look);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    look();
  }
  var old = document.getElementById("old");
  if (old) {
    var seconds = function (name) { return Number(old.getAttribute(name)); };
    var check = function () { old.hidden = Date.now() / 1000 - seconds("data-stamp") < seconds("data-lasts"); };
    check();
    setInterval(check, 60000);
  }
})();
