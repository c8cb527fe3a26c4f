// What is offered while typing: tables, columns and functions by name or by Chinese meaning; columns of FROM come first.
// No drawing of the editor (editor.js).
const WORD = /[\p{L}\p{N}_.]+$/u;
const READ = /\b(?:from|join)\s+([a-z_]+\.[a-z_0-9]+)(?:\s+(?:as\s+)?([\p{L}_][\p{L}\p{N}_]*))?/giu;
const NOT_ALIAS = new Set(["where", "group", "order", "join", "left", "right", "inner", "full", "cross", "anti", "semi",
  "asof", "on", "using", "limit", "qualify", "having", "union", "pivot", "unpivot", "window", "select", "natural"]);
const MOST = 60;

// `dictionary`: {tables: [{name, zh, columns: [[name, type, zh], …]}], functions: [name, …], keywords: [word, …]}
export function completion(dictionary) {
  const tables = new Map(dictionary.tables.map((table) => [table.name, table]));
  const stages = new Set(dictionary.tables.map((table) => table.name.split(".")[0]));
  const words = [
    ...dictionary.functions.map((name) => ({ label: name, type: "function", apply: name + "(" })),
    ...dictionary.keywords.map((word) => ({ label: word, type: "keyword" })),
  ];

  function read(text) {
    const found = new Map();
    for (const [, name, alias] of text.matchAll(READ)) {
      const table = tables.get(name.toLowerCase());
      if (!table) continue;
      found.set(name.split(".")[1].toLowerCase(), table);
      if (alias && !NOT_ALIAS.has(alias.toLowerCase())) found.set(alias.toLowerCase(), table);
    }
    return found;
  }

  const ofTable = (table, boost) => table.columns.map(([name, type, zh]) => (
    { label: name, type: "property", detail: zh, info: `${table.zh} ${table.name}\n${zh} · ${type}`, boost }));
  const asTable = (table) => (
    { label: table.name, type: "class", detail: table.zh, info: `${table.columns.length} 列` });

  function options(text, before) {
    const from = read(text);
    const [qualifier, rest] = before.includes(".")
      ? [before.slice(0, before.lastIndexOf(".")).toLowerCase(), before.slice(before.lastIndexOf(".") + 1)] : [null, before];
    if (qualifier !== null && from.has(qualifier) && !stages.has(qualifier)) {
      return { typed: rest, found: ofTable(from.get(qualifier), 2) };
    }
    const near = [...new Set(from.values())].flatMap((table) => ofTable(table, 3));
    const far = from.size ? [] : dictionary.tables.flatMap((table) => ofTable(table, 0));
    return { typed: before, found: [...near, ...dictionary.tables.map(asTable), ...words, ...far] };
  }

  return function complete(context) {
    const match = context.matchBefore(WORD);
    if (!match && !context.explicit) return null;
    const text = context.state.doc.toString();
    const { typed, found } = options(text, match ? match.text : "");
    if (!typed && !context.explicit && !(match && match.text.endsWith("."))) return null;
    const sought = typed.toLowerCase();
    const seen = new Set();
    const ranked = found.map((one) => [rank(one, sought), one]).filter(([found]) => found > 0)
      .sort(([a, one], [b, other]) => b - a || one.label.localeCompare(other.label))
      .filter(([, one]) => !seen.has(one.label) && seen.add(one.label)).slice(0, MOST)
      .map(([, one]) => ({ ...one, boost: 0 }));
    return ranked.length ? { from: context.pos - typed.length, options: ranked, filter: false } : null;
  };
}

function rank(one, sought) {
  const label = one.label.toLowerCase(), zh = one.detail || "", near = (one.boost || 0) * 10;
  if (!sought) return 1 + near;
  if (label === sought) return 100 + near;
  if (label.startsWith(sought)) return 60 + near;
  if (zh.startsWith(sought)) return 50 + near;
  if (label.split(/[._]/).some((part) => part.startsWith(sought))) return 40 + near;
  if (zh.includes(sought)) return 30 + near;
  return label.includes(sought) && sought.length > 2 ? 10 + near : 0;
}
