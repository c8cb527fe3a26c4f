// The wall screen moves and heals by itself: scale, clock, scenes, pages of lists, lost connection, daily reload.
(function () {
  "use strict";
  var TICK = 1000, PAGE_SECONDS = 8, HEALTH_SECONDS = 30, RELOAD_HOUR = 4;
  var ticks = 0, isOffline = false, started = Date.now();

  function fit(wall) {
    var scale = Math.min(window.innerWidth / 1920, window.innerHeight / 1080);
    wall.style.transform = "translate(" + (window.innerWidth - 1920 * scale) / 2 + "px," +
      (window.innerHeight - 1080 * scale) / 2 + "px) scale(" + scale + ")";
  }

  function write(node, text) {
    if (node && node.textContent !== text) node.textContent = text;
  }

  function beijing(now, options) {
    return new Intl.DateTimeFormat("zh-CN", Object.assign({ timeZone: "Asia/Shanghai", hour12: false }, options)).format(now);
  }

  function clocks(wall, now) {
    write(wall.querySelector(".wall-clock"), beijing(now, { hour: "2-digit", minute: "2-digit", second: "2-digit" }));
    write(wall.querySelector(".wall-date"), beijing(now, { year: "numeric", month: "long", day: "numeric", weekday: "long" }));
  }

  function scenes(wall) {
    var all = wall.querySelectorAll(".wall-scene");
    var shown = Math.floor(ticks / (Number(wall.dataset.rotate) || 40)) % (all.length || 1);
    all.forEach(function (scene, place) { scene.classList.toggle("shown", place === shown); });
    if (all[shown]) write(wall.querySelector(".wall-scene-name"), all[shown].dataset.name);
  }

  function pages(wall) {
    wall.querySelectorAll("[data-page-rows]").forEach(function (list) {
      var rows = list.children, size = Number(list.dataset.pageRows);
      var page = Math.floor(ticks / PAGE_SECONDS) % Math.max(1, Math.ceil(rows.length / size));
      for (var n = 0; n < rows.length; n++) rows[n].hidden = Math.floor(n / size) !== page;
    });
  }

  // The service tells which snapshot is published; a wall has no other way to hear of it.
  function health(wall) {
    fetch("/healthz", { cache: "no-store" }).then(function (answer) { return answer.json(); }).catch(function () { return null; }).then(function (told) {
      var hour = Number(beijing(new Date(), { hour: "2-digit" }).slice(0, 2));
      var isOther = told && told.snapshot && told.snapshot !== wall.dataset.snapshot;
      var isDaily = hour === RELOAD_HOUR && Date.now() - started > 2 * 3600 * 1000;
      if (told && (isOffline || isOther || isDaily)) return window.location.reload();
      isOffline = !told;
      wall.classList.toggle("offline", isOffline);
    });
  }

  function tick() {
    var wall = document.querySelector(".wall");
    if (!wall) return;
    fit(wall);
    var isFrozen = wall.classList.contains("frozen");
    var built = wall.querySelector(".wall-age");
    clocks(wall, isFrozen && built ? new Date(built.dataset.built) : new Date());
    scenes(wall);
    pages(wall);
    if (!isFrozen) ticks += 1;
    if (ticks % HEALTH_SECONDS === 1) health(wall);
  }

  window.setInterval(tick, TICK);
  window.addEventListener("resize", tick);
})();
