"use strict";
(() => {
  const report = JSON.parse(document.getElementById("report").textContent);
  const SEVERITIES = ["critical", "high", "medium", "low", "info"];
  const PAGE = 100, PLACES = 50;
  const by = (id) => document.getElementById(id);

  by("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  if (!report.findings.length) return;

  // Text only: whatever an artifact names itself, it stays text.
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat()) if (child !== null && child !== undefined && child !== "") node.append(child);
    return node;
  }
  const code = (text) => el("code", {}, text);
  const many = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;

  const ownerOf = (finding) => finding.owner.kind === "library" ? finding.owner.name || "library" : finding.owner.kind;
  const spotOf = (place) =>
    place.cell ? `:${place.line} (cell ${place.cell.index}, line ${place.cell.line})`
    : place.line !== null && place.line !== undefined ? `:${place.line}`
    : place.offset !== null && place.offset !== undefined ? `+0x${place.offset.toString(16)}` : "";
  function memberOf(place) {
    if (!place.class) return null;
    const member = place.method ? place.method.split("(")[0] : place.field;
    return place.class.split(".").pop() + (member ? `.${member}` : "") +
      (place.source_file && place.line ? ` (${place.source_file}:${place.line})` : "");
  }
  const shown = (finding) => finding.parts.map((part) => part.value ?? part.redacted).join(" + ");

  const rows = report.findings.map((finding, order) => ({
    finding, order,
    rank: SEVERITIES.indexOf(finding.severity),
    owner: ownerOf(finding),
    artifacts: new Set(finding.locations.map((place) => place.artifact)),
    text: [
      finding.title, finding.rule_id, finding.fingerprint, finding.severity, finding.state, ownerOf(finding),
      ...Object.values(finding.attributes),
      ...finding.parts.flatMap((part) => [part.redacted, part.binding]),
      ...finding.locations.flatMap((place) => [place.uri, memberOf(place), place.class, place.method, place.field, place.sink, place.source_file,
        place.version_id, ...place.parts.map((part) => part.binding)]),
    ].filter(Boolean).join("\n").toLowerCase(),
    open: false,
  }));

  // What is asked for. It is kept in the address, so that a link shows the same.
  const asked = { severity: new Set(), q: "", rule: "", artifact: "", owner: "", state: "", sort: "severity" };
  function fromAddress() {
    const words = new URLSearchParams(location.hash.slice(1));
    asked.severity = new Set((words.get("severity") || "").split(",").filter((word) => SEVERITIES.includes(word)));
    for (const name of ["q", "rule", "artifact", "owner", "state"]) asked[name] = words.get(name) || "";
    asked.sort = words.get("sort") || "severity";
    const wanted = words.get("finding");
    for (const row of rows) if (row.finding.fingerprint === wanted) row.open = true;
    return wanted;
  }
  function toAddress() {
    const words = new URLSearchParams();
    if (asked.severity.size) words.set("severity", [...asked.severity].join(","));
    for (const name of ["q", "rule", "artifact", "owner", "state"]) if (asked[name]) words.set(name, asked[name]);
    if (asked.sort !== "severity") words.set("sort", asked.sort);
    const hash = words.toString();
    try { history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search); } catch { /* a sandboxed frame */ }
  }

  // What decides the exit code comes first, whatever a baseline knows of worse.
  const counts = ({ finding }) => finding.state === "new" || (finding.state === "spread" && report.gate.baseline_strict);
  const compared = report.gone.length > 0 || rows.some(({ finding }) => finding.state === "known" || finding.state === "spread");
  const ORDERS = {
    severity: (a, b) => counts(b) - counts(a) || a.rank - b.rank || a.order - b.order,
    rule: (a, b) => a.finding.title.localeCompare(b.finding.title) || a.order - b.order,
    artifact: (a, b) => first(a).localeCompare(first(b)) || a.order - b.order,
    places: (a, b) => b.finding.locations.length - a.finding.locations.length || a.order - b.order,
  };
  const first = (row) => (row.finding.locations[0] || { uri: "" }).uri;

  let visible = [], drawn = 0;
  const list = by("findings");

  function matches(row, but) {
    const words = asked.q.toLowerCase().split(/\s+/).filter(Boolean);
    return (but === "severity" || !asked.severity.size || asked.severity.has(row.finding.severity))
      && (!asked.rule || row.finding.rule_id === asked.rule)
      && (!asked.owner || row.owner === asked.owner)
      && (!asked.state || row.finding.state === asked.state)
      && (!asked.artifact || [...row.artifacts].some((artifact) => artifact.includes(asked.artifact)))
      && words.every((word) => row.text.includes(word));
  }

  function refresh() {
    const beside = rows.filter((row) => matches(row, "severity"));
    for (const severity of SEVERITIES) {
      const chip = by(`severity-${severity}`);
      const count = beside.filter((row) => row.finding.severity === severity).length;
      chip.querySelector("b").textContent = count.toLocaleString("en");
      chip.setAttribute("aria-pressed", asked.severity.has(severity));
      chip.disabled = count === 0 && !asked.severity.has(severity);
    }
    visible = rows.filter((row) => matches(row)).sort(ORDERS[asked.sort] || ORDERS.severity);
    drawn = 0;
    list.replaceChildren();
    draw(PAGE);
    const narrowed = visible.length !== rows.length;
    by("shown").textContent = narrowed ? `${visible.length.toLocaleString("en")} of ${many(rows.length, "finding")}` : many(rows.length, "finding");
    by("clear").hidden = !narrowed;
    by("nothing").hidden = visible.length > 0 || rows.length === 0;
    toAddress();
  }

  function draw(count) {
    const next = visible.slice(drawn, drawn + count);
    list.append(...next.map(item));
    drawn += next.length;
    const left = visible.length - drawn;
    by("more").hidden = left === 0;
    by("more").textContent = `Show ${Math.min(PAGE, left)} more of ${left.toLocaleString("en")}`;
  }

  function item(row) {
    const { finding } = row;
    const place = finding.locations[0];
    const member = place && memberOf(place);
    const tags = [];
    if (finding.state !== "new") tags.push(el("span", { class: "tag" }, finding.state));
    if (finding.new_since_last_scan || (compared && finding.state === "new")) tags.push(el("span", { class: "tag new" }, "new"));
    if (finding.owner.kind === "library") tags.push(el("span", { class: "tag", title: row.owner }, row.owner));
    if (finding.lifetime === "temporary") tags.push(el("span", { class: "tag" }, "temporary"));
    if (finding.locations.length > 1) tags.push(el("span", { class: "tag" }, many(finding.locations.length, "place")));
    const head = el("button", { type: "button", "aria-expanded": "false", onclick: () => toggle(row, node, head) },
      el("span", { class: `badge ${finding.severity}` }, finding.severity),
      el("span", { class: "name" }, finding.title, code(shown(finding))),
      el("span", { class: "tags" }, tags),
      place ? el("span", { class: "where" }, code(member || place.uri + spotOf(place)),
        finding.parts[0] && finding.parts[0].binding ? [" bound to ", code(finding.parts[0].binding)] : "",
        member ? el("span", { class: "uri" }, ` in ${place.uri}`) : "") : "");
    const node = el("li", { class: "finding" }, head);
    if (row.open) open(row, node, head);
    return node;
  }

  function toggle(row, node, head) {
    row.open = !row.open;
    if (row.open) open(row, node, head);
    else { head.setAttribute("aria-expanded", "false"); node.querySelector(".detail").remove(); }
  }

  function open(row, node, head) {
    const { finding } = row;
    head.setAttribute("aria-expanded", "true");
    const facts = el("dl", {});
    const fact = (name, ...value) => facts.append(el("dt", {}, name), el("dd", {}, ...value));
    for (const part of finding.parts) {
      fact(part.role.replaceAll("_", " "), code(part.value ?? part.redacted), part.binding ? [" bound to ", code(part.binding)] : "");
    }
    fact("rule", code(finding.rule_id));
    fact("confidence", `${finding.confidence}, ${finding.lifetime}`);
    fact("owner", row.owner);
    for (const [name, value] of Object.entries(finding.attributes)) fact(name.replaceAll("_", " "), value);
    if (finding.first_seen) fact("first seen", finding.first_seen);
    if (finding.suppression) fact("does not count", finding.suppression.reason);
    const copied = el("span", { role: "status", class: "tag", hidden: true }, "copied");
    fact("fingerprint", code(finding.fingerprint), " ", el("button", {
      type: "button", class: "link copy", onclick: () => copy(finding.fingerprint, copied),
    }, "copy"), " ", copied);
    const places = el("ul", { class: "places" });
    const more = el("button", { type: "button", class: "link", onclick: () => fill(finding.locations.length) }, "");
    let filled = 0;
    const fill = (to) => {
      places.append(...finding.locations.slice(filled, to).map(placeItem));
      filled = Math.min(to, finding.locations.length);
      more.hidden = filled === finding.locations.length;
      more.textContent = `Show ${many(finding.locations.length - filled, "more place")}`;
    };
    fill(PLACES);
    node.append(el("div", { class: "detail" },
      finding.remedy ? el("p", { class: "remedy" }, el("b", {}, "Fix: "), finding.remedy) : "",
      facts, el("h3", {}, many(finding.locations.length, "place")), places, more));
  }

  function placeItem(place) {
    const member = memberOf(place);
    const bound = place.parts.filter((part) => part.binding).map((part) => part.binding);
    return el("li", {},
      member ? [code(member), " "] : "",
      place.sink ? [el("span", {}, "in "), code(place.sink), " "] : "",
      bound.length ? ["bound to ", code([...new Set(bound)].join(", ")), " "] : "",
      el("div", { class: "uri" }, code(place.uri + (member ? "" : spotOf(place)))),
      place.version_id ? el("div", { class: "uri" }, `version ${place.version_id}${place.version_status ? `, ${place.version_status}` : ""}`) : "",
      place.deployed && place.deployed.length ? el("div", { class: "uri" }, `deployed in ${place.deployed.join(", ")}`) : "");
  }

  async function copy(text, told) {
    try { await navigator.clipboard.writeText(text); }
    catch {
      const area = el("textarea", { "aria-hidden": "true" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    told.hidden = false;
    setTimeout(() => { told.hidden = true; }, 1500);
  }

  function options(select, values, name) {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    const sorted = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
    select.replaceChildren(el("option", { value: "" }, "all"),
      ...sorted.map(([value, count]) => el("option", { value }, `${name ? name(value) : value} (${count.toLocaleString("en")})`)));
  }

  function fields() {
    by("q").value = asked.q;
    for (const name of ["rule", "artifact", "owner", "state", "sort"]) by(name).value = asked[name];
  }

  const titles = new Map(rows.map((row) => [row.finding.rule_id, row.finding.title]));
  options(by("rule"), rows.map((row) => row.finding.rule_id), (id) => titles.get(id));
  options(by("owner"), rows.map((row) => row.owner));
  options(by("state"), rows.map((row) => row.finding.state));
  const artifacts = [...new Set(rows.flatMap((row) => [...row.artifacts]))].sort();
  by("artifacts").append(...artifacts.slice(0, 2000).map((value) => el("option", { value })));

  for (const severity of SEVERITIES) {
    by(`severity-${severity}`).addEventListener("click", () => {
      if (!asked.severity.delete(severity)) asked.severity.add(severity);
      refresh();
    });
  }
  let waiting;
  const later = () => { clearTimeout(waiting); waiting = setTimeout(refresh, 60); };
  for (const name of ["q", "artifact"]) by(name).addEventListener("input", (event) => { asked[name] = event.target.value.trim(); later(); });
  for (const name of ["rule", "owner", "state", "sort"]) by(name).addEventListener("change", (event) => { asked[name] = event.target.value; refresh(); });
  by("clear").addEventListener("click", () => {
    asked.severity.clear();
    for (const name of ["q", "rule", "artifact", "owner", "state"]) asked[name] = "";
    fields();
    refresh();
    by("q").focus();
  });
  by("more").addEventListener("click", () => {
    const at = drawn;
    draw(PAGE);
    list.children[at]?.querySelector("button").focus();
  });
  by("keys").addEventListener("click", () => by("help").showModal());
  by("close").addEventListener("click", () => by("help").close());
  addEventListener("hashchange", () => { fromAddress(); fields(); refresh(); });

  // On paper is all that is asked for, and opened unless that would be a book.
  let folded = null;
  addEventListener("beforeprint", () => {
    draw(visible.length);
    if (visible.length > 500) return;
    folded = visible.filter((row) => !row.open);
    visible.forEach((row, index) => { if (!row.open) list.children[index].querySelector("button").click(); });
  });
  addEventListener("afterprint", () => { if (folded) { for (const row of folded) row.open = false; folded = null; refresh(); } });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || by("help").open) return;
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    if (typing) return;
    const heads = () => [...list.querySelectorAll(":scope > li > button")];
    const step = (by_) => {
      const all = heads();
      const at = all.indexOf(document.activeElement.closest("li.finding")?.querySelector("button"));
      let to = at < 0 ? (by_ > 0 ? 0 : -1) : at + by_;
      if (to >= all.length && drawn < visible.length) { draw(PAGE); return heads()[to].focus(); }
      all[Math.max(0, Math.min(to, all.length - 1))]?.focus();
    };
    switch (event.key) {
      case "/": event.preventDefault(); by("q").focus(); by("q").select(); break;
      case "j": case "ArrowDown": event.preventDefault(); step(1); break;
      case "k": case "ArrowUp": event.preventDefault(); step(-1); break;
      case "?": by("help").showModal(); break;
      default:
    }
  });

  by("app").hidden = false;
  const wanted = fromAddress();
  fields();
  refresh();
  if (wanted) {
    const at = visible.findIndex((row) => row.finding.fingerprint === wanted);
    if (at >= drawn) draw(at - drawn + 1);
    list.children[at]?.querySelector("button").focus();
  }
})();
