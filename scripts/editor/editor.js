// The SQL editor: `mingchaEditor.mount(place, options)` gives an object that reads, writes and marks its text.
// What is offered while typing is completion.js; what happens with the text is dashboards/assets/workbench.js.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, temporarilySetTabFocusMode } from "@codemirror/commands";
import { PostgreSQL, SQLDialect } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, indentOnInput, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, Prec } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completion } from "./completion.js";
import { phrases } from "./phrases.js";

const KEYWORDS = ["select", "from", "where", "group by", "order by", "having", "limit", "with", "recursive", "join",
  "left join", "on", "using", "union all", "qualify", "over", "partition by", "distinct", "case", "when", "then", "else",
  "end", "and", "or", "not", "in", "between", "like", "is null", "is not null", "as", "asc", "desc", "nulls last",
  "exists", "pivot", "unpivot", "filter", "interval", "lateral", "cast", "exclude", "replace", "anti join"];
const dialect = SQLDialect.define({
  ...PostgreSQL.spec, caseInsensitiveIdentifiers: true, slashComments: false, doubleDollarQuotedStrings: true,
  keywords: PostgreSQL.spec.keywords + " qualify pivot unpivot exclude anti semi asof lambda summarize describe",
});
// Colours are variables of the page (dashboards/theme.py).
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--blue)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--bad)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--teal)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.standard(tags.name)], color: "var(--warn)" },
]);

function mount(place, { text, label, dictionary, onRun, onExplain, onChange, nonce }) {
  const run = (act) => () => { act(); return true; };
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: text,
      extensions: [
        ...(nonce ? [EditorView.cspNonce.of(nonce)] : []),
        EditorState.phrases.of(phrases),
        Prec.highest(keymap.of([
          { key: "Mod-Enter", run: run(onRun) },
          { key: "Mod-Shift-Enter", run: run(onExplain) },
          { key: "Escape", run: (at) => temporarilySetTabFocusMode(at) && false }, // Tab leaves the editor after it
        ])),
        lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(), indentOnInput(),
        bracketMatching(), closeBrackets(), highlightActiveLine(), highlightSelectionMatches(),
        new LanguageSupport(dialect.language, dialect.language.data.of({
          autocomplete: completion({ ...dictionary, keywords: KEYWORDS }),
        })),
        autocompletion({ maxRenderedOptions: 60, defaultKeymap: true, icons: false }),
        syntaxHighlighting(colours),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap,
          indentWithTab, ...defaultKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        EditorView.updateListener.of((update) => { if (update.docChanged) onChange(update.state.doc.toString()); }),
      ],
    }),
  });
  return {
    get: () => view.state.doc.toString(),
    set(written) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: written } });
      view.focus();
    },
    insert(written) {
      view.dispatch(view.state.replaceSelection(written));
      view.focus();
    },
    mark(at, message) {
      const length = view.state.doc.length, from = Math.max(0, Math.min(at, length));
      const word = view.state.wordAt(Math.min(from + 1, length));
      const to = Math.min(length, word && word.to > from ? word.to : from + 1);
      view.dispatch(setDiagnostics(view.state, [{ from: to > from ? from : Math.max(0, to - 1), to, severity: "error", message }]));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    },
    unmark() { view.dispatch(setDiagnostics(view.state, [])); },
    focus() { view.focus(); },
    destroy() { view.destroy(); },
  };
}

window.mingchaEditor = { mount };
