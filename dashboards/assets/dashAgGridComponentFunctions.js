// Cells that are more than text: grade badges and links inside the application.
var dagcomponentfuncs = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

dagcomponentfuncs.GradeBadge = function (props) {
  if (!props.value) return "—";
  return React.createElement("span", { className: "grade", "data-grade": props.value }, props.value);
};

// A link that opens a page without leaving the application.
var linkInside = function (href, text) {
  return React.createElement(
    "a",
    {
      href: href,
      onClick: function (event) {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        window.history.pushState({}, "", href);
        window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
        window.scrollTo(0, 0);
      },
    },
    text
  );
};

dagcomponentfuncs.EntityLink = function (props) {
  if (!props.data) return null;
  return props.data.entity_id ? linkInside("/entity/" + props.data.entity_id, props.value) : props.value;
};

dagcomponentfuncs.WarningLink = function (props) {
  return props.data ? linkInside("/warnings/" + props.data.warning_id, props.value || "打开") : null;
};

// A state that was registered after the refresh which the row comes from.
dagcomponentfuncs.LaterState = function (props) {
  if (!props.data) return null;
  if (!props.data.is_later) return props.value;
  return React.createElement("span", { className: "state ok", title: "刷新之后登记，尚未进入快照" }, "• " + props.value);
};

// The row says where it leads.
dagcomponentfuncs.RowLink = function (props) {
  return props.data ? linkInside(props.data.href, props.value) : null;
};

// A word of a row with its tone: [tone, word].
dagcomponentfuncs.ToneBadge = function (props) {
  if (!props.value) return "—";
  return React.createElement("span", { className: "state " + props.value[0] }, props.value[1]);
};

dagcomponentfuncs.StateBadge = function (props) {
  if (props.value === null || props.value === undefined) return "—";
  var tone = props.value < 0 ? "bad" : "warn";
  var text = props.value < 0 ? "超期 " + -props.value + " 日" : "剩 " + props.value + " 日";
  return React.createElement("span", { className: "state " + tone }, text);
};

dagcomponentfuncs.LevelBadge = function (props) {
  if (!props.value) return "—";
  return React.createElement("span", { className: "level", "data-level": props.value[0] }, props.value);
};
