// Uploads with a progress bar, which go on after the connection was lost. The page works without this; it keeps to what
// phones of 2017 know.
(function () {
  "use strict";
  // Tries after a lost connection, and milliseconds between them.
  var TRIES = 60, PAUSE = 3000;
  var texts = document.body.dataset;

  function key() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, function (byte) { return byte.toString(16); }).join("-");
  }

  function show(form, percent, text) {
    var box = form.querySelector(".progress");
    box.hidden = false;
    box.querySelector("progress").value = percent;
    if (box.querySelector("span").textContent !== text) box.querySelector("span").textContent = text;
  }

  // The answer is a page: it takes the place of this one, and shows the paper that was sent.
  function replace(html, paper) {
    var next = new DOMParser().parseFromString(html, "text/html");
    var main = next.getElementById("main");
    if (!main) return false;
    document.title = next.title;
    document.getElementById("main").replaceWith(main);
    begin();
    main.focus({ preventScroll: true });
    var shown = paper && document.getElementById(paper);
    if (shown) shown.scrollIntoView({ block: "center" });
    else scrollTo(0, 0);
    return true;
  }

  function send(form, file, once, tries) {
    var request = new XMLHttpRequest(), body = new FormData();
    var slot = form.closest(".slot");
    body.append("file", file);
    request.open("POST", form.action);
    // The same for every try: it is added once, however often it arrives.
    request.setRequestHeader("Idempotency-Key", once);
    request.upload.onprogress = function (event) {
      show(form, event.total ? (100 * event.loaded) / event.total : 0, texts.sending);
    };
    request.upload.onload = function () { show(form, 100, texts.checking); };
    request.onload = function () {
      var busy = request.status === 429 || request.status === 503;
      if (busy && tries < TRIES) return again();
      if (!replace(request.responseText, slot && slot.id)) show(form, 0, texts.failed);
    };
    function again() {
      setTimeout(function () { send(form, file, once, tries + 1); }, PAUSE);
    }
    request.onerror = function () {
      show(form, 0, tries < TRIES ? texts.waiting : texts.failed);
      if (tries < TRIES) again();
    };
    show(form, 0, texts.sending);
    request.send(body);
  }

  function begin() {
    document.documentElement.classList.add("scripted");
    document.querySelectorAll("form.send").forEach(function (form) {
      var input = form.querySelector("input");
      input.addEventListener("change", function () {
        if (input.files[0]) send(form, input.files[0], key(), 0);
      });
    });
    document.querySelectorAll(".slot").forEach(function (slot) {
      ["dragenter", "dragover", "dragleave", "drop"].forEach(function (name) {
        slot.addEventListener(name, function (event) {
          event.preventDefault();
          slot.classList.toggle("over", name === "dragenter" || name === "dragover");
          if (name === "drop" && event.dataTransfer.files[0]) {
            send(slot.querySelector("form.send"), event.dataTransfer.files[0], key(), 0);
          }
        });
      });
    });
  }

  begin();
})();
