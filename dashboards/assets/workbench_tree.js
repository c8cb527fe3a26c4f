// The tables beside the editor, by stage, with the Chinese meaning of each column; a click inserts a name. No data is read.
(function () {
  const make = (tag, kind, text) => {
    const made = document.createElement(tag);
    made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  function entry(name, zh, hint, insert, shown) {
    const button = make("button", "entry");
    button.type = "button";
    button.title = hint;
    button.append(make("code", "", shown || name), make("span", "", zh));
    button.addEventListener("click", () => insert(name));
    return button;
  }

  function asTable(table, insert) {
    const part = make("details", "table-entry"), head = make("summary", "");
    head.append(make("code", "", table.name.split(".")[1]), make("span", "", table.zh));
    head.title = table.name;
    part.append(head);
    part.addEventListener("toggle", () => {
      if (!part.open || part.dataset.filled) return;
      part.dataset.filled = "yes";
      part.append(entry(table.name, "插入表名", table.name, insert), ...table.columns.map(([name, type, zh, masked]) =>
        entry(name, zh + (masked ? "（部分遮蔽）" : ""), `${name} ${type}：${zh}`, insert)));
    });
    return part;
  }

  window.mingchaTables = function (place, sought, tables, insert) {
    if (!place) return;
    const parts = tables.map((table) => [
      table, asTable(table, insert),
      [table.name, table.zh, ...table.columns.flatMap(([name, , zh]) => [name, zh])].join("\n").toLowerCase(),
    ]);
    const stages = new Map();
    for (const [table, part] of parts) {
      const stage = table.name.split(".")[0];
      if (!stages.has(stage)) {
        const group = make("details", "stage-entry");
        group.append(make("summary", "", stage));
        group.open = stage === "mart";
        stages.set(stage, group);
      }
      stages.get(stage).append(part);
    }
    place.replaceChildren(...stages.values());
    const search = () => {
      const words = sought.value.trim().toLowerCase();
      for (const [table, part, text] of parts) {
        part.hidden = Boolean(words) && !text.includes(words);
        if (words && !part.hidden) stages.get(table.name.split(".")[0]).open = true;
      }
      for (const group of stages.values()) group.hidden = ![...group.children].some((one) => one.tagName === "DETAILS" && !one.hidden);
    };
    if (sought) {
      sought.addEventListener("input", search);
      search();
    }
  };
})();
