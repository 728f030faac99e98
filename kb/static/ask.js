// The form of a stored query on a site without a server: puts what is given into the query's text, as one term each, and goes to the
// SPARQL page, which runs it in the browser. The text comes in pieces; where a piece has a parameter's name, a value may stand.
(() => {
  "use strict";
  const { element, plain } = kbPage;
  const XSD = "http://www.w3.org/2001/XMLSchema#";
  const form = document.querySelector("form[data-ask]");
  const pieces = JSON.parse(form.querySelector('script[type="application/json"]').textContent);
  const told = element("p", { class: "problem", role: "alert", hidden: "" });
  form.after(told);

  // A text as a literal of SPARQL: every sign that could end it is escaped.
  const literal = (text) => `"${text.replace(/[\\"\n\r]/g, (sign) => ({ "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r" })[sign])}"`;
  const iri = (text) => (/^[a-z][a-z0-9+.-]*:[^\s<>"{}|^`\\\u0000-\u0020]+$/i.test(text) ? `<${text}>` : null);

  // What a field's word means as a term; throws what to tell.
  function term(input) {
    const word = input.value.trim(), type = input.dataset.type;
    if (type === "string") return literal(word);
    if (type === "date") return `"${word}"^^<${XSD}date>`;
    if (type === "integer") return `"${Number.parseInt(word, 10)}"^^<${XSD}integer>`;
    const options = [...(input.list?.options ?? [])];
    const same = options.find((one) => plain(one.value) === plain(word)) ?? options.find((one) => plain(one.label) === plain(word));
    const named = same?.dataset.iri ?? (/^https?:/.test(word) ? word : null);
    const made = named && iri(named);
    if (made) return made;
    if (type === "claim" && /^[a-z0-9._-]+\/[a-z0-9._-]+$/.test(word)) return iri(`${form.dataset.base}id/claim/${word}`);
    const near = options.filter((one) => plain(`${one.value} ${one.label}`).includes(plain(word))).slice(0, 5).map((one) => one.label);
    throw new Error(`${input.name}: nothing here is called “${word}”.${near.length ? ` Did you mean ${near.join(", ")}?` : ""}`);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      const given = Object.fromEntries([...form.querySelectorAll("input")].filter((one) => one.value.trim()).map((one) => [one.name, term(one)]));
      const query = pieces.map(([name, text]) => given[name] ?? text).join("");
      told.hidden = true;
      location.assign(`${form.dataset.ask}#${new URLSearchParams({ query })}`);
    } catch (wrong) {
      told.textContent = wrong.message;
      told.hidden = false;
    }
  });
})();
