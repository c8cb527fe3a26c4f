// Where the browser is when a new snapshot appears, and choices of a page that live in its address.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.mingcha = Object.assign(window.dash_clientside.mingcha || {}, {
  place: function (snapshot) {
    // Half-written work stands until its author leaves the page; what is asked next meets the new snapshot.
    if (document.querySelector("[data-unfinished]")) return window.dash_clientside.no_update;
    return { snapshot: snapshot, pathname: window.location.pathname, search: window.location.search };
  },
  // Each control {type: "address", name: …, shown: …} is one part of the query. One that says something else than what
  // the page showed it with opens the page at the new address; defaults of a page stay out of the address.
  address: function () {
    var asked = new URLSearchParams(window.location.search);
    var changed = false;
    (window.dash_clientside.callback_context.inputs_list[0] || []).forEach(function (control) {
      var value = Array.isArray(control.value) ? control.value.join(",") : control.value || "";
      if (value === control.id.shown) return;
      changed = true;
      if (value) asked.set(control.id.name, value);
      else asked.delete(control.id.name);
    });
    if (!changed) return window.dash_clientside.no_update;
    var query = asked.toString();
    window.history.pushState({}, "", window.location.pathname + (query ? "?" + query : ""));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    return query;
  },
});
