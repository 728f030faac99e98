// Claims and what they name, as a net; the list below it says the same in words, with links.
"use strict";
kbViews.draw.graph = ({ box, data, width, title }) => {
  const { address, element } = kbViews;
  const paint = getComputedStyle(box);
  const colour = (name) => paint.getPropertyValue(`--view-${name}`).trim();
  const SHAPES = { claim: "round-rectangle", question: "hexagon", answer: "round-tag", event: "diamond", article: "rectangle" };
  const CLASHES = /exclud|contradict/;
  const height = Math.round(Math.min(Math.max(width * 0.7, 320), 620));
  const narrow = width < 520; // a phone's: no words on lines, shorter ones on nodes
  const short = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

  const known = new Set(data.nodes.map((node) => node.id));
  const isClash = (edge) => CLASHES.test(`${edge.kind} ${edge.label}`);
  const told = new Set();
  const edges = data.edges.filter((edge) => {
    const ends = isClash(edge) ? [edge.source, edge.target].sort() : [edge.source, edge.target]; // both ways at once
    const same = JSON.stringify([...ends, edge.label]);
    return known.has(edge.source) && known.has(edge.target) && !told.has(same) && told.add(same);
  });

  function list() {
    const byId = new Map(data.nodes.map((node) => [node.id, node]));
    const named = (id) => {
      const node = byId.get(id);
      const href = address(node.href);
      return href ? element("a", { href }, node.label) : node.label;
    };
    const rows = edges.map((edge) => element("li", {}, named(edge.source), ` — ${edge.label} → `, named(edge.target)));
    return element("details", {}, element("summary", {}, `The same as a list (${rows.length})`), element("ul", {}, ...rows));
  }

  // Cytoscape would put a <style> into the page, which a strict policy refuses, unless one of that name is there: ours is in views.css.
  if (!document.getElementById("__________cytoscape_stylesheet")) document.head.append(element("meta", { id: "__________cytoscape_stylesheet" }));
  box.kb?.destroy();
  const canvas = element("div", { class: "net", role: "img", "aria-label": `${title} The list below says the same.` });
  const open = box.querySelector("details")?.open ?? false;
  box.replaceChildren(canvas, list());
  box.querySelector("details").open = open;
  canvas.style.height = `${height}px`;
  const turn = (2 * Math.PI) / data.nodes.length;
  const net = (box.kb = cytoscape({
    container: canvas,
    elements: {
      nodes: data.nodes.map((node, at) => ({ data: { ...node, short: short(node.label), href: address(node.href) },
        position: { x: width / 2 + Math.cos(at * turn) * width * 0.4, y: height / 2 + Math.sin(at * turn) * height * 0.4 } })),
      edges: edges.map((edge, at) => ({ data: { ...edge, id: `edge ${at}` } })),
    },
    style: [
      { selector: "node", style: { label: "data(short)", "font-size": narrow ? 12 : 15, color: colour("ink"), "text-wrap": "wrap", "text-max-width": narrow ? 90 : 170, "text-valign": "bottom", "text-margin-y": 3,
        "text-background-color": colour("paper"), "text-background-opacity": 0.8, "background-color": colour("mark"), width: 24, height: 24, shape: (node) => SHAPES[node.data("kind")] ?? "ellipse" } },
      { selector: 'node[kind="claim"]', style: { "background-color": colour("paper"), "border-width": 2, "border-color": colour("mark") } },
      { selector: 'node[kind="question"], node[kind="answer"]', style: { "background-color": colour("contested") } },
      { selector: "edge", style: { width: 1.2, "line-color": colour("line"), "target-arrow-color": colour("line"), "target-arrow-shape": "triangle", "arrow-scale": 0.8, "curve-style": "bezier",
        label: edges.length <= 60 && !narrow ? "data(label)" : "", "font-size": 11, "text-wrap": "ellipsis", "text-max-width": 110, color: colour("ink"), "text-rotation": "autorotate", "text-background-color": colour("paper"), "text-background-opacity": 0.8 } },
      { selector: "edge.clash", style: { "line-color": colour("contested"), "line-style": "dashed", width: 2, "target-arrow-color": colour("contested"), "source-arrow-color": colour("contested"), "source-arrow-shape": "triangle" } },
    ],
    layout: { name: "cose", animate: false, randomize: false, nodeRepulsion: () => 40000, idealEdgeLength: () => 70, componentSpacing: 100, nodeOverlap: 30, nodeDimensionsIncludeLabels: true, padding: 20, boundingBox: { x1: 0, y1: 0, w: width, h: height } },
    userZoomingEnabled: false, // the wheel scrolls the page; the buttons zoom
    boxSelectionEnabled: false,
    maxZoom: 3, minZoom: 0.1,
  }));
  net.edges().filter((edge) => isClash(edge.data())).addClass("clash");
  net.on("tap", "node", (event) => { if (event.target.data("href")) location.href = event.target.data("href"); });
  net.on("mouseover", "node", (event) => { canvas.title = event.target.data("label"); });
  net.on("mouseout", "node", () => { canvas.removeAttribute("title"); });
  const zoom = (name, by) => {
    const button = element("button", { type: "button" }, name);
    button.onclick = () => (by ? net.zoom({ level: net.zoom() * by, renderedPosition: { x: width / 2, y: height / 2 } }) : net.fit(undefined, 20));
    return button;
  };
  canvas.before(element("div", { class: "choice", role: "group", "aria-label": "Size of the net" }, zoom("Closer", 1.4), zoom("Farther", 1 / 1.4), zoom("Whole", 0)));
};
