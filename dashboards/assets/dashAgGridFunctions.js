// Functions that grids name in Python: texts, number formats, theme. No cell drawing (dashAgGridComponentFunctions.js).
var dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

dagfuncs.gridText = function (params) {
  return (window.mingchaGridText || {})[params.key] || params.defaultValue;
};

// Arrows move within a grid; Tab leaves it, or a hundred rows would stand between what comes before and after.
dagfuncs.leaveGrid = function () {
  return false;
};

dagfuncs.plainNumber = function (params) {
  if (params.value === null || params.value === undefined) return "—";
  return Number(params.value).toLocaleString("zh-CN", { maximumFractionDigits: 2 });
};

dagfuncs.fixedNumber = function (params, digits) {
  return params.value === null || params.value === undefined ? "—" : Number(params.value).toFixed(digits);
};

// Shares of one column have as many decimals; those of a rule only the ones that it has.
dagfuncs.percentNumber = function (params, digits) {
  if (params.value === null || params.value === undefined) return "—";
  return (100 * params.value).toLocaleString("zh-CN", { minimumFractionDigits: digits ?? 0, maximumFractionDigits: digits ?? 2 }) + "%";
};

dagfuncs.orDash = function (params) {
  return params.value === null || params.value === undefined || params.value === "" ? "—" : params.value;
};

dagfuncs.deskGridTheme = {
  fontFamily: "var(--font)",
  fontSize: 14,
  headerHeight: 40,
  rowHeight: 36,
  cellHorizontalPadding: 10,
  accentColor: "var(--blue)",
  foregroundColor: "var(--text)",
  borderColor: "var(--line)",
  headerBackgroundColor: "var(--table-head)",
  headerFontWeight: 700,
  rowHoverColor: "var(--row-hover)",
  wrapperBorderRadius: 6,
};
