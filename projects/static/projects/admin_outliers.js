/*
 * Warns while an amount is typed if it is an outlier. If that fails, the same warning appears
 * after saving.
 */
"use strict";

(() => {
  const request = window.requestWhileTyping(500);

  const field = (form, name) => form.elements.namedItem(name);

  // The other fields of an amount have its prefix: receipts-0-amount, receipts-0-currency.
  const sibling = (input, name) => field(input.form, input.name.replace(/[^-]*$/, name));

  const valuesOf = (select) =>
    select.selectedOptions
      ? [...select.selectedOptions].map((option) => option.value)
      : [select.value];

  // The sectors of a project are rows; some may be marked for deletion.
  const sectorsOf = (form) =>
    [...form.querySelectorAll("select[name$='-sector']")].filter((select) => {
      const removed = field(form, select.name.replace(/sector$/, "DELETE"));
      return !(removed && removed.checked);
    });

  const add = (query, name, values) => {
    for (const value of values) if (value) query.append(name, value);
  };

  const addAmount = (query, input, prefix) => {
    query.set(`${prefix}text`, input.value);
    for (const name of ["currency", "qualifier"]) {
      const one = sibling(input, name);
      if (one) query.set(prefix + name, one.value);
    }
  };

  const parameters = (input) => {
    if (!input.value.trim()) return "";
    const form = input.form;
    const query = new URLSearchParams();
    addAmount(query, input, "");
    if (input.dataset.amountNegative) query.set("negative", "1");
    add(query, "exclude", [input.dataset.exclude]);
    const whole = field(form, "amount");
    if (whole !== input && whole) {
      // A receipt on the page of its project: compared with the amount typed there.
      addAmount(query, whole, "whole_");
      add(query, "project", [whole.dataset.exclude]);
      return query;
    }
    for (const name of ["stage", "area", "project"]) {
      const one = field(form, name);
      if (one) add(query, name, valuesOf(one));
    }
    const sources = field(form, "sources");
    if (sources) add(query, "source", valuesOf(sources));
    for (const select of sectorsOf(form)) add(query, "sector", valuesOf(select));
    return query;
  };

  const show = (input, answer) => {
    const sentences = answer ? answer.sentences : [];
    const region = input.parentElement.querySelector(".amount-warnings");
    region.replaceChildren(
      ...sentences.map((sentence) => {
        const line = document.createElement("p");
        line.textContent = sentence;
        return line;
      }),
    );
  };

  const changed = (event) => {
    const form = event.target.form;
    if (!form || !event.target.name) return;
    for (const input of form.querySelectorAll("[data-outliers]")) {
      // An amount that was not changed needs no warning, whichever other fields change.
      if (input !== event.target && input.value === input.defaultValue) continue;
      request(input, input.dataset.outliers, () => parameters(input), (answer) => show(input, answer));
    }
  };

  document.addEventListener("input", changed);
  // The admin's autocompletes report changes to jQuery alone.
  window.django.jQuery(document).on("change", changed);
})();
