/*
 * Shows how an amount is read while it is typed, and tells the server what was shown: the key
 * of the reading goes into a hidden input. If that fails, the server asks to confirm.
 */
"use strict";

(() => {
  const request = window.requestWhileTyping(250);

  // The other fields of an amount have its prefix: receipts-0-amount, receipts-0-currency.
  const sibling = (input, name) =>
    input.form.elements[input.name.replace(/[^-]*$/, name)];

  const wasChanged = (field) =>
    field.options
      ? ![...field.options].every((option) => option.selected === option.defaultSelected)
      : field.value !== field.defaultValue;

  const parameters = (input) => {
    const query = new URLSearchParams({ text: input.value });
    if (input.dataset.amountNegative) query.set("negative", "1");
    for (const name of ["currency", "qualifier"]) {
      const field = sibling(input, name);
      if (!field) continue;
      query.set(name, field.value);
      if (wasChanged(field)) query.append("sent", name);
    }
    return query;
  };

  const show = (input, answer) => {
    const output = input.parentElement.querySelector(".amount-reading");
    input.form.elements[`${input.name}-shown`].value = answer.shown || "";
    output.textContent = answer.error || answer.reading;
    output.classList.toggle("amount-unread", Boolean(answer.error));
  };

  const read = (input) =>
    request(input, input.dataset.amountReader, () => parameters(input), (answer) => show(input, answer));

  const changed = (event) => {
    const field = event.target;
    if (!field.form || !field.name) return;
    for (const input of field.form.querySelectorAll("[data-amount-reader]")) {
      const fields = [input, sibling(input, "currency"), sibling(input, "qualifier")];
      if (fields.includes(field)) read(input);
    }
  };

  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
})();
