// Where the browser is when a new snapshot appears: filters may have changed the address since the page was opened.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.mingcha = Object.assign(window.dash_clientside.mingcha || {}, {
  place: function (snapshot) {
    return { snapshot: snapshot, pathname: window.location.pathname, search: window.location.search };
  },
});
