// What Excel, WPS, Word and web pages put on the clipboard, as rows of texts; and a block of cells for them. Pure.
window.ipweekClipboard = (function () {
  "use strict";
  // What else can't be seen, the server takes out.
  const tidy = (text) => text.replace(/\u00a0/g, " ");
  const bare = (text) => text.normalize("NFKC").replace(/\s+/g, "").replace(/\(.*?\)|[:*]+$/g, "");

  // Quoted TSV; the line end after the last row is no row.
  function fromText(text) {
    const rows = [[]];
    let rest = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (;;) {
      const quoted = /^"((?:[^"]|"")*)"(?=[\t\n]|$)/.exec(rest), [whole] = quoted || /^[^\t\n]*/.exec(rest);
      rows[rows.length - 1].push(tidy(quoted ? quoted[1].replace(/""/g, '"') : whole));
      if (whole === rest) return rows;
      if (rest[whole.length] === "\n") rows.push([]);
      rest = rest.slice(whole.length + 1);
    }
  }

  // Only where HTML says more than the text: merged cells, or Word's paragraphs in one cell. Never put into the page.
  function fromHtml(html) {
    // The page's policy would complain of each of them.
    const plain = html.replace(/\s(style|on\w+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, "");
    const page = new DOMParser().parseFromString(plain, "text/html"), tables = page.querySelectorAll("table");
    const says = /Word\.Document|Mso(TableGrid|NormalTable)/i.test(html) || page.querySelector("[rowspan]:not([rowspan='1']),[colspan]:not([colspan='1'])");
    if (tables.length !== 1 || !says) return null;
    const lines = [...tables[0].rows], rows = lines.map(() => []);
    lines.forEach((line, n) => [...line.cells].forEach((cell) => {
      const text = cellText(cell);
      let column = 0;
      while (rows[n][column] !== undefined) column += 1;
      for (let down = 0; down < cell.rowSpan && rows[n + down]; down += 1) {
        for (let right = 0; right < cell.colSpan; right += 1) rows[n + down][column + right] = right ? "" : text;
      }
    }));
    return rows.map((row) => Array.from(row, (text) => text || ""));
  }

  function cellText(cell) {
    cell.querySelectorAll("br").forEach((br) => br.replaceWith("\u2028"));
    const parts = [...cell.querySelectorAll("p,div,li")].filter((part) => !part.querySelector("p,div,li"));
    // Word breaks its source between any two characters: no blank belongs there between Chinese ones
    return (parts.length ? parts : [cell]).map((part) => tidy(part.textContent).replace(/([\u2e80-\uffef])\s*\n\s*(?=[\u2e80-\uffef])/g, "$1")
      .replace(/[ \t\n\r]+/g, " ").replace(/ ?\u2028 ?/g, "\n").trim()).join("\n").trim();
  }

  // Which column of the table each pasted one goes to (-1: none), the rows without their headings, and what is to be told.
  function place(rows, titles, start) {
    const first = rows[0].map(bare), width = Math.max(...rows.map((row) => row.length)), own = titles.map(bare), notes = [];
    let columns = first.map((title) => own.indexOf(title));
    const headed = first.filter((title) => title && title !== "序号");
    if (rows.length > 1 && headed.length && columns.filter((column) => column >= 0).length >= 0.6 * headed.length) {
      const lost = rows[0].filter((title, n) => columns[n] < 0 && headed.includes(first[n]));
      if (lost.length) notes.push(`${lost.map((title) => `“${title.trim()}”`).join("")}列在本表没有，不会粘贴`);
      rows = rows.slice(1);
    } else {
      // one column more than the table has, counting up: 序号 was copied too
      if (width === own.length + 1 && rows.every((row, n) => Number(row[0]) === Number(rows[0][0]) + n)) start = -1;
      columns = Array.from({ length: width }, (_, n) => (start + n < own.length ? start + n : -1));
      if (start + width > own.length) notes.push(`右边有 ${start + width - own.length} 列放不下，不会粘贴`);
    }
    return { columns, notes, rows: rows.filter((row) => rows.length === 1 || row.some((text) => text.trim())) };
  }

  const read = (data) => fromHtml(data.getData("text/html")) || fromText(data.getData("text/plain"));

  function write(data, block) {
    const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
    const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\n/g, '<br style="mso-data-placement:same-cell">');
    data.setData("text/plain", block.map((row) => row.map(quoted).join("\t")).join("\r\n"));
    // as text, so that a sheet keeps leading zeros and = is no formula
    data.setData("text/html", `<table>${block.map((row) => `<tr>${row.map((text) => `<td style="mso-number-format:'\\@'">${escaped(text)}</td>`).join("")}</tr>`).join("")}</table>`);
  }

  return { read, place, write };
}());
