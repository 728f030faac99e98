// The SPARQL editor: YASGUI's editor and table, asking the endpoint beside the page, or, without a server, Oxigraph in the page.
//   <textarea id="query">…</textarea>                                  the query to start with; ?query=… in the address comes first,
//                                                                      #query=… too, and is run at once: it was asked on another page
//   <div id="sparql-app" data-endpoint="sparql" data-base="https://…/">  the endpoint; "" where there is none: then data/quads.js is asked
// Where a form holds the textarea, it works as plain HTML without this. No other host is asked: no CORS proxy, no list of prefixes.
(() => {
  "use strict";
  const SECONDS = 30; // a query in the page is ended after these
  const home = document.currentScript.src.replace(/[^/]*$/, "");
  const app = document.getElementById("sparql-app");
  const area = document.getElementById("query");
  if (!app || !area) return;
  const plain = area.closest("form") ?? area.closest("p") ?? area;
  const base = app.dataset.base ?? "";
  const live = Boolean(app.dataset.endpoint);
  const endpoint = new URL(app.dataset.endpoint || "sparql", document.baseURI).href;
  const prefixes = Object.fromEntries([...area.value.matchAll(/^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>/gim)].map(([, name, iri]) => [name, iri]));

  function load(src) {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.onload = done;
      script.onerror = () => failed(new Error(`${src} cannot be read`));
      script.src = src;
      document.head.append(script);
    });
  }

  // Runs in the worker, below the text of Oxigraph's module, whose names it uses.
  const engine = async () => {
    /* global initSync, Store */
    const bytes = async (text) => {
      const packed = new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))]);
      return new Uint8Array(await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
    };
    // A query that names graphs itself reads those; any other reads all of them as one.
    const namesGraphs = (query) => /\bFROM\b/i.test(query.replace(/<[^<>\s]*>|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|#[^\n]*/g, " "));
    let store;
    self.onmessage = async ({ data }) => {
      try {
        if (data.wasm) {
          initSync({ module: await bytes(data.wasm) });
          store = new Store();
          store.load(await bytes(data.quads), { format: "application/n-quads", no_transaction: true, lenient: true });
          return self.postMessage({ ready: store.size });
        }
        const media = /^\s*(?:(?:PREFIX\s+\S*\s*<[^>]*>|BASE\s*<[^>]*>|#[^\n]*)\s*)*(?:CONSTRUCT|DESCRIBE)\b/i.test(data.query) ? "text/turtle" : "application/sparql-results+json";
        const body = store.query(data.query, { results_format: media, use_default_graph_as_union: !namesGraphs(data.query) });
        self.postMessage({ body, media });
      } catch (wrong) {
        const said = String(wrong.message ?? wrong), place = said.match(/error at (\d+):(\d+)/);
        self.postMessage({ wrong: place ? `Line ${place[1]}, column ${place[2]}: this is not SPARQL 1.1.` : said });
      }
    };
  };

  let worker = null; // a promise of one that holds the quads

  async function started() {
    say("Reading the data into the page …");
    await Promise.all([window.kbOxigraph ?? load(`${home}oxigraph.js`), window.kbQuads ?? load(new URL("data/quads.js", document.baseURI).href)]);
    const { module, wasm } = window.kbOxigraph;
    const text = await new Response(new Blob([Uint8Array.from(atob(module), (sign) => sign.charCodeAt(0))]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    const made = new Worker(URL.createObjectURL(new Blob([text, `\n(${engine})();\n`], { type: "text/javascript" })));
    const answer = await asked(made, { wasm, quads: window.kbQuads.quads }, 600);
    if (answer.wrong) throw new Error(answer.wrong);
    say(`${answer.ready.toLocaleString("en")} quads are in the page; nothing leaves it.`);
    return made;
  }

  function asked(made, message, seconds, signal) {
    return new Promise((done, failed) => {
      const stop = (why) => {
        made.terminate();
        worker = null;
        failed(why);
      };
      const clock = setTimeout(() => stop(new Error(`Stopped after ${seconds} seconds: ask for less, for example with a LIMIT or with more of the pattern given.`)), seconds * 1000);
      signal?.addEventListener("abort", () => { clearTimeout(clock); stop(new DOMException("Aborted", "AbortError")); });
      made.onmessage = ({ data }) => { clearTimeout(clock); done(data); };
      made.onerror = (event) => { clearTimeout(clock); stop(new Error(event.message || "the engine cannot start in this browser")); };
      made.postMessage(message);
    });
  }

  async function local(request) {
    const query = new URLSearchParams(await request.text()).get("query") ?? "";
    try {
      worker ??= started().catch((wrong) => { worker = null; throw wrong; });
      const ready = await worker;
      request.signal.throwIfAborted();
      const { body, media, wrong } = await asked(ready, { query }, SECONDS, request.signal);
      return wrong ? new Response(wrong, { status: 400 }) : new Response(body, { headers: { "Content-Type": media } });
    } catch (wrong) {
      if (wrong.name === "AbortError") throw wrong;
      return new Response(wrong.message, { status: 503 });
    }
  }

  // A thing of ours has its page here, whatever base its IRI has; parts of a thing lie on its page.
  function page(iri) {
    if (!base || !iri.startsWith(base)) return null;
    const [kind, id, ...rest] = iri.slice(base.length).split("/").filter((part) => part !== "id");
    if (iri.startsWith(`${base}ns/`)) return `ns.html#${iri.slice(base.length + 3)}`;
    if (!/^(article|entity|event|question|claim)$/.test(kind) || !id) return null;
    const own = kind === "claim" ? [id, rest.shift()].join("/") : id;
    const part = !rest.length ? "" : `#${kind === "question" ? `answer-${rest.at(-1)}` : rest.join("-")}`;
    return `id/${kind}/${own}.html${part}`;
  }

  for (const kind of base ? ["article", "claim", "entity", "event", "question"] : []) prefixes[kind] ??= `${base}id/${kind}/`;

  const status = document.createElement("p");
  status.className = "note";
  status.setAttribute("role", "status");
  const say = (words) => { status.textContent = words; };

  const handed = new URLSearchParams(location.hash.slice(1)).get("query") ?? "";

  function widgets() {
    const box = document.createElement("div");
    box.className = "editor";
    app.append(box);
    plain.hidden = true;
    const editor = new Yasgui.Yasqe(box, {
      value: handed || new URLSearchParams(location.search).get("query") || area.value,
      persistenceId: null, consumeShareLink: null, createShareableLink: null, prefixCcApi: null, resizeable: true, editorHeight: "18rem",
      autocompleters: ["variables"], requestConfig: { endpoint, method: "POST" },
    });
    const results = document.createElement("div");
    box.append(status, results);
    const table = new Yasgui.Yasr(results, { persistenceId: null, prefixes: () => prefixes, plugins: { table: { dynamicConfig: { isEllipsed: false, compact: true } } } });
    editor.on("queryResponse", (_, response, duration) => table.setResponse(response, duration));
    named(editor, results);
    return { box, editor };
  }

  // Names for what has none, so that a screen reader tells what it is; the Tab key leaves the editor.
  function named(editor, results) {
    const tell = (where, selector, name) => where.querySelectorAll(selector).forEach((one) => one.getAttribute("aria-label") ?? one.setAttribute("aria-label", name));
    tell(editor.rootEl, "textarea", "SPARQL query");
    tell(editor.rootEl, ".yasqe_queryButton", "Run the query");
    const scroller = editor.rootEl.querySelector(".CodeMirror-scroll");
    for (const [key, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", "The query, to scroll"]]) scroller?.setAttribute(key, value);
    editor.setOption("extraKeys", { ...editor.getOption("extraKeys"), Tab: false, "Shift-Tab": false });
    const mend = () => {
      results.querySelector(".yasr_external_ref_btn")?.remove(); // help on another host, for other editors
      tell(results, "textarea", "Answer of the query");
      tell(results, "input[type=text], input[type=search]", "Filter the rows");
      tell(results, "select", "Rows on a page");
      for (const link of results.querySelectorAll("a[href]")) {
        const own = page(link.getAttribute("href"));
        if (own) Object.assign(link, { href: own, target: "" });
      }
    };
    new MutationObserver(mend).observe(results, { childList: true, subtree: true });
    mend();
  }

  async function start() {
    for (const name of ["views.css", "vendor/yasgui/yasgui.min.css"]) { // ours has the last word
      const style = document.createElement("link");
      Object.assign(style, { rel: "stylesheet", href: home + name });
      document.head.prepend(style);
    }
    await load(`${home}vendor/yasgui/yasgui.min.js`);
    if (!live) {
      const asking = window.fetch;
      window.fetch = (what, ...rest) => (what instanceof Request && what.url === endpoint ? local(what) : asking(what, ...rest));
    }
    const { editor, box } = widgets();
    box.dataset.ready = "yes";
    window.kbEditor = editor;
    if (handed) editor.query();
  }

  start().catch((wrong) => {
    plain.hidden = false;
    app.append(status);
    say(`The editor cannot start here: ${wrong.message}`);
  });
})();
