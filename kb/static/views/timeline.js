// When what is told happened, as surely as it is known: a day is a point, an interval a bar, an open end fades out.
// Contested: a diamond. Said as possible or probable only: dashed.
"use strict";
kbViews.draw.timeline = ({ box, data, width, title }) => {
  const { address, element, plot, roving } = kbViews;
  const DAY = 86400000;
  const LABELLED = 60; // rows at most that each get a line of their own with a label
  const day = (text) => (text ? new Date(`${text}T00:00:00Z`) : null);
  const shown = (date) => date.toISOString().slice(0, 10);
  const all = data.rows
    .map((row) => ({ ...row, from: day(row.earliest), until: day(row.latest) }))
    .filter((row) => row.from || row.until)
    .sort((a, b) => (a.from ?? a.until) - (b.from ?? b.until));
  const undated = data.rows.length - all.length;
  const state = (box.kb ??= { from: null, until: null });
  const known = all.flatMap((row) => [row.from, row.until]).filter(Boolean);
  if (!known.length) return box.replaceChildren(element("p", { class: "note" }, "Nothing here has a date."));

  // Stretches of time with something in them, a gap of a twelfth of the whole between two of them.
  function stretches() {
    const times = known.map(Number).sort((a, b) => a - b);
    const gap = Math.max((times.at(-1) - times[0]) / 12, 30 * DAY);
    const found = [[times[0], times[0], 0]];
    for (const time of times) {
      if (time - found.at(-1)[1] > gap) found.push([time, time, 0]);
      found.at(-1)[1] = time;
      found.at(-1)[2] += 1;
    }
    return found.length > 1 ? found.sort((a, b) => b[2] - a[2]).slice(0, 4).sort((a, b) => a[0] - b[0]) : [];
  }

  function dates(row) {
    if (!row.from) return `until ${shown(row.until)}, beginning open`;
    if (!row.until) return `from ${shown(row.from)}, end open`;
    return +row.from === +row.until ? shown(row.from) : `${shown(row.from)} to ${shown(row.until)}`;
  }

  function words(row) {
    const notes = [dates(row), row.lane, /^(possible|probable)$/.test(row.certainty ?? "") && `said as ${row.certainty}`, row.contested && "contested"];
    return `${row.label} (${notes.filter(Boolean).join("; ")})`;
  }

  // What many rows have in common, date for date and state for state, is one mark with their number.
  function together(rows) {
    const groups = new Map();
    for (const row of rows) {
      const key = [row.lane, row.earliest, row.latest, row.contested, row.certainty].join("|");
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    return [...groups.values()].map((group) => {
      if (group.length === 1) return group[0];
      const some = group.slice(0, 5).map((row) => row.label).join(" · ");
      return { ...group[0], number: group.length, href: null, title: `${group.length} ${words({ ...group[0], label: "claims" })}: ${some}${group.length > 5 ? " …" : ""}` };
    });
  }

  // Rows of few things: one line each. Of many: as few lines in each lane as keep them apart.
  function lines(rows, span, many, beside) {
    const lanes = [...new Set(rows.map((row) => row.lane ?? ""))];
    const marks = [];
    let y = 0;
    for (const lane of lanes) {
      const mine = rows.filter((row) => (row.lane ?? "") === lane);
      const named = lanes.length > 1 || lane;
      if (named) marks.push({ lane, y: beside ? y : y++ });
      const ends = [];
      for (const row of mine) {
        let line = many ? ends.findIndex((end) => end < +row.left) : -1;
        if (line < 0) line = ends.push(0) - 1;
        ends[line] = +row.right + span * ((row.number ? 44 : 14) / width);
        row.y = y + line;
      }
      y += ends.length;
    }
    return { lanes: marks, count: y };
  }

  const cut = (text, pixels) => {
    const most = Math.max(6, Math.floor(pixels / 6.2));
    return text.length > most ? `${text.slice(0, most - 1)}…` : text;
  };

  function drawing() {
    const [low, high] = [state.from ?? Math.min(...known), state.until ?? Math.max(...known)].map(Number);
    const air = Math.max((high - low) * 0.04, 2 * DAY);
    const [start, end] = [new Date(low - air), new Date(high + air)];
    const found = all.filter((row) => (row.until ?? end) >= start && (row.from ?? start) <= end).map((row) => {
      const left = row.from && row.from > start ? row.from : start;
      let right = row.until && row.until < end ? new Date(+row.until + DAY) : end;
      if (right - left < (end - start) * (5 / width)) right = new Date(+left + (end - start) * (5 / width)); // to be seen at all
      return { ...row, left, right, title: words(row), href: address(row.href) };
    });
    const many = found.length > LABELLED;
    const rows = many ? together(found) : found;
    const beside = many && width >= 700; // names of lanes in a column of their own
    const { lanes, count } = lines(rows, end - start, many, beside);
    const step = many ? 14 : 22;
    const isDay = (row) => row.from && row.until && row.until - row.from < DAY;
    const fade = (row) => `url(#kb-fade-${row.from ? "" : "l"}${row.until ? "" : "r"})`;
    const room = (many && !beside) || width < 520 ? 8 : Math.min(320, width * 0.42);
    const bars = { x1: "left", x2: "right", y1: (row) => row.y - 0.3, y2: (row) => row.y + 0.3, rx: 3, title: "title", href: "href" };
    const unsure = (row) => /^(possible|probable)$/.test(row.certainty ?? "");
    const outline = { stroke: "var(--view-mark)", strokeDasharray: (row) => (unsure(row) ? "3,2" : null) };
    const narrow = !many && room < 20, wide = (beside ? room - 14 : width - 20) * 0.84; // bold
    const middle = (row) => new Date(row.from && row.until ? (+row.left + +row.right) / 2 : row.from ? +row.left : +row.right);
    const svg = plot({
      width, height: 54 + count * (narrow ? step * 1.7 : step), marginLeft: room, marginRight: 12, marginTop: 34, marginBottom: 20,
      x: { type: "utc", domain: [start, end], axis: "top", grid: true, label: null, ticks: end - start < 20 * DAY ? "day" : Math.max(3, Math.floor(width / 130)) },
      y: { domain: [count - 0.3, -0.7], axis: null },
      marks: [
        Plot.rect(rows.filter((row) => !isDay(row) && row.from && row.until), { ...bars, fill: "var(--view-mark)", fillOpacity: 0.35, ...outline }),
        Plot.rect(rows.filter((row) => !(row.from && row.until)), { ...bars, fill: fade }),
        Plot.dot(rows.filter((row) => isDay(row) && !row.contested), { x: middle, y: "y", r: 5, fill: (row) => (unsure(row) ? "var(--view-paper)" : "var(--view-mark)"), ...outline, title: "title", href: "href" }),
        Plot.dot(rows.filter((row) => row.contested), { x: middle, y: "y", r: 6, symbol: "diamond2", fill: "var(--view-contested)", stroke: "var(--view-paper)", title: "title", href: "href" }),
        Plot.text(lanes, { x: start, y: "y", text: (one) => cut(one.lane || "other", wide), title: "lane", textAnchor: "start", dx: room < 20 ? 0 : 6 - room, fontWeight: "bold", fill: "currentColor" }),
        Plot.text(rows.filter((row) => row.number), { x: (row) => (row.until ? new Date(Math.max(+row.right, +middle(row))) : row.left), y: "y", dx: 6, text: (row) => `×${row.number}`, textAnchor: "start", fill: "currentColor", title: "title" }),
        many ? null : Plot.text(rows, narrow
          ? { x: start, y: (row) => row.y - 0.52, text: (row) => cut(row.label, width - 24), textAnchor: "start", fill: "currentColor" }
          : { x: start, y: "y", dx: 6 - room, text: (row) => cut(row.label, room - 14), textAnchor: "start", fill: "currentColor", title: "title", href: "href" }),
      ],
    });
    svg.insertAdjacentHTML("afterbegin", gradients());
    svg.setAttribute("role", "group");
    svg.setAttribute("aria-label", title);
    for (const link of svg.querySelectorAll("a:not(:has(text))")) link.setAttribute("aria-label", link.querySelector("title")?.textContent ?? "");
    return svg;
  }

  function gradients() {
    const one = (id, stops) => `<linearGradient id="kb-fade-${id}">${stops.map(([at, how]) => `<stop offset="${at}" stop-color="var(--view-mark)" stop-opacity="${how}"/>`).join("")}</linearGradient>`;
    return `<defs>${one("r", [[0, 0.6], [1, 0]])}${one("l", [[0, 0], [1, 0.6]])}${one("lr", [[0, 0], [0.5, 0.5], [1, 0]])}</defs>`;
  }

  function choice() {
    const found = stretches();
    const choices = [["Everything", null, null], ...found.map(([from, until]) => {
      const [a, b] = [shown(new Date(from)).slice(0, 7), shown(new Date(until)).slice(0, 7)];
      return [a === b ? a : `${a} to ${b}`, from, until];
    })];
    const buttons = found.length ? choices.map(([name, from, until]) => {
      const button = element("button", { type: "button", "aria-pressed": String(state.from === from && state.until === until) }, name);
      button.onclick = () => { Object.assign(state, { from, until, focus: name }); redraw(); };
      return button;
    }) : [];
    const picks = [["from", "From"], ["until", "to"]].map(([key, name]) => {
      const input = element("input", { type: "date", value: state[key] ? shown(new Date(state[key])) : "" });
      input.onchange = () => { state[key] = input.value ? +day(input.value) : null; redraw(); };
      return element("label", {}, `${name} `, input);
    });
    return element("div", { class: "choice", role: "group", "aria-label": "Stretch of time" }, ...buttons, ...picks);
  }

  function legend() {
    const sign = (kind, words) => element("li", {}, element("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), words);
    const none = undated ? [element("li", {}, `${undated} without any date, not drawn`)] : [];
    return element("ul", { class: "legend" }, sign("day", "a day"), sign("span", "some time within"), sign("open", "open end"),
      sign("contested", "contested"), sign("unsure", "said as possible or probable"), ...none);
  }

  function redraw() {
    const held = state.focus;
    state.focus = null;
    box.replaceChildren(choice(), drawing(), legend());
    roving(box.querySelector("svg"));
    if (held) [...box.querySelectorAll("button")].find((button) => button.textContent === held)?.focus();
  }
  redraw();
};
