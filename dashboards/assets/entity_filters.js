// Filters of the entity list: into the address without leaving the page, and into the grid. No rows here.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.mingcha = Object.assign(window.dash_clientside.mingcha || {}, {
  choose: function (district, credit, risk, keyword) {
    var chosen = {};
    var named = { district_code: district, credit_grade: credit, risk_grade: risk };
    Object.keys(named).forEach(function (name) {
      if (named[name] && named[name].length) chosen[name] = named[name].join(",");
    });
    if (keyword && keyword.trim()) chosen.keyword = keyword.trim();
    var query = new URLSearchParams(chosen).toString();
    window.history.replaceState({}, "", window.location.pathname + (query ? "?" + query : ""));
    return chosen;
  },
  applyToGrid: function (chosen) {
    window.dash_ag_grid.getApiAsync("entities-grid").then(function (api) {
      api.purgeInfiniteCache();
      api.ensureIndexVisible(0);
    });
    return JSON.stringify(chosen);
  },
});
