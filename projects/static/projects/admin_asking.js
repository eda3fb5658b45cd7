/*
 * Asks the server about what is being typed, once a person pauses. Nothing of it stands in the
 * way: what is not answered is left out here, and said or asked again when the form is sent.
 */
"use strict";

/*
 * `soon(key, address, question, show)` asks `address` after the pause what `question()` says,
 * and shows the answer unless `key` has asked something else by then. What was asked last is
 * not asked twice; where there is nothing to ask (""), `show` gets null.
 */
window.askingWhileTyping = (pause) => {
  const timers = new WeakMap();
  const latest = new WeakMap();

  const ask = async (key, address, question, show) => {
    const asked = String(question());
    if (asked === latest.get(key)) return;
    latest.set(key, asked);
    if (!asked) {
      show(null);
      return;
    }
    const response = await fetch(`${address}?${asked}`, {
      headers: { Accept: "application/json" },
    });
    // Who is no longer signed in is led to another page.
    if (!response.ok || response.redirected) return;
    const answer = await response.json();
    // Answers may overtake each other.
    if (latest.get(key) === asked) show(answer);
  };

  return (key, ...how) => {
    clearTimeout(timers.get(key));
    const failed = () => latest.delete(key);
    timers.set(key, setTimeout(() => ask(key, ...how).catch(failed), pause));
  };
};
