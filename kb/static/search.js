// The search of a site without a server: all claims in short (data/claims.js), narrowed by words, dates and facets, each value counted
// under the other filters, as a server would. Filters stand in the address behind the #, so a search can be kept and sent.
//   <div class="search" data-catalogue="data/claims.js" data-claims="236">  its form and facets are hidden where no script runs
(() => {
  "use strict";
  const { element, plain } = kbPage;
  const FEW = 2000; // claims that are read at once; of more only when somebody searches
  const PER_PAGE = 60;
  const VALUES = 12; // of a facet shown at once
  const TEXTS = ["q", "from", "until"];
  const box = document.querySelector("[data-catalogue]");
  if (!box) return;
  const part = (selector) => box.querySelector(selector);
  const form = part("form"), results = part(".results"), facets = part(".facets"), narrow = part(".narrow");
  const list = part(".claimlist"), number = document.querySelector("h1 .num");
  const before = { list: [...list.childNodes], number: number.textContent };
  const others = [...results.children].filter((one) => one !== list); // pages and downloads of the whole
  const given = element("p", { class: "given" }), more = element("p", { class: "more" });

  let reading = null;
  function claims() {
    return (reading ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.onload = done;
      script.onerror = () => failed(new Error(`${box.dataset.catalogue} cannot be read`));
      script.src = box.dataset.catalogue;
      document.head.append(script);
    }).then(async () => {
      const bytes = Uint8Array.from(atob(window.kbClaims.claims), (sign) => sign.charCodeAt(0));
      const made = JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
      const rows = made.claims.map((row) => Object.fromEntries(made.fields.map((name, place) => [name, row[place]])));
      for (const row of rows) row.plain = plain(row.label);
      return { rows, facets: made.facets, links: made.links };
    }));
  }

  function asked() {
    const words = new URLSearchParams(location.hash.slice(1));
    const names = [...TEXTS, ...[...(known?.facets ?? []), ...(known?.links ?? [])].map((one) => one.name)];
    return Object.fromEntries(names.map((name) => [name, (words.get(name) ?? "").trim()]).filter(([, value]) => value));
  }

  const address = (filters) => `#${new URLSearchParams(filters)}`;

  const named = (name) => known.facets.find((facet) => facet.name === name) ?? known.links.find((one) => one.name === name);

  function test(name, value) {
    if (name === "q") {
      const wanted = plain(value).split(/\s+/).filter(Boolean);
      return (row) => wanted.every((word) => row.plain.includes(word));
    }
    if (name === "from") return (row) => (row.latest || row.earliest) && (row.latest || "9999") >= value;
    if (name === "until") return (row) => (row.latest || row.earliest) && (row.earliest || "0000") <= value;
    const at = named(name).values.findIndex((one) => one.id === value);
    return (row) => at >= 0 && (Array.isArray(row[name]) ? row[name].includes(at) : row[name] === at);
  }

  // Claims that pass all filters; of each facet how many have which value under the other filters.
  function found(filters) {
    const tests = Object.entries(filters).map(([name, value]) => [name, test(name, value)]);
    const counts = Object.fromEntries(known.facets.map((facet) => [facet.name, facet.values.map(() => 0)]));
    const passed = [];
    for (const row of known.rows) {
      const failed = tests.filter(([, holds]) => !holds(row)).map(([name]) => name);
      if (!failed.length) passed.push(row);
      for (const name of failed.length ? (failed.length === 1 && counts[failed[0]] ? failed : []) : Object.keys(counts))
        if (row[name] >= 0) counts[name][row[name]] += 1;
    }
    return { passed, counts };
  }

  const link = (href, words, attributes = {}) => element("a", { href, ...attributes }, element("bdi", {}, words));
  const value = (row, name) => named(name).values[row[name]];

  function mark(kind, shape, words, name = "span", attributes = {}) {
    return element(name, { class: `mark ${kind}`, ...attributes }, element("span", { "aria-hidden": "true" }, shape), ` ${words}`);
  }

  function time(row) {
    const made = element("time", row.unsure ? { class: "unsure" } : {}, row.time);
    return element("span", {}, "about ", made, ...(row.basis ? [" ", element("span", { class: "basis" }, `(${row.basis})`)] : []));
  }

  // A claim as every list shows it: who says it first, and every mark that keeps it from being read as a fact.
  function card(row) {
    const speaker = value(row, "speaker"), article = value(row, "article");
    const own = speaker.path === article.path;
    const who = own ? ["The article ", link(article.path, article.brief), " ", element("span", { class: "voice" }, "(in its own voice)")]
      : [link(speaker.path, speaker.label), ...(row.says === "said that" ? [" ", element("span", { class: "voice" }, "(the article’s own voice)")] : [])];
    const content = element("a", { class: "content", href: row.path }, element("bdi", { lang: row.lang || "en" }, row.label));
    const says = element("p", { class: "says" }, element("span", { class: "who" }, ...who, " ", element("span", { class: "said" }, row.says)), " ", content);
    const marks = row.marks.map(([kind, shape, words]) => mark(kind, shape, words));
    if (row.certainty) marks.push(element("span", { class: "mark certainty" }, `speaker is ${row.certainty}`));
    if (row.clash) marks.push(mark(row.clash[0], row.clash[0] === "contradiction" ? "✕" : "≈", row.clash[0] === "contradiction" ? "contested" : "has a rival", "a", { href: row.clash[1] }));
    const spans = element("span", { class: "num" }, row.spans.map((span) => span.join("–")).join(", "));
    const place = element("span", {}, "in ", link(article.path, article.brief), ", characters ", spans);
    const meta = element("p", { class: "meta" }, ...marks.flatMap((one) => [one, " "]), ...(row.time ? [time(row), " "] : []), place);
    return element("article", { class: ["claim", ...row.marks.map(([kind]) => `is-${kind}`)].join(" ") }, says, meta);
  }

  function shownFacets(filters, counts) {
    return known.facets.flatMap((facet) => {
      const taken = filters[facet.name];
      const ranked = facet.values.map((one, place) => ({ ...one, place, number: counts[facet.name][place] })).filter((one) => one.number)
        .sort((a, b) => (b.id === taken) - (a.id === taken) || b.number - a.number || a.place - b.place);
      if (!ranked.length) return [];
      const choices = ranked.slice(0, VALUES).map((one) => {
        const on = one.id === taken;
        const { [facet.name]: _, ...without } = filters;
        const name = link(address(on ? without : { ...without, [facet.name]: one.id }), one.label, on ? { "aria-current": "true" } : {});
        if (on) name.prepend(element("span", { "aria-hidden": "true" }, "☒ "), element("span", { class: "hidden" }, "without "));
        return element("li", on ? { class: "on" } : {}, name, " ", element("span", { class: "num" }, one.number.toLocaleString("en")));
      });
      const rest = ranked.length > VALUES ? [element("p", { class: "aside" }, `and ${(ranked.length - VALUES).toLocaleString("en")} more`)] : [];
      return [element("fieldset", {}, element("legend", {}, facet.label), element("ul", {}, ...choices), ...rest)];
    });
  }

  function shownGiven(filters) {
    return Object.entries(filters).flatMap(([name, value]) => {
      const { [name]: _, ...without } = filters;
      const words = named(name)?.values.find((one) => one.id === value)?.label ?? value;
      return [element("a", { class: "mark", href: address(without) }, `${name === "q" ? "words" : name}: `, element("bdi", {}, words), " ", element("span", { "aria-hidden": "true" }, "×"),
        element("span", { class: "hidden" }, " (take away)")), " "];
    });
  }

  function some(passed, start) {
    list.append(...passed.slice(start, start + PER_PAGE).map(card));
    const left = passed.length - start - PER_PAGE;
    more.replaceChildren();
    if (left <= 0) return;
    const button = element("button", { type: "button" }, `Show ${Math.min(left, PER_PAGE)} more of ${left.toLocaleString("en")}`);
    button.onclick = () => {
      some(passed, start + PER_PAGE);
      list.children[start + PER_PAGE].querySelector(".content").focus();
    };
    more.append(button);
  }

  let known = null;
  async function show() {
    try {
      known ??= await claims();
    } catch (wrong) {
      return results.prepend(element("p", { class: "problem", role: "alert" }, `The search cannot start here: ${wrong.message}`));
    }
    const filters = asked();
    const any = Object.keys(filters).length > 0;
    const { passed, counts } = found(filters);
    for (const name of TEXTS) if (document.activeElement !== form.elements[name]) form.elements[name].value = filters[name] ?? "";
    facets.replaceChildren(...shownFacets(filters, counts));
    facets.hidden = false;
    given.replaceChildren(...shownGiven(filters));
    for (const one of others) one.hidden = any;
    more.replaceChildren();
    if (!any) {
      list.replaceChildren(...before.list);
      number.textContent = before.number;
      return;
    }
    number.textContent = `${passed.length.toLocaleString("en")} of ${known.rows.length.toLocaleString("en")}`;
    list.replaceChildren(...(passed.length ? [] : [element("p", {}, "No claim passes these filters.")]));
    some(passed, 0);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const filters = asked();
    for (const name of TEXTS) filters[name] = form.elements[name].value.trim();
    location.hash = address(Object.fromEntries(Object.entries(filters).filter(([, value]) => value)));
  });
  form.addEventListener("focusin", () => known ?? show(), { once: true });
  narrow.addEventListener("click", (event) => {
    event.preventDefault(); // the address behind the # holds the filters
    show().then(() => facets.scrollIntoView());
  });
  addEventListener("hashchange", show);
  results.prepend(given);
  results.append(more);
  part(".asking").hidden = false;
  number.setAttribute("role", "status");
  if (Number(box.dataset.claims) <= FEW || location.hash.length > 1) show();
})();
