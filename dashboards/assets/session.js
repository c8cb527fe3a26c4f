// Says with each request whether somebody uses the page, and goes to the sign-in when the session has ended. No content here.
(function () {
  var seen = Date.now(), hasEnded = false;
  ["pointerdown", "keydown", "wheel", "touchstart"].forEach(function (kind) {
    window.addEventListener(kind, function () { seen = Date.now(); }, { passive: true, capture: true });
  });
  var ask = window.fetch;
  window.fetch = function (resource, options) {
    var asked = Object.assign({}, options);
    if (Date.now() - seen < 60000) {
      asked.headers = new Headers(asked.headers || {});
      asked.headers.set("X-Mingcha-Active", "1");
    }
    return ask.call(window, resource, asked).then(function (answer) {
      if (answer.status === 401) {
        var leaving = new Promise(function () {}); // the page is left: nobody needs this answer
        if (hasEnded) return leaving;
        hasEnded = true;
        window.location.assign("/sign-in?next=" + encodeURIComponent(window.location.pathname + window.location.search));
        return leaving;
      }
      return answer;
    });
  };
})();
