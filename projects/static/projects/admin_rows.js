/*
 * Copies the column heading into each cell of the admin's rows: where there is no room for a
 * table, `admin_forms.css` shows it in front of the cell. Added rows are copies of the last one.
 */
"use strict";

// Enter goes on to the next field of the rows: a form that is half filled in is not submitted.
document.addEventListener("keydown", (event) => {
  const rows = event.target.closest(".inline-group");
  if (event.key !== "Enter" || !rows || !event.target.matches("input:not([type=submit])")) return;
  event.preventDefault();
  const fields = [...rows.querySelectorAll("input, .select2-selection, select, .add-row a")];
  const visible = fields.filter((one) => one.offsetWidth && one.tabIndex >= 0);
  const next = visible[visible.indexOf(event.target) + 1];
  if (next) next.focus();
});

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
