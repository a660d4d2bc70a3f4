// Drafts: what is not saved yet stands in localStorage too, per user and table, and is offered again after a crash (recover.js).

function drafts(change) {
  try {
    const kept = JSON.parse(localStorage.getItem(shelf) || "{}");
    change(kept);
    if (Object.keys(kept).length) localStorage.setItem(shelf, JSON.stringify(kept)); else localStorage.removeItem(shelf);
    return Object.values(kept);
  } catch (error) { return []; }  // storage is off or full: the page still holds everything
}
const keep = (op) => drafts((kept) => { kept[op.id] = op; }), drop = (op) => drafts((kept) => { delete kept[op.id]; });

let typing = 0;
function remember(cell) {
  clearTimeout(typing);
  typing = setTimeout(() => { if (cell.value !== cell.defaultValue) keep({ id: `typing:${cell.name}`, kind: "cell", row: rowOf(cell), key: keyOf(cell), value: cell.value, base: baseOf(cell) }); }, 300);
}
function forget(cell) {
  clearTimeout(typing);
  drop({ id: `typing:${cell.name}` });
}
