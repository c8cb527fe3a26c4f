// What a keyboard needs beyond what browser and grid bring: the way past the navigation, and links in cells.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !(event.target instanceof Element)) return;
    if (event.target.matches(".skip")) {
      event.preventDefault(); // the address stays that of the page and its filters
      document.getElementById("main").focus();
    } else if (event.target.matches(".ag-cell")) {
      var link = event.target.querySelector("a, button");
      if (link) link.click();
    }
  });
})();
