// The key map: what each key does when a cell is ready, and while it is edited.

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const both = {
  "Enter": () => enter(1), "Shift+Enter": () => enter(-1), "Tab": () => tab(1), "Shift+Tab": () => tab(-1),
  "Ctrl+s": actions.save, "Ctrl+;": actions.today, "Alt+h": actions.history,
  "Alt+Insert": actions.add, "Alt+Delete": actions.delete, "Alt+Shift+ArrowDown": actions.duplicate, "Alt+ArrowUp": actions.up, "Alt+ArrowDown": actions.down,
};
const moves = {  // typing that replaced the text is committed by them too
  "Home": () => leave(fields(lineOf(active))[0]), "End": () => leave(last(fields(lineOf(active)))),
  "Ctrl+Home": () => leave(fields(body.rows[0])[0]), "Ctrl+End": () => leave(last(fields(last(numbered()) || body.rows[0]))),
};
const ready = {
  ...moves,
  "F2"() { setMode("full"); head = active; paint(); active.setSelectionRange(active.value.length, active.value.length); },
  "Escape"() { if (question) decide(false); else { head = active; paint(); } },
  "Delete": clear, "Backspace": clear,
  "Ctrl+a": selectAll, "Ctrl+d": actions.fillDown, "Ctrl+r": actions.fillRight, "Ctrl+Enter": () => fill(range(), () => active.value),
  "Ctrl+z": actions.undo, "Ctrl+y": actions.redo, "Ctrl+Shift+z": actions.redo,
  "1": () => choose(active, true), "2": () => choose(active, false),
};
const editing = {
  "F2": () => setMode(mode === "quick" ? "full" : "quick"),
  "Escape": cancel,
  "Alt+Enter"() { active.setRangeText("\n", active.selectionStart, active.selectionEnd, "end"); grow([active]); remember(active); },
  "Ctrl+Enter"() { const { value } = active; if (!painted.length) { commit(active); arrive(active); } else { setMode("ready"); fill(range(), () => value); } },
};
const ONCE = /Enter|Insert|Alt\+|Ctrl\+[dr]/;  // held down, these act once

sheet.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || !isField(event.target)) return;
  const key = event.code === "Semicolon" && event.ctrlKey ? ";" : event.key.length === 1 ? event.key.toLowerCase() : event.key, arrow = ARROWS[key];
  const chord = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + (event.shiftKey ? "Shift+" : "") + key;
  let action = (mode === "ready" ? ready : editing)[chord] || both[chord] || (mode === "quick" && moves[chord]);
  if (question && chord === "Enter") action = () => decide(true);
  if (arrow && mode !== "full" && chord === key) action = () => under(key) || leave(near(active, ...arrow));
  if (arrow && mode === "ready" && chord === `Shift+${key}`) action = () => extendTo(near(head, ...arrow));
  if (arrow && mode !== "full" && chord === `Ctrl+${key}`) action = () => edge(...arrow);
  if (action && ((event.repeat && ONCE.test(chord)) || action() !== false)) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) actions.keys();
  if ((event.ctrlKey || event.metaKey) && event.key === "s" && !event.defaultPrevented) { event.preventDefault(); actions.save(); }
});
