/*
 * Shows how an amount is read while it is typed, and tells the server that it was shown.
 *
 * Without this script the form comes back once with the same reading. Whatever goes wrong
 * here ends in that: the key in the hidden input is then not the one the server expects.
 */
"use strict";

(() => {
  const soon = window.askingWhileTyping(250);

  // The fields beside an amount carry its prefix: receipts-0-amount, receipts-0-currency.
  const beside = (input, name) =>
    input.form.elements[input.name.replace(/[^-]*$/, name)];

  const wasChanged = (field) =>
    field.options
      ? ![...field.options].every((option) => option.selected === option.defaultSelected)
      : field.value !== field.defaultValue;

  const question = (input) => {
    const asked = new URLSearchParams({ text: input.value });
    if (input.dataset.amountNegative) asked.set("negative", "1");
    for (const name of ["currency", "qualifier"]) {
      const field = beside(input, name);
      if (!field) continue;
      asked.set(name, field.value);
      if (wasChanged(field)) asked.append("sent", name);
    }
    return asked;
  };

  const show = (input, answer) => {
    const output = input.parentElement.querySelector(".amount-reading");
    input.form.elements[`${input.name}-shown`].value = answer.shown || "";
    output.textContent = answer.error || answer.reading;
    output.classList.toggle("amount-unread", Boolean(answer.error));
  };

  const read = (input) =>
    soon(input, input.dataset.amountReader, () => question(input), (answer) => show(input, answer));

  const changed = (event) => {
    const field = event.target;
    if (!field.form || !field.name) return;
    for (const input of field.form.querySelectorAll("[data-amount-reader]")) {
      const near = [input, beside(input, "currency"), beside(input, "qualifier")];
      if (near.includes(field)) read(input);
    }
  };

  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
})();
