// Places on outlines of countries. The outline is for finding one's way only: who holds a place is a claim, never the outline.
"use strict";
kbViews.draw.map = ({ box, data, width, title }) => {
  const { address, element, roving } = kbViews;
  const NEAR = 5; // degrees: places nearer than that to one another are one region
  const outline = window.kbOutline;
  const whole = outline.map.objects?.[outline.object];
  const shapes = whole ? topojson.feature(outline.map, whole) : outline.map;
  const borders = whole ? topojson.mesh(outline.map, whole) : outline.map;
  const places = data.places.filter((place) => Number.isFinite(+place.lat) && Number.isFinite(+place.lon))
    .map((place) => ({ ...place, at: [+place.lon, +place.lat], size: place.claims ?? 1 }))
    .sort((a, b) => b.size - a.size || a.label.localeCompare(b.label));
  const regions = together();
  const state = (box.kb ??= { region: regions.length ? 0 : -1, zoom: 1 });
  const height = Math.round(Math.min(Math.max(width * 0.6, 260), 560));

  function together() {
    const left = [...places], found = [];
    while (left.length) {
      const region = [left.shift()];
      for (const place of region)
        for (let at = left.length - 1; at >= 0; at--)
          if (d3.geoDistance(place.at, left[at].at) * 57.3 < NEAR) region.push(...left.splice(at, 1));
      if (region.length > 1) found.push(region);
    }
    return found.sort((a, b) => b.length - a.length).slice(0, 4);
  }

  function projection() {
    const frame = [[24, 24], [width - 24, height - 24]];
    if (state.region < 0) return d3.geoEqualEarth().fitExtent([[4, 4], [width - 4, height - 4]], { type: "Sphere" });
    const points = { type: "MultiPoint", coordinates: regions[state.region].map((place) => place.at) };
    const [east, north] = d3.geoCentroid(points);
    const made = d3.geoAzimuthalEqualArea().rotate([-east, -north]).fitExtent(frame, points);
    const factor = 0.5 * state.zoom * Math.min(1, (width * 8) / made.scale());
    const [left, top] = made.translate(), [x, y] = [width / 2, height / 2];
    return made.scale(made.scale() * factor).translate([x + (left - x) * factor, y + (top - y) * factor]).clipExtent([[-1, -1], [width + 1, height + 1]]);
  }

  const svg = (name, attributes, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // Names that would lie on another name or mark are left out; the list beside the map has them all.
  function names(marks) {
    const taken = marks.map(({ x, y, r }) => [x - r, y - r, x + r, y + r]);
    const made = [];
    for (const { place, x, y, r } of marks) {
      const wide = place.label.length * 6.6;
      for (const [left, anchor] of [[x + r + 4, "start"], [x - r - 4 - wide, "end"]]) {
        const area = [left, y - 8, left + wide, y + 6];
        const free = area[0] > 0 && area[2] < width && !taken.some((other) => area[0] < other[2] && area[2] > other[0] && area[1] < other[3] && area[3] > other[1]);
        if (!free) continue;
        taken.push(area);
        made.push(svg("text", { x: anchor === "start" ? left : x - r - 4, y: y + 4, "text-anchor": anchor, "aria-hidden": "true" }, place.label));
        break;
      }
    }
    return made;
  }

  function drawing() {
    const shape = projection(), path = d3.geoPath(shape);
    const marks = places.map((place) => {
      const point = path.centroid({ type: "Point", coordinates: place.at });
      return { place, x: point[0], y: point[1], r: Math.min(4 + Math.sqrt(place.size) * 1.6, 18) };
    }).filter(({ x, y }) => x > 0 && x < width && y > 0 && y < height);
    const dots = marks.map(({ place, x, y, r }) => {
      const words = `${place.label}: ${place.size} ${place.size === 1 ? "claim" : "claims"}`;
      const link = svg("a", { href: address(place.href), "aria-label": words }, svg("circle", { cx: x, cy: y, r }), svg("title", {}, words));
      return link;
    });
    return svg("svg", { class: "map", width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": title },
      svg("path", { class: "sea", d: path({ type: "Sphere" }) ?? "" }), svg("path", { class: "land", d: path(shapes) ?? "" }),
      svg("path", { class: "border", d: path(borders) ?? "" }), svg("g", { class: "places" }, ...dots.reverse()), svg("g", { class: "names" }, ...names(marks)));
  }

  function choice() {
    const button = (name, pressed, act, off = false) => {
      const made = element("button", { type: "button", ...(pressed === null ? {} : { "aria-pressed": String(pressed) }) }, name);
      made.disabled = off;
      made.onclick = () => { act(); redraw(name); };
      return made;
    };
    const far = state.region < 0;
    return element("div", { class: "choice", role: "group", "aria-label": "Part of the map" },
      button("World", far, () => Object.assign(state, { region: -1, zoom: 1 })),
      ...regions.map((region, at) => button(`Around ${region[0].label}`, state.region === at, () => Object.assign(state, { region: at, zoom: 1 }))),
      button("Closer", null, () => { state.zoom = Math.min(state.zoom * 1.5, 12); }, far),
      button("Farther", null, () => { state.zoom = Math.max(state.zoom / 1.5, 0.1); }, far));
  }

  function redraw(held) {
    const note = element("p", { class: "note" }, `Outlines: ${outline.credit}.`);
    box.replaceChildren(choice(), drawing(), note);
    roving(box.querySelector("svg"));
    if (held) [...box.querySelectorAll("button")].find((one) => one.textContent === held)?.focus();
  }
  redraw();
};
