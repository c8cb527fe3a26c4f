// Buttons of exports: asks for a file, fetches it once it is ready, cancels. Which rows, is the address beside the button.
(function () {
  const wanted = new Set();
  const set = (id, data) => window.dash_clientside.set_props(id, { data });
  const number = () => [...window.crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  let last = "";

  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-export]"), dropped = event.target.closest("[data-drop]");
    if (dropped) {
      set("export-dropped", { job: dropped.dataset.drop });
      if (dropped.dataset.drop === last) set("export-asked", null);
    }
    if (!asked) return;
    const link = asked.closest(".exports-of")?.querySelector("a"), job = number();
    if (asked.dataset.export) wanted.add((last = job));
    set("export-asked", { job, suffix: asked.dataset.export, result: asked.dataset.result || "", address: link ? link.getAttribute("href") : "" });
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.mingchaExports = {
    // Each file that this page asked for, once: what other pages of the same person asked for is only shown.
    fetch(addresses) {
      const ready = addresses.filter((one) => one && wanted.delete(one.split("/").pop()));
      ready.forEach((one) => window.setTimeout(() => document.querySelector(`a[href="${one}"]`)?.click(), 0));
      return ready.length ? ready : window.dash_clientside.no_update;
    },
  };
})();
