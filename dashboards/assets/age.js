// How long ago something was published, in words that keep up with the clock: elements with data-built (an instant).
// Nothing is asked for it. What is published is written by the server.
(function () {
  "use strict";
  function age(built, now) {
    var minutes = Math.max(0, Math.floor((now - built) / 60000));
    if (minutes < 60) return minutes + " 分钟前";
    return minutes < 2880 ? Math.floor(minutes / 60) + " 小时前" : Math.floor(minutes / 1440) + " 天前";
  }

  window.setInterval(function () {
    document.querySelectorAll("[data-built]").forEach(function (node) {
      var built = Date.parse(node.dataset.built);
      var now = node.closest(".frozen") ? built : Date.now();
      var text = built ? age(built, now) : "";
      if (node.textContent !== text) node.textContent = text;
      node.classList.toggle("stale", now - built > Number(node.dataset.staleHours) * 3600000);
    });
  }, 1000);
})();
