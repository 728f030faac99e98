// Numbers as bars, each with its number written at its end.
"use strict";
kbViews.draw.bar = ({ box, data, width, title }) => {
  const { address, plot, roving } = kbViews;
  const longest = Math.max(...data.rows.map((row) => row.label.length), 4);
  const room = Math.min(longest * 7 + 12, width * 0.45);
  const most = Math.floor((room - 12) / 6.2);
  const rows = data.rows.map((row, at) => ({ ...row, at, href: address(row.href), title: `${row.label}: ${row.value}` }));
  const svg = plot({
    width, height: 30 + rows.length * 24, marginLeft: room, marginRight: 48, marginTop: 24, marginBottom: 4,
    x: { axis: "top", grid: true, label: data.counted, nice: true, ticks: Math.max(2, Math.floor(width / 140)) },
    y: { domain: rows.map((row) => row.at), label: null, tickSize: 0, tickFormat: (at) => {
      const name = rows[at].label;
      return name.length > most ? `${name.slice(0, most - 1)}…` : name;
    } },
    marks: [
      Plot.barX(rows, { x: "value", y: "at", fill: "var(--view-mark)", title: "title", href: "href", insetTop: 2, insetBottom: 2 }),
      Plot.text(rows, { x: "value", y: "at", text: (row) => row.value.toLocaleString("en"), textAnchor: "start", dx: 4, fill: "currentColor" }),
      Plot.ruleX([0], { stroke: "currentColor" }),
    ],
  });
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", title);
  for (const link of svg.querySelectorAll("a")) link.setAttribute("aria-label", link.querySelector("title")?.textContent ?? "");
  box.replaceChildren(svg);
  roving(svg);
};
