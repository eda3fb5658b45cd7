/*
 * Lets each cell of the admin's rows know the words above it: where there is no room for a
 * table, `admin_forms.css` shows them beside it. Rows that are added are copies of the last.
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
