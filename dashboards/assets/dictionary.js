// A new search of the dictionary: the grid asks for its rows again. No rows here.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.mingcha = Object.assign(window.dash_clientside.mingcha || {}, {
  searchDictionary: function (keyword) {
    window.dash_ag_grid.getApiAsync("dictionary-grid").then(function (api) {
      api.purgeInfiniteCache();
      api.ensureIndexVisible(0);
    });
    return keyword || "";
  },
});
