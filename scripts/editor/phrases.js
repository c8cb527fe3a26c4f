// What the editor says, in Chinese. Keys are the phrases of CodeMirror.
export const phrases = {
  "Find": "查找", "Replace": "替换为", "next": "下一个", "previous": "上一个", "all": "全部", "match case": "区分大小写",
  "regexp": "正则", "by word": "整词", "replace": "替换", "replace all": "全部替换", "close": "关闭",
  "current match": "当前匹配", "replaced $ matches": "替换了 $ 处", "replaced match on line $": "替换了第 $ 行的匹配",
  "on line": "在第", "Completions": "补全", "Diagnostics": "问题", "No diagnostics": "没有问题",
  "Go to line": "跳到行", "go": "跳转", "Control character": "控制字符", "Folded lines": "折叠的行",
  "Unfolded lines": "展开的行", "to": "到", "folded code": "折叠的代码", "unfold": "展开", "Fold line": "折叠",
  "Unfold line": "展开", "Selection deleted": "已删除所选",
};
