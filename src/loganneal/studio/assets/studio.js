// What a page can do and a server cannot: send what the user does, one request at a time, and draw the answer; keep its own
// address; use the clipboard. Nothing is computed here.
(function () {
  const SETTLED_MS = 150; // the slow updates, the numbers and the code, wait until the user pauses
  const GONE = "The page's server does not answer. Is loganneal studio still running?";
  const waiting = new Map(); // the newest event of each control
  let busy = false;
  let settling = 0;
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const find = (id) => document.getElementById(id);

  async function next() {
    if (busy || !waiting.size) return;
    busy = true;
    const [name, event] = waiting.entries().next().value;
    waiting.delete(name);
    try {
      show(await answerTo(event));
    } catch (error) {
      find("wrong").textContent = error instanceof TypeError ? GONE : error.message;
    }
    busy = false;
    next();
  }

  async function answerTo(event) {
    const design = JSON.parse(find("design").dataset.design);
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("/edit", { method: "POST", headers, body: JSON.stringify({ event, design }) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }

  function show({ wrong, design, changes, figure }) {
    find("wrong").textContent = wrong;
    if (!design) return;
    find("design").dataset.design = JSON.stringify(design);
    if (figure) Plotly.react(find("design").querySelector(".js-plotly-plot"), figure);
    requestAnimationFrame(() => setTimeout(() => changes.forEach(({ id, properties }) => clientside.set_props(id, properties))));
    clearTimeout(settling);
    settling = setTimeout(() => clientside.set_props("settled", { data: design }), SETTLED_MS);
  }

  function pass(name, value) {
    waiting.set(name, { ...JSON.parse(name), value });
    next();
  }

  // Dash sees the controls only to fill them: its callbacks are slower, and also run when the server fills a field.
  const ours = (element, kind) => element.matches(kind) && element.id.startsWith("{");

  const moved = ({ target }) => ours(target, "input[type=range]") && pass(target.id, target.value);
  document.addEventListener("input", moved, true); // before Dash draws its slider anew

  document.addEventListener("change", ({ target }) => {
    if (ours(target, "select, input[type=text]")) pass(target.id, target.value);
    else if (target.matches("select, .choice input")) clientside.set_props(target.id + "-chosen", { data: target.value });
  });

  document.addEventListener("click", ({ target }) => {
    if (ours(target, "button")) pass(target.id, null);
  });

  clientside.studio = {
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
