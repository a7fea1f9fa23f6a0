"use strict";
/* Moves effects and claims as shiftexp does in Python: detection is an affine map of the pair. */
(() => {
  const LEFT = 88, RIGHT = 12, TOP = 12, BOTTOM = 58, LONGEST = 21, WIDEST = 640, NARROWEST = 200;
  const number = (v) => v === "inf" ? Infinity : v === "-inf" ? -Infinity : v;

  const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (_, key) => fields[key]);

  /* Like Python, a decimal that lies exactly between two neighbours goes to the even one. */
  const nearest = (v, count) => {
    const text = Math.abs(v).toExponential(60);
    const [digits, exponent] = text.replace(".", "").split("e");
    let kept = BigInt(digits.slice(0, count));
    const rest = digits.slice(count), half = `5${"0".repeat(rest.length - 1)}`;
    if (rest > half || (rest === half && kept % 2n === 1n)) kept += 1n;
    return [kept, Number(exponent) - count + 1];
  };
  /* A lower limit (way -1) goes down and an upper one (+1) up, from nine digits, as in Python. */
  const rounded = (v, way) => {
    let [kept, exponent] = nearest(v, way ? 9 : 3);
    if (way) {
      const more = kept % 1000000n && Math.sign(v) === way ? 1n : 0n;
      [kept, exponent] = [kept / 1000000n + more, exponent + 6];
    }
    return Math.sign(v) * Number(`${kept}e${exponent}`);
  };
  const plain = (v, signed, way) => {
    const plus = signed && v > 0 ? "+" : "";
    if (v === null || Number.isNaN(v)) return "–";
    if (!Number.isFinite(v)) return v > 0 ? `${plus}∞` : "−∞";
    const r = v === 0 ? 0 : rounded(v, way), size = Math.abs(r);
    let text = String(r);
    if (size >= 100) text = r.toLocaleString("en-US", { maximumFractionDigits: 0 });
    else if (size > 0 && size < 1e-4) text = r.toExponential().replace(/e-(\d)$/, "e-0$1");
    return (plus + text).replaceAll("-", "−");
  };

  /* What is said, in the words and the signs of the page's language. */
  const speech = (words) => {
    const signs = { ".": words.point, ",": words.comma };
    const amount = (v, signed = false, way = 0) =>
      plain(v, signed, way).replace(/[.,]/g, (sign) => signs[sign]);
    const say = (key, fields = {}) => fill(words[key], fields);
    const set = (low, high) => {
      if (low === null) return "–";
      if (low === -Infinity && high === Infinity) return words.every;
      return say("ends", { low: amount(low, false, -1), high: amount(high, false, 1) });
    };
    const ratios = (kept, tried, ratio) => {
      if (kept.length) return say("not_rejected", { ratios: kept.map((r) => amount(r)).join(", ") });
      const below = tried.filter((r) => r < ratio).at(-1), above = tried.find((r) => r > ratio);
      if (below === undefined && above === undefined) return words.all;
      if (below === undefined) return say("up", { above: amount(above) });
      if (above === undefined) return say("down", { below: amount(below) });
      return say("between", { below: amount(below), above: amount(above) });
    };
    const percent = (p) => p === 0 ? words.as_before : say("percent", { number: `${p > 0 ? "+" : "−"}${Math.abs(p)}` });
    const named = (kind, names) => names.map((name) => words[kind][name]).join(", ");
    return { words, amount, say, set, ratios, percent, named };
  };

  const svg = (name, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const shift = (observed, origin, destination) =>
    [observed[0] * (1 / origin - 1), observed[1] * (1 / destination - 1)];

  /* What is true of activity at a change of detection. */
  const effects = (data, at, { amount, set, ratios }) => {
    const k0 = data.ratios[at.ratio], [so, sd] = shift(data.observed, at.origin, at.destination);
    const moved = (ends, by, scale) =>
      ends && ends[0] !== null ? ends.map((v) => (number(v) + by) / scale) : [null, null];
    const mean = [data.mean[0] + so, (data.mean[1] + sd) / k0];
    const rows = {};
    if (data.sides[0]) rows.origin = [amount(mean[0], true), set(...moved(data.sides[0], so, 1))];
    if (data.sides[1])
      rows.destination = [amount(mean[1], true), set(...moved(data.sides[1], sd, k0))];
    if (data.net.length) {
      const net = moved(data.net[at.ratio], so + sd / k0, 1);
      rows.net = [amount(mean[0] + mean[1], true), set(...net)];
      const kept = data.tried.filter(([r, low, high]) => low !== null &&
        number(low) < -(so + r * sd) && -(so + r * sd) < number(high));
      const ratio = mean[1] ? -mean[0] / mean[1] : NaN;
      rows.ratio = [amount(ratio), ratios(kept.map(([r]) => k0 * r), data.tried.map(([r]) => k0 * r), ratio)];
    }
    return { mean, rows, map: ([x, y]) => [x + so, (y + sd) / k0] };
  };

  const statuses = (data, at) => {
    const shifts = data.specifications.map((y) => shift(y, at.origin, at.destination));
    const agreed = (conjunctions) => conjunctions.filter((planes, i) => planes.every(([a, b, g]) =>
      g !== null && a * shifts[i][0] + b * shifts[i][1] >= number(g))).length >= data.votes;
    return data.claims[at.ratio].map((claim) => {
      if (!claim.identified || agreed(claim.grew)) return [claim.name, "not identified"];
      if (agreed(claim.holds)) return [claim.name, "supported"];
      return [claim.name, agreed(claim.against) ? "contradicted" : "inconclusive"];
    });
  };

  const step = (width, most) => {
    const power = 10 ** Math.floor(Math.log10(width / most));
    return [1, 2, 5, 10].map((m) => m * power).find((s) => width / s <= most);
  };

  const middle = (points) => {
    let twice = 0, x = 0, y = 0;
    points.forEach(([x0, y0], i) => {
      const [x1, y1] = points[(i + 1) % points.length], cross = x0 * y1 - x1 * y0;
      twice += cross; x += (x0 + x1) * cross; y += (y0 + y1) * cross;
    });
    return [x / (3 * twice), y / (3 * twice), Math.abs(twice) / 2];
  };

  /* Drawn as large as there is room for, so that its words keep their size on a telephone. */
  const drawing = (data, id, { words, amount, say }, SIZE) => {
    const [x0, x1, y0, y1] = data.plane.frame, inner = SIZE - LEFT - RIGHT, tall = SIZE - TOP - BOTTOM;
    const px = (x) => LEFT + (x - x0) / (x1 - x0) * inner, py = (y) => TOP + (y1 - y) / (y1 - y0) * tall;
    const path = (points) => points.map(([x, y]) => `${px(x).toFixed(2)},${py(y).toFixed(2)}`).join(" ");
    const root = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img" });
    const clip = svg("clipPath", { id: `${id}-frame` });
    clip.append(svg("rect", { x: LEFT, y: TOP, width: inner, height: tall }));
    const inside = svg("g", { "clip-path": `url(#${id}-frame)` }), sectors = svg("g", {});
    const line = (ax, ay, bx, by, kind) => svg("line",
      { x1: px(ax), y1: py(ay), x2: px(bx), y2: py(by), class: kind });
    inside.append(sectors, line(x0, 0, x1, 0, "axis"), line(0, y0, 0, y1, "axis"),
      line(x0, -x0, x1, -x1, "diagonal"));
    const ghost = data.plane.region.length ? svg("polygon", { points: path(data.plane.region), class: "ghost" })
      : svg("g", {});
    const before = svg("circle", { cx: px(data.mean[0]), cy: py(data.mean[1]), r: 5, class: "ghost" });
    const region = svg("polygon", { class: "region" }), dot = svg("circle", { r: 6, class: "dot" });
    const names = svg("g", { class: "sector" });
    inside.append(region, ghost, before, dot, names);
    root.append(clip, inside, svg("rect", { x: LEFT, y: TOP, width: inner, height: tall, class: "edge" }));
    const every = step(x1 - x0, Math.max(2, Math.min(6, Math.floor(inner / 62))));
    for (let v = Math.ceil(x0 / every) * every; v <= x1; v += every) {
      const shown = Math.abs(v) < every / 1e6 ? 0 : v;
      root.append(svg("text", { x: px(v), y: SIZE - BOTTOM + 18, "text-anchor": "middle" }, amount(shown)));
    }
    for (let v = Math.ceil(y0 / every) * every; v <= y1; v += every) {
      const shown = Math.abs(v) < every / 1e6 ? 0 : v;
      root.append(svg("text", { x: LEFT - 6, y: py(v) + 4, "text-anchor": "end" }, amount(shown)));
    }
    const title = (name, room, place) => {
      const said = say("change", { name }), size = Math.min(13, room / (0.58 * said.length));
      root.append(svg("text", { ...place, class: "title", "text-anchor": "middle",
        style: `font-size: ${size.toFixed(1)}px` }, said));
    };
    const corner = 30; /* where both titles would meet */
    title(data.names[0], SIZE - corner, { x: (SIZE + corner) / 2, y: SIZE - 12 });
    title(data.names[1], SIZE - corner, { transform: `translate(16 ${(SIZE - corner) / 2}) rotate(-90)` });
    const lines = (name) => {
      if (name.length <= LONGEST) return [name];
      const gaps = [...name.matchAll(/ /g)].map((gap) => gap.index);
      const half = name.length / 2;
      const cut = gaps.sort((a, b) => Math.abs(a - half) - Math.abs(b - half))[0];
      return cut === undefined ? [name] : [name.slice(0, cut), name.slice(cut + 1)];
    };
    const size = (name) => Math.max(...lines(name).map((line) => line.length));
    const within = (x, name) => {
      const half = 3.8 * size(name);
      return Math.min(Math.max(x, LEFT + half), SIZE - RIGHT - half);
    };
    /* A name that another covers is left out: the larger sector keeps its own. */
    const write = (found) => {
      const taken = [];
      for (const [name, [x0, y0]] of found.sort((a, b) => b[1][2] - a[1][2])) {
        const said = lines(name), half = 3.8 * size(name), x = within(px(x0), name);
        const y = py(y0) - 7.5 * (said.length - 1), tall = 15 * said.length;
        if (taken.some(([a, b, wide, high]) => Math.abs(a - x) < wide + half && Math.abs(b - y) < (high + tall) / 2))
          continue;
        taken.push([x, y, half, tall]);
        const text = svg("text", { x, y, "text-anchor": "middle" });
        said.forEach((line, i) => text.append(svg("tspan", { x, dy: i ? 15 : 0 }, i ? ` ${line}` : line)));
        names.append(text);
      }
    };
    let drawn = -1;
    const part = (ratio) => {
      sectors.replaceChildren();
      names.replaceChildren();
      const placed = [];
      for (const [key, pieces] of data.plane.sectors[ratio]) {
        const name = words.sector[key];
        let best = [0, 0, 0];
        for (const points of pieces) {
          sectors.append(svg("polygon", { points: path(points), class: "piece" }));
          const found = middle(points);
          if (found[2] > best[2]) best = found;
        }
        const wide = size(name) * 7.2 / inner * (x1 - x0);
        if (best[2] > wide * wide / 3) placed.push([name, best]);
      }
      write(placed);
      drawn = ratio;
    };
    const show = (found, ratio, said) => {
      if (ratio !== drawn) part(ratio);
      region.setAttribute("points", path(data.plane.region.map(found.map)));
      dot.setAttribute("cx", px(found.mean[0]));
      dot.setAttribute("cy", py(found.mean[1]));
      root.setAttribute("aria-label", said);
    };
    return { root, show };
  };

  for (const section of document.querySelectorAll("section.detection")) {
    const data = JSON.parse(section.querySelector("script").textContent);
    const speaker = speech(data.words), { words, amount, say, percent, named } = speaker;
    const inputs = [...section.querySelectorAll("input[data-control]")];
    const start = new Map(inputs.map((input) => [input, input.defaultValue]));
    const places = [...section.querySelectorAll("[data-place]")];
    const holder = section.querySelector("[data-plane]");
    let plane = null, room = 0;
    const shownOf = (input) => input.dataset.control === "ratio"
      ? amount(data.ratios[Number(input.value)]) : percent(Number(input.value));
    const supported = (found) => found.filter(([, status]) => status === "supported").map(([name]) => name);
    const unchanged = { origin: 1, destination: 1, ratio: data.ratios.indexOf(1) };
    const first = supported(statuses(data, unchanged));

    const update = () => {
      const at = { ...unchanged };
      for (const input of inputs) {
        const value = Number(input.value), key = input.dataset.control;
        at[key] = key === "ratio" ? value : 1 + value / 100;
        input.setAttribute("aria-valuetext", shownOf(input));
        section.querySelector(`[data-shown="${key}"]`).textContent = shownOf(input);
      }
      const found = effects(data, at, speaker), now = statuses(data, at);
      for (const [key, [estimate, interval]] of Object.entries(found.rows)) {
        const cells = section.querySelectorAll(`tr[data-row="${key}"] td`);
        cells[0].textContent = estimate;
        cells[1].textContent = interval;
      }
      for (const [name, status] of now) {
        const badge = section.querySelector(`tr[data-claim="${name}"] [data-now] .badge`);
        const sign = document.createElement("span");
        sign.className = "sign";
        sign.setAttribute("aria-hidden", "true");
        sign.textContent = data.signs[status];
        badge.className = `badge ${status.replaceAll(" ", "-")}`;
        badge.replaceChildren(sign, ` ${words.status[status]}`);
      }
      const moved = inputs.some((input) => input.value !== start.get(input));
      const where = moved ? words.chosen : words.unchanged;
      for (const place of places) place.textContent = where;
      const left = supported(now), lost = first.filter((name) => !left.includes(name));
      const gained = left.filter((name) => !first.includes(name));
      const said = [say("supported_at", { where, claims: named("claim", left) || words.no_claim })];
      if (lost.length) said.push(say("lost", { claims: named("claim", lost) }));
      if (gained.length) said.push(say("gained", { claims: named("claim", gained) }));
      section.querySelector("[data-said]").textContent = said.join(" ");
      const changes = ["origin", "destination", "net"].filter((key) => found.rows[key])
        .map((key) => [words.side[key], ...found.rows[key]])
        .map(([side, estimate, ends]) => say("shown_change", { side, estimate, ends })).join("; ");
      if (plane) plane.show(found, at.ratio, say("shown", { where, changes }));
    };
    const draw = () => {
      const now = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(holder.clientWidth) || WIDEST));
      if (now === room) return;
      room = now;
      plane = drawing(data, section.id, speaker, room);
      holder.replaceChildren(plane.root);
      update();
    };
    const put = (values) => {
      for (const [input, value] of values) input.value = value;
      update();
    };
    let chosen = null;
    for (const input of inputs) input.addEventListener("input", update);
    section.querySelector("[data-reset]").addEventListener("click", () => put(start));
    addEventListener("beforeprint", () => {
      chosen = inputs.map((input) => [input, input.value]);
      put(start);
    });
    addEventListener("afterprint", () => chosen && put(chosen));
    section.querySelector(".sliders").hidden = false;
    put(start);
    if (holder && data.plane) {
      draw();
      new ResizeObserver(draw).observe(holder);
    }
  }
})();
