// Draws what a page's figures hold as data. The page is whole without it: every figure stands beside a table or list of the same.
//   <figure class="view" data-view="timeline"><figcaption>…</figcaption><script type="application/json">{…}</script></figure>
// A figure's libraries are fetched when it comes into sight; a classic script works from a folder (file://) too.
(() => {
  "use strict";
  const home = document.currentScript.src.replace(/[^/]*$/, "");
  const d3 = (...names) => names.map((name) => `vendor/d3/d3-${name}.min.js`);
  const PLOT = [
    ...d3("array", "path", "color", "interpolate", "format", "time", "time-format", "scale", "selection", "shape", "axis"),
    "views/flat.js",
    "vendor/plot/plot.umd.min.js",
  ];
  const NEEDS = {
    timeline: [...PLOT, "views/timeline.js"],
    bar: [...PLOT, "views/bar.js"],
    map: [...d3("array", "path", "geo"), "vendor/topojson-client/topojson-client.min.js", "outline.js", "views/map.js"],
    graph: ["vendor/cytoscape/cytoscape.min.js", "views/graph.js"],
  };
  const loaded = new Map();

  function load(name) {
    if (!loaded.has(name))
      loaded.set(name, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.async = false; // in the order asked for
        script.onload = done;
        script.onerror = () => failed(new Error(`${name} cannot be read`));
        script.src = home + name;
        document.head.append(script);
      }));
    return loaded.get(name);
  }

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // Links of a page of ours, or of the web; anything else (javascript: …) is none.
  function address(href) {
    if (!href) return null;
    try {
      return ["http:", "https:", "file:"].includes(new URL(href, document.baseURI).protocol) ? href : null;
    } catch {
      return null;
    }
  }

  // Many links, one stop of the Tab key: arrow keys go from one to the next.
  function roving(box) {
    const links = [...box.querySelectorAll("a")];
    links.forEach((link, at) => link.setAttribute("tabindex", at ? "-1" : "0"));
    box.onkeydown = (event) => {
      const at = links.indexOf(event.target.closest("a"));
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = { Home: links[0], End: links.at(-1) }[event.key] ?? (step && links[at + step]);
      if (at < 0 || !next) return;
      event.preventDefault();
      links[at].setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    };
  }

  // Observable Plot puts a <style> into its drawing, which a strict policy refuses: drawn in a document of its own, without it.
  // Colours are taken as they are: of a mark without rows Plot would guess a scale, whose colours (d3-scale-chromatic) are not here.
  function plot(options) {
    const svg = Plot.plot({ className: "plot", color: { type: "identity" }, document: document.implementation.createHTMLDocument(""), ...options });
    for (const style of svg.querySelectorAll("style")) style.remove();
    for (const group of svg.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label"); // "rule", "text": noise
    return document.adoptNode(svg);
  }

  const views = (window.kbViews = { address, element, plot, roving, draw: {} });

  async function show(figure) {
    const kind = figure.dataset.view;
    const box = element("div", { class: "drawing" });
    const caption = figure.querySelector("figcaption");
    try {
      const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
      await Promise.all(NEEDS[kind].map(load));
      figure.insertBefore(box, caption && caption === figure.firstElementChild ? caption.nextSibling : caption);
      const title = caption ? caption.textContent.trim().replace(/\s+/g, " ") : kind;
      let width = 0;
      const draw = () => {
        const now = Math.floor(box.clientWidth);
        if (!now || now === width) return;
        width = now;
        views.draw[kind]({ box, data, width, title });
      };
      draw();
      new ResizeObserver(() => requestAnimationFrame(draw)).observe(box);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { width = 0; draw(); });
      figure.dataset.drawn = "yes";
    } catch (wrong) {
      box.remove();
      figure.dataset.drawn = "no";
      figure.append(element("p", { class: "note" }, `This cannot be drawn here (${wrong.message}); the same stands as text on this page.`));
    }
  }

  const figures = [...document.querySelectorAll("figure.view")].filter((figure) => figure.dataset.view in NEEDS);
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries)
      if (entry.isIntersecting) {
        seen.unobserve(entry.target);
        show(entry.target);
      }
  }, { rootMargin: "100px" });
  // A net's library weighs more than a page: beside other things it waits to be asked for.
  const waits = (figure) => figure.dataset.view === "graph" && !location.pathname.endsWith("/graph.html");
  for (const figure of figures) {
    if (!waits(figure)) {
      seen.observe(figure);
      continue;
    }
    const button = element("button", { type: "button", class: "later" }, "Draw it");
    button.onclick = () => { button.remove(); show(figure); };
    figure.append(button);
  }
})();
