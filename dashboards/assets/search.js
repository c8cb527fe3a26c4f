// What is chosen in the search box opens without leaving the application, and the box is empty again.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.mingcha = Object.assign(window.dash_clientside.mingcha || {}, {
  goTo: function (address) {
    if (!address) return window.dash_clientside.no_update;
    window.history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
    return null;
  },
});
