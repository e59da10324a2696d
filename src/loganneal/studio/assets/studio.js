// What a page can do and a server cannot: its own address, and the clipboard. Nothing is computed here.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  studio: {
    remember: function (query) {
      if (query) window.history.replaceState(null, "", query);
      return window.dash_clientside.no_update;
    },
    copy: function (clicks, text) {
      if (!clicks) return window.dash_clientside.no_update;
      return navigator.clipboard.writeText(text).then(
        () => "Copied",
        () => "Select the code to copy it"
      );
    },
  },
});
