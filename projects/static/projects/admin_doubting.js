/*
 * Says while an amount is typed whether it is far off, and what was perhaps meant. It never
 * stands in the way: whatever goes wrong here, the same is said once the record was saved.
 */
"use strict";

(() => {
  const soon = window.askingWhileTyping(500);

  const field = (form, name) => form.elements.namedItem(name);

  // The fields beside an amount carry its prefix: receipts-0-amount, receipts-0-currency.
  const beside = (input, name) => field(input.form, input.name.replace(/[^-]*$/, name));

  const valuesOf = (select) =>
    select.selectedOptions
      ? [...select.selectedOptions].map((option) => option.value)
      : [select.value];

  // The sectors of a project stand in rows, of which some may be taken out again.
  const sectorsOf = (form) =>
    [...form.querySelectorAll("select[name$='-sector']")].filter((select) => {
      const removed = field(form, select.name.replace(/sector$/, "DELETE"));
      return !(removed && removed.checked);
    });

  const add = (asked, name, values) => {
    for (const value of values) if (value) asked.append(name, value);
  };

  const addAmount = (asked, input, prefix) => {
    asked.set(`${prefix}text`, input.value);
    for (const name of ["currency", "qualifier"]) {
      const one = beside(input, name);
      if (one) asked.set(prefix + name, one.value);
    }
  };

  const question = (input) => {
    if (!input.value.trim()) return "";
    const form = input.form;
    const asked = new URLSearchParams();
    addAmount(asked, input, "");
    if (input.dataset.amountNegative) asked.set("negative", "1");
    add(asked, "besides", [input.dataset.besides]);
    const whole = field(form, "amount");
    if (whole !== input && whole) {
      // A row on the page of its project, as that is typed.
      addAmount(asked, whole, "whole_");
      add(asked, "project", [whole.dataset.besides]);
      return asked;
    }
    for (const name of ["stage", "area", "project"]) {
      const one = field(form, name);
      if (one) add(asked, name, valuesOf(one));
    }
    const sources = field(form, "sources");
    if (sources) add(asked, "source", valuesOf(sources));
    for (const select of sectorsOf(form)) add(asked, "sector", valuesOf(select));
    return asked;
  };

  const show = (input, answer) => {
    const sentences = answer ? answer.sentences : [];
    const region = input.parentElement.querySelector(".amount-doubts");
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
    for (const input of form.querySelectorAll("[data-doubting]")) {
      // What was not typed here is not doubted, whatever is chosen beside it.
      if (input !== event.target && input.value === input.defaultValue) continue;
      soon(input, input.dataset.doubting, () => question(input), (answer) => show(input, answer));
    }
  };

  document.addEventListener("input", changed);
  // The admin's autocompletes tell nobody else that something was chosen.
  window.django.jQuery(document).on("change", changed);
})();
