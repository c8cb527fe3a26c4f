// The workbench in the browser: the editor's life, running and cancelling, parameters, what went wrong and where.
// The editor itself is editor.js (built by scripts/editor), loaded when the page is opened; tables are workbench_tree.js.
(function () {
  const DRAFT = "mingcha-sql-draft", VALUES = "mingcha-sql-values";
  const PARAMETER = /'(?:[^']|'')*'|--.*|"[^"]*"|\$([A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*)/g;
  let editor = null, running = null, timer = null;
  const set = (id, data) => window.dash_clientside.set_props(id, { data });
  const byId = (id) => document.getElementById(id);
  const kept = (key) => JSON.parse(window.sessionStorage.getItem(key) || "null");
  const keep = (key, value) => window.sessionStorage.setItem(key, JSON.stringify(value));

  function loaded() {
    if (window.mingchaEditor) return Promise.resolve();
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = window.dash_clientside.mingchaSql.source;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  }

  function parameters(text) {
    return [...new Set([...text.matchAll(PARAMETER)].map((found) => found[1]).filter(Boolean))];
  }

  function showParameters(text) {
    const place = byId("sql-values"), known = kept(VALUES) || {}, names = parameters(text);
    if (!place || place.dataset.names === names.join()) return;
    place.dataset.names = names.join();
    place.replaceChildren(...names.map((name) => {
      const label = document.createElement("label"), input = document.createElement("input");
      label.textContent = "$" + name + " ";
      input.name = name;
      input.value = known[name] ?? "";
      input.addEventListener("input", () => keep(VALUES, { ...kept(VALUES), [name]: input.value }));
      label.append(input);
      return label;
    }));
  }

  function values() {
    return Object.fromEntries([...document.querySelectorAll("#sql-values input")].map((one) => [one.name, one.value]));
  }

  function busy(ticket) {
    running = ticket;
    const started = Date.now(), state = byId("sql-state");
    window.clearInterval(timer);
    document.querySelector(".sql-main").classList.toggle("running", Boolean(ticket));
    byId("sql-cancel").disabled = !ticket;
    byId("sql-run").disabled = byId("sql-explain").disabled = Boolean(ticket);
    if (ticket) timer = window.setInterval(() => { state.textContent = `运行中 ${((Date.now() - started) / 1000).toFixed(1)} 秒`; }, 100);
    else state.textContent = "";
    return started;
  }

  let started = 0;
  function ask(explain) {
    if (running || !editor) return;
    const ticket = window.crypto.randomUUID ? window.crypto.randomUUID() : String(Math.random()).slice(2);
    editor.unmark();
    started = busy(ticket);
    set("sql-asked", { sql: editor.get(), values: values(), explain, ticket });
  }

  function changed(text) {
    keep(DRAFT, text);
    showParameters(text);
    set("sql-draft", text);
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.mingchaSql = Object.assign(window.dash_clientside.mingchaSql || {}, {
    source: document.currentScript.src.replace(/workbench\.js.*/, "editor/editor.js"),
    mount(dictionary) {
      if (!dictionary) return window.dash_clientside.no_update;
      const text = kept(DRAFT) ?? dictionary.example;
      loaded().then(() => {
        const place = byId("sql-editor");
        if (!place) return;
        if (editor) editor.destroy();
        place.replaceChildren();
        editor = window.mingchaEditor.mount(place, {
          text, dictionary, label: "SQL 语句", onRun: () => ask(false), onExplain: () => ask(true), onChange: changed,
          nonce: (document.querySelector("style[nonce], script[nonce]") || {}).nonce,
        });
        busy(null);
        showParameters(text);
        window.mingchaTables(byId("sql-tree"), byId("sql-sought"), dictionary.tables, (name) => editor.insert(name));
        editor.focus();
      });
      return text;
    },
    settle(told) {
      if (!told || told.ticket !== running) return window.dash_clientside.no_update;
      busy(null);
      byId("sql-state").textContent = `用时 ${((Date.now() - started) / 1000).toFixed(2)} 秒`;
      if (told.reason && told.at !== null && told.at !== undefined) editor.mark(told.at, told.reason);
      return told.ticket;
    },
  });
  window.dashAgGridFunctions = window.dashAgGridFunctions || {};
  window.dashAgGridFunctions.asItIs = (params) => (params.value === null || params.value === undefined ? "—" : String(params.value));

  document.addEventListener("click", (event) => {
    const id = event.target.id, chosen = event.target.closest("[data-sql]");
    if (id === "sql-run") ask(false);
    else if (id === "sql-explain") ask(true);
    else if (id === "sql-cancel" && running) set("sql-cancelled", running);
    else if (chosen && editor) {
      editor.set(chosen.dataset.sql);
      window.scrollTo({ top: 0 });
    }
  });
})();
