// Tells whoever has a browser that cannot even read the app, instead of an empty page. A plain script of plain words.

addEventListener("error", function (event) {
  if (!event.message || document.body.dataset.screen) return; // not of a script, or the app runs and tells by itself
  var part = document.querySelector('template[data-part="unusable"]').content.firstElementChild;
  document.querySelector("[data-heading]").textContent = part.dataset.title;
  document.querySelector("main").appendChild(document.importNode(part, true));
});
