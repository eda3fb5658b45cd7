/*
 * Shows records of the register that what is being typed may mean. It never stands in the way:
 * whatever goes wrong here, the same is said once the record was saved.
 */
"use strict";

(() => {
  const soon = window.askingWhileTyping(400);
  const SHORTEST = 2;

  const fieldsOf = (form) => [...form.querySelectorAll("[data-resembling]")];

  const question = (fields) => {
    const asked = new URLSearchParams({ besides: fields[0].dataset.besides });
    for (const field of fields) {
      const text = field.value.trim();
      if (text.length >= SHORTEST) asked.set(field.name, text);
    }
    return asked;
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
    // Beneath the last of the fields it is about, and there before anything is said in it.
    const region = document.createElement("div");
    region.className = "resembling";
    region.setAttribute("aria-live", "polite");
    const names = fields.filter((field) => field.name.startsWith("name"));
    (names.at(-1) || fields[0]).closest(".form-row").after(region);

    const address = fields[0].dataset.resembling;
    for (const field of fields) {
      field.addEventListener("input", () =>
        soon(form, address, () => question(fields), (answer) => show(region, answer)),
      );
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form").forEach(watch);
  });
})();
