/*
 * Warns before the session ends, and extends it on request. Without this script nothing is shown.
 */
(() => {
  "use strict";

  const WARN_BEFORE = 10 * 60 * 1000;
  const CHECK_EVERY = 10 * 1000;

  const notice = document.getElementById("session-notice");
  if (!notice) return;
  const [warning, ended] = notice.querySelectorAll("p");
  const button = notice.querySelector("button");
  // Another page of the same browser extends the session for this one as well.
  const channel = new BroadcastChannel("session-end");
  // Milliseconds of this machine's clock; 0 once the session has ended.
  let end = 0;

  const show = (moment) => {
    end = moment;
    notice.hidden = end - Date.now() > WARN_BEFORE;
    warning.hidden = !end;
    ended.hidden = Boolean(end);
    notice.querySelector("time").textContent = new Date(end).toLocaleTimeString(
      document.documentElement.lang,
      { hour: "2-digit", minute: "2-digit" },
    );
  };

  // In seconds from now, because the clock of this machine may be wrong.
  const endsIn = (seconds) => {
    show(seconds && Date.now() + seconds * 1000);
    channel.postMessage(end);
  };

  // Any request extends a session, and none revives one that has ended.
  const extend = async () => {
    const response = await fetch(notice.dataset.address, {
      headers: { Accept: "application/json" },
    });
    // A user who is signed out is redirected to the sign-in page.
    const isSignedIn = response.ok && !response.redirected;
    endsIn(isSignedIn ? (await response.json()).seconds : 0);
    // Seven days after signing in the session cannot be extended.
    button.hidden = !notice.hidden;
  };

  // At the end, check with the server: requests of other scripts may have extended the session.
  const check = async () => (end && end < Date.now() ? extend() : show(end));

  // Where the server cannot be reached, the warning stays.
  const unreachable = () => {};
  channel.addEventListener("message", (event) => show(event.data));
  button.addEventListener("click", () => extend().catch(unreachable));
  endsIn(Number(notice.dataset.seconds));
  setInterval(() => check().catch(unreachable), CHECK_EVERY);
})();
