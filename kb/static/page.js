// Small helps on every page: names in the reader's language, words to filter a list or table by, a search from the front page, and
// a button that copies a thing's IRI. All is there without them.
// What other scripts of ours share stands in `kbPage`.
(() => {
  "use strict";
  const ENOUGH = 10; // rows from which on a filter is worth its room
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  window.kbPage = { element, plain };

  // <ul data-filter="queries">, <div data-filter="claims">, <table data-filter="entities">: the word says what its rows are.
  function filtered(list) {
    const rows = [...(list.tBodies ? list.querySelectorAll("tbody > tr:not(.group)") : list.children)];
    if (rows.length < ENOUGH) return;
    const words = new Map(rows.map((row) => [row, plain([row.textContent, ...[...row.querySelectorAll("bdi[title]")].map((one) => one.title)].join(" "))]));
    const input = element("input", { type: "search", autocomplete: "off" });
    const told = element("span", { role: "status", class: "aside" });
    input.addEventListener("input", () => {
      const wanted = plain(input.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !wanted.every((word) => words.get(row).includes(word));
        shown += row.hidden ? 0 : 1;
      }
      for (const body of list.tBodies ?? []) body.hidden = [...body.rows].every((row) => row.hidden || row.classList.contains("group"));
      told.textContent = wanted.length ? ` ${shown} of ${rows.length}` : "";
    });
    const label = element("label", {}, `Filter these ${list.dataset.filter} `, input);
    (list.closest(".scroll") ?? list).before(element("p", { class: "filter" }, label, told));
  }

  function copying() {
    const iri = document.querySelector("[data-iri]")?.dataset.iri;
    const place = document.querySelector(".foot .forms");
    if (!iri || !place || !navigator.clipboard) return;
    const button = element("button", { type: "button", class: "copy" }, "Copy its IRI");
    const told = element("span", { role: "status", class: "aside" });
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(iri);
        told.textContent = " copied";
      } catch {
        told.textContent = ` ${iri}`; // the browser does not let us; then to be marked by hand
      }
    });
    place.append(" ", button, told);
  }

  // <bdi data-names='{"uk":"…"}'>English name</bdi>: the first of the reader's languages that it has; the English one stays as its title.
  function named(one) {
    const names = JSON.parse(one.dataset.names);
    const own = one.lang || "en";
    const wanted = navigator.languages.map((tag) => tag.toLowerCase()).flatMap((tag) => [tag, tag.split("-")[0]]);
    const found = wanted.find((tag) => tag === own || Object.hasOwn(names, tag));
    if (found && found !== own) Object.assign(one, { title: one.textContent, lang: found, textContent: names[found] });
  }

  // Without a server a search stands behind the # of its page.
  function finding(form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      location.assign(`${form.action}#${new URLSearchParams(new FormData(form))}`);
    });
  }

  document.querySelectorAll("bdi[data-names]").forEach(named);
  document.querySelectorAll("form[data-hash]").forEach(finding);
  document.querySelectorAll("[data-filter]").forEach(filtered);
  copying();
})();
