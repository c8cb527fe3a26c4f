// Cells that are more than text: grade badges and links inside the application.
var dagcomponentfuncs = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

dagcomponentfuncs.GradeBadge = function (props) {
  if (!props.value) return "—";
  return React.createElement("span", { className: "grade", "data-grade": props.value }, props.value);
};

dagcomponentfuncs.EntityLink = function (props) {
  if (!props.data) return null;
  if (!props.data.entity_id) return props.value;
  var href = "/entity/" + props.data.entity_id;
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
    props.value
  );
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
