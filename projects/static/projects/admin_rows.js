/*
 * Copies the column heading into each cell of the admin's rows: where there is no room for a
 * table, `admin_forms.css` shows it beside the cell. Added rows are copies of the last one.
 */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll(".inline-group .tabular table")) {
    const headings = [...table.tHead.rows[0].cells];
    for (const row of table.tBodies[0].rows) {
      // A row of errors spans them all.
      if (row.cells.length !== headings.length) continue;
      [...row.cells].forEach((cell, index) => {
        const words = headings[index].textContent.trim();
        if (words) cell.dataset.label = words;
      });
    }
  }
});
