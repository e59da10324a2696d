// What a page can do and a server cannot: pass on what the user does, one request at a time; keep its own address; use
// the clipboard. Nothing is computed here.
(function () {
  const STUCK_MS = 2000; // an unanswered request holds up the next one for this long
  const SETTLED_MS = 150; // the slow updates, the numbers and the code, wait until the user pauses
  const waiting = new Map(); // the newest event of each control
  let sent = 0;
  let settling = 0;
  const clientside = (window.dash_clientside = window.dash_clientside || {});

  function next() {
    const busy = sent && Date.now() - sent < STUCK_MS;
    if (busy || !waiting.size) return;
    const [name, event] = waiting.entries().next().value;
    waiting.delete(name);
    sent = Date.now();
    clientside.set_props("event", { data: event });
    setTimeout(next, STUCK_MS + 1);
  }

  function pass(name, value) {
    waiting.set(name, { ...JSON.parse(name), value: value, time: Date.now() });
    next();
  }

  // Not Dash callbacks: they cost another round of its renderer, and also fire when the server fills a field or draws a button.
  const ours = (element, kind) => element.matches(kind) && element.id.startsWith("{");

  document.addEventListener("input", ({ target }) => {
    if (ours(target, "input[type=range]")) pass(target.id, target.value);
  });

  document.addEventListener("change", ({ target }) => {
    if (ours(target, "select, input[type=text]")) pass(target.id, target.value);
    else if (target.matches("select, .choice input")) clientside.set_props(target.id + "-chosen", { data: target.value });
  });

  document.addEventListener("click", ({ target }) => {
    if (ours(target, "button")) pass(target.id, null);
  });

  clientside.studio = {
    answered: function (time, design) {
      if (!time) return clientside.no_update;
      sent = 0;
      next();
      clearTimeout(settling);
      settling = setTimeout(() => clientside.set_props("settled", { data: design }), SETTLED_MS);
      return clientside.no_update;
    },
    remember: function (query) {
      if (query) window.history.replaceState(null, "", query);
      return clientside.no_update;
    },
    copy: function (clicks, text) {
      if (!clicks) return clientside.no_update;
      return navigator.clipboard.writeText(text).then(
        () => "Copied",
        () => "Select the code to copy it"
      );
    },
  };
})();
