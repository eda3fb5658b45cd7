/*
 * Shows possible duplicates of the record while its name is typed. If that fails, the same
 * warning appears after saving.
 */
"use strict";

(() => {
  const request = window.requestWhileTyping(400);
  const SHORTEST = 2;

  const fieldsOf = (form) => [...form.querySelectorAll("[data-duplicates]")];

  const parameters = (fields) => {
    const query = new URLSearchParams({ exclude: fields[0].dataset.exclude });
    for (const field of fields) {
      const text = field.value.trim();
      if (text.length >= SHORTEST) query.set(field.name, text);
    }
    return query;
  };

  const show = (region, answer) => {
    region.replaceChildren();
    if (!answer.found.length) return;
    const sentence = document.createElement("p");
    sentence.textContent = answer.sentence;
    const list = document.createElement("ul");
    for (const one of answer.found) {
      const link = document.createElement("a");
      link.href = one.address;
      link.target = "_blank";
      link.textContent = one.label;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    region.append(sentence, list);
  };

  const watch = (form) => {
    const fields = fieldsOf(form);
    if (!fields.length) return;
    // Below the last of the fields; present before it has content, so that it is announced.
    const region = document.createElement("div");
    region.className = "duplicates";
    region.setAttribute("aria-live", "polite");
    const names = fields.filter((field) => field.name.startsWith("name"));
    (names.at(-1) || fields[0]).closest(".form-row").after(region);

    const address = fields[0].dataset.duplicates;
    for (const field of fields) {
      field.addEventListener("input", () =>
        request(form, address, () => parameters(fields), (answer) => show(region, answer)),
      );
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form").forEach(watch);
  });
})();
