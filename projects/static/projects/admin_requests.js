/*
 * Requests to the server while a user types, after a pause. They never prevent anything: what
 * is not answered here is checked again when the form is submitted.
 */
"use strict";

/*
 * `request(key, address, parameters, show)` requests `address` with `parameters()` after the
 * pause and calls `show` with the answer, unless there was a newer request for `key`. Equal
 * requests are sent once. Without parameters (""), `show` gets null.
 */
window.requestWhileTyping = (pause) => {
  const timers = new WeakMap();
  const latest = new WeakMap();

  const send = async (key, address, parameters, show) => {
    const query = String(parameters());
    if (query === latest.get(key)) return;
    latest.set(key, query);
    if (!query) {
      show(null);
      return;
    }
    const response = await fetch(`${address}?${query}`, {
      headers: { Accept: "application/json" },
    });
    // Without a session, the server redirects to the sign-in page.
    if (!response.ok || response.redirected) return;
    const answer = await response.json();
    // Answers may arrive in another order.
    if (latest.get(key) === query) show(answer);
  };

  return (key, ...how) => {
    clearTimeout(timers.get(key));
    const failed = () => latest.delete(key);
    timers.set(key, setTimeout(() => send(key, ...how).catch(failed), pause));
  };
};
