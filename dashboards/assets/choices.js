// A changed filter goes into the address, and the page is built again from it. No rows here.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.mingcha = Object.assign(window.dash_clientside.mingcha || {}, {
  chooseInAddress: function (values) {
    var asked = new URLSearchParams(window.location.search);
    var filters = window.dash_clientside.callback_context.inputs_list[0] || [];
    filters.forEach(function (filter, place) {
      var value = values[place];
      var text = Array.isArray(value) ? value.join(",") : (value || "").trim();
      if (text) asked.set(filter.id.name, text);
      else asked.delete(filter.id.name);
    });
    var search = asked.toString() ? "?" + asked.toString() : "";
    var before = new URLSearchParams(window.location.search).toString();
    if (asked.toString() !== before) {
      window.history.pushState({}, "", window.location.pathname + search);
      window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    }
    return search;
  },
});
