// The explorer: its table filtered and sorted, accuracies over multiply-adds, learning curves of chosen variants.
"use strict";

addEventListener("DOMContentLoaded", () => {
  const { variants, curves, datasets: named } = JSON.parse($("#explorer-data").textContent);
  const table = $("#variants"), body = $("tbody", table), filters = $("#filters");
  const rowOf = new Map($$("tr", body).map((row) => [row.dataset.variant, row]));
  const curvesOf = Map.groupBy(curves, (curve) => curve.variant);
  const datasets = [...new Set(variants.map((variant) => variant.dataset))].sort();
  const chosen = new Set(); // in the order of choice, which gives each its colour
  const percent = (share) => (100 * share).toFixed(1);

  // Table

  const shown = () => variants.filter((variant) => {
    const { title, studies, dataset } = filters.elements;
    return variant.title.toLowerCase().includes(title.value.trim().toLowerCase())
      && (!studies.value || variant.studies.includes(studies.value))
      && (!dataset.value || variant.dataset === dataset.value);
  });

  function filter() {
    const visible = new Set(shown().map((variant) => variant.variant));
    for (const [name, row] of rowOf) row.hidden = !visible.has(name);
    $("output", filters).textContent = `${visible.size} of ${variants.length} variants`;
    drawScatter();
  }

  function sort(column, heading) {
    const ascending = heading.ariaSort === "descending" || (heading.ariaSort !== "ascending" && !heading.matches(".n"));
    for (const other of $$("th", table)) other.removeAttribute("aria-sort");
    heading.ariaSort = ascending ? "ascending" : "descending";
    const cell = (row) => row.cells[column];
    const compare = (a, b) => {
      if (!heading.matches(".n")) return cell(a).textContent.localeCompare(cell(b).textContent, "en", { numeric: true });
      const [x, y] = [a, b].map((row) => Number(cell(row).dataset.value ?? NaN));
      return Number.isNaN(x) ? (ascending ? 1 : -1) : Number.isNaN(y) ? (ascending ? -1 : 1) : x - y;
    };
    body.append(...$$("tr", body).sort((a, b) => (ascending ? compare(a, b) : compare(b, a))));
  }

  function choose(name, on = !chosen.has(name)) {
    if (on) chosen.add(name); else chosen.delete(name);
    rowOf.get(name).classList.toggle("chosen", on);
    $("input", rowOf.get(name)).checked = on;
  }

  // Drawing

  let WIDTH = 720; // as wide as its place, so that letters keep their size
  const HEIGHT = 340, LEFT = 52, BOTTOM = 40, TOP = 10, RIGHT = 14;
  const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58900", "#56b4e9", "#8b5cf6", "#7f7f7f"]; // after Okabe and Ito
  const colour = (position) => COLOURS[position % COLOURS.length];
  const dashes = (position) => ["", "6 3", "2 3", "8 3 2 3"][Math.floor(position / COLOURS.length) % 4];

  function svg(tag, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const hint = (text) => svg("title", {}, text);

  function ticks(low, high, count = 6) {
    const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
    const first = Math.ceil(low / step - 1e-9);
    return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(10)));
  }

  function powers(low, high) {
    const found = [];
    for (let power = Math.floor(low); power <= high; power++) {
      for (const factor of [1, 2, 5]) {
        const place = Math.log10(factor) + power;
        if (place >= low && place <= high) found.push([place, factor * 10 ** power]);
      }
    }
    return found;
  }

  // Of ticks of a narrow drawing, as many as have room.
  const spread = (found) => found.filter((_, i) => i % Math.ceil(found.length / (WIDTH / 75)) === 0);

  // Axes around the given ranges; returns the drawing with functions from values to its coordinates.
  function axes(label, [x0, x1], [y0, y1], xTicks, yTicks, xTitle, yTitle) {
    const x = (value) => LEFT + ((value - x0) / (x1 - x0)) * (WIDTH - LEFT - RIGHT);
    const y = (value) => HEIGHT - BOTTOM - ((value - y0) / (y1 - y0)) * (HEIGHT - BOTTOM - TOP);
    const drawing = svg("svg", { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
    for (const [value, text] of xTicks) {
      drawing.append(svg("line", { class: "grid", x1: x(value), x2: x(value), y1: TOP, y2: HEIGHT - BOTTOM }));
      drawing.append(svg("text", { x: x(value), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, text));
    }
    for (const [value, text] of yTicks) {
      drawing.append(svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }));
      drawing.append(svg("text", { x: LEFT - 7, y: y(value) + 4, "text-anchor": "end" }, text));
    }
    drawing.append(svg("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 5, "text-anchor": "middle" }, xTitle));
    drawing.append(svg("text", { transform: `translate(13 ${(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)`, "text-anchor": "middle" }, yTitle));
    return { drawing, x, y };
  }

  const padded = (low, high, least) => { const room = Math.max((high - low) * 0.05, least); return [low - room, high + room]; };
  const keys = (entries) => make("span", { className: "keys" }, ...entries.map(([name, stroke, dash]) => {
    const line = make("i");
    line.style.borderColor = stroke;
    if (dash) line.style.borderTopStyle = "dashed";
    return make("span", {}, line, name);
  }));

  function drawScatter() {
    const section = $("#scatter"), split = $("select", section).value;
    const points = shown().filter((variant) => variant[`${split}_accuracy`] !== null && variant.multiply_adds > 0);
    if (!points.length) return $(".plot", section).replaceChildren("No variant to draw.");
    const costs = points.map((variant) => Math.log10(variant.multiply_adds));
    const ends = points.flatMap((variant) => ["accuracy", "low", "high"].map((end) => variant[`${split}_${end}`] ?? variant[`${split}_accuracy`]));
    const [x0, x1] = padded(Math.min(...costs), Math.max(...costs), 0.05);
    const [y0, y1] = padded(100 * Math.min(...ends), 100 * Math.max(...ends), 1).map((end) => Math.min(100, Math.max(0, end)));
    const { drawing, x, y } = axes(
      `Scatter of the accuracy on ${split} over multiply-adds, ${points.length} variants; the table has the numbers`,
      [x0, x1], [y0, y1], spread(powers(x0, x1)).map(([place, value]) => [place, short(value)]), ticks(y0, y1).map((value) => [value, value]),
      "multiply-adds for one image", `${split} accuracy, %`,
    );
    points.forEach((variant, i) => {
      const [mean, low, high] = ["accuracy", "low", "high"].map((end) => variant[`${split}_${end}`]);
      const stroke = colour(datasets.indexOf(variant.dataset)), across = x(costs[i]);
      if (low !== null) drawing.append(svg("line", { x1: across, x2: across, y1: y(100 * low), y2: y(100 * high), stroke, opacity: 0.35 }));
      const text = `${variant.title} (${named[variant.dataset]}): ${percent(mean)} %, ${short(variant.multiply_adds)} multiply-adds`;
      const dot = svg("circle", { cx: across, cy: y(100 * mean), r: 5, fill: stroke, class: chosen.has(variant.variant) ? "chosen" : "" }, hint(text));
      dot.onclick = () => { choose(variant.variant); drawScatter(); drawCurves(); };
      drawing.append(dot);
    });
    $(".plot", section).replaceChildren(drawing);
    $("figcaption", section).replaceChildren(
      keys(datasets.filter((name) => points.some((variant) => variant.dataset === name)).map((name) => [named[name], colour(datasets.indexOf(name))])),
      "Bars are 95 % intervals. Choose a point to see its learning curves.",
    );
  }

  const short = (value) => {
    const [size, unit] = value >= 1e9 ? [1e9, " G"] : value >= 1e6 ? [1e6, " M"] : value >= 1e3 ? [1e3, " k"] : [1, ""];
    return `${Number((value / size).toPrecision(3))}${unit}`;
  };

  function drawCurves() {
    const section = $("#curves"), select = $("select", section), series = select.value, share = series.endsWith("accuracy");
    const title = select.selectedOptions[0].textContent, scale = share ? 100 : 1;
    const lines = [...chosen].flatMap((name, position) => (curvesOf.get(name) ?? []).map((curve) => {
      const line = curve.epoch.map((epoch, i) => [epoch, curve[series][i]]).filter(([, value]) => value !== null);
      return { name, position, seed: curve.seed, line: line.map(([epoch, value]) => [epoch, scale * value]) };
    }));
    const all = lines.flatMap(({ line }) => line);
    if (!all.length) {
      $("figcaption", section).replaceChildren();
      return $(".plot", section).replaceChildren("Choose variants in the table, or points of the other drawing.");
    }
    const last = Math.max(...all.map(([epoch]) => epoch)), values = all.map(([, value]) => value);
    const [y0, y1] = padded(Math.min(...values), Math.max(...values), share ? 1 : 0.05);
    const xRange = padded(1, last, 0.5);
    const { drawing, x, y } = axes(
      `Learning curves, ${title}, of ${chosen.size} variants`, xRange, [y0, y1],
      (last > 1 ? ticks(1, last, 8).filter(Number.isInteger) : [1]).map((value) => [value, value]), ticks(y0, y1).map((value) => [value, value]),
      "epoch", title + (share ? ", %" : ""),
    );
    const titles = new Map(variants.map((variant) => [variant.variant, variant.title]));
    for (const { name, position, seed, line } of lines) {
      const points = line.map(([epoch, value]) => [x(epoch), y(value)]);
      const stroke = colour(position);
      drawing.append(svg("polyline", { class: "line", points: points.join(" "), stroke, "stroke-dasharray": dashes(position) }, hint(`${titles.get(name)}, seed ${seed}`)));
      if (points.length === 1) drawing.append(svg("circle", { cx: points[0][0], cy: points[0][1], r: 4, fill: stroke }, hint(titles.get(name))));
    }
    $(".plot", section).replaceChildren(drawing);
    $("figcaption", section).replaceChildren(keys([...chosen].map((name, position) => [titles.get(name), colour(position), dashes(position)])));
  }

  // Controls

  $$("th", table).forEach((heading, column) => {
    const button = make("button", { type: "button", textContent: heading.textContent });
    button.onclick = () => sort(column, heading);
    heading.replaceChildren(button);
  });
  for (const { variant, title } of variants) {
    const box = make("input", { type: "checkbox", ariaLabel: `Draw the learning curves of ${title}` });
    box.onchange = () => { choose(variant, box.checked); drawScatter(); drawCurves(); };
    rowOf.get(variant).cells[0].prepend(box, " ");
  }
  filters.oninput = filter;
  filters.onsubmit = (event) => event.preventDefault();
  $("#scatter select").onchange = drawScatter;
  $("#curves select").onchange = drawCurves;
  $("#clear").onclick = () => { [...chosen].forEach((name) => choose(name, false)); drawScatter(); drawCurves(); };
  for (const part of $$("#filters, #scatter, #curves")) part.hidden = false;
  for (const name of datasets) { // to begin with: the best of each data set on validation
    const own = variants.filter((variant) => variant.dataset === name);
    choose(own.reduce((best, variant) => (variant.validation_accuracy > best.validation_accuracy ? variant : best)).variant, true);
  }
  const fit = () => { WIDTH = $("#scatter .plot").clientWidth; filter(); drawCurves(); };
  addEventListener("resize", fit);
  fit();
});
