"use strict";
(() => {
const D = JSON.parse(document.getElementById("data").textContent);
const O = D.options, shown = O.map(() => true);
const layer = { landings: true, ellipses: true, regions: true, tracks: true, zones: true };
const INK = "#22303c", QUIET = "#5b6771", RULE = "#d5dade";
const by = id => document.getElementById(id);
const make = (tag, text, into) => { const e = document.createElement(tag); if (text) e.textContent = text; if (into) into.append(e); return e; };
const under = i => 1.6 + Math.min(5, .9 * shown.slice(i + 1).filter(x => x).length);  // the first wider: seen below the next
let instant = null;            // what the charts point at: seconds after the event that they are laid on

// --- numbers
const first = (list, x) => { let a = 0, b = list.length; while (a < b) { const m = (a + b) >> 1; if (list[m] < x) a = m + 1; else b = m; } return a; };
function at(list, values, x) {  // linear between states; null outside
  if (!values || x < list[0] || x > list[list.length - 1]) return null;
  const k = Math.max(1, first(list, x)), a = list[k - 1], b = list[k];
  return b > a ? values[k - 1] + (x - a) / (b - a) * (values[k] - values[k - 1]) : values[k];
}
const utc = (o, t) => new Date(Date.parse(o.epoch.slice(0, 23).replace(/Z?$/, "Z")) + 1000 * t).toISOString().slice(0, 19).replace("T", " ");
const place = (lon, lat) => Math.abs(lat).toFixed(3) + "° " + (lat < 0 ? "S " : "N ") + Math.abs(lon).toFixed(3) + "° " + (lon < 0 ? "W" : "E");
function clock(s) {
  const sign = s < 0 ? "−" : "+", a = Math.round(Math.abs(s)), h = Math.floor(a / 3600), m = Math.floor(a / 60) % 60;
  return sign + (h ? h + ":" + String(m).padStart(2, "0") : m) + ":" + String(a % 60).padStart(2, "0");
}
function canvasOf(canvas) {    // sized to its place and to the screen's pixels
  const ratio = Math.max(window.devicePixelRatio || 1, 1), w = canvas.clientWidth, h = canvas.clientHeight;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) { canvas.width = Math.round(w * ratio); canvas.height = Math.round(h * ratio); }
  const c = canvas.getContext("2d"); c.setTransform(ratio, 0, 0, ratio, 0, 0); return [c, w, h];
}

// --- the map: Mercator, the whole turn is 1 wide
const X = lon => lon / 360, Y = lat => { const s = Math.sin(Math.max(-85, Math.min(85, lat)) * Math.PI / 180); return -Math.log((1 + s) / (1 - s)) / (4 * Math.PI); };
const LAT = y => Math.atan(Math.sinh(-2 * Math.PI * y)) * 180 / Math.PI;
function lines(text, starts) { // base64 of hundredths of degrees, delta by delta -> projected lines with their boxes
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0)), raw = new Int16Array(bytes.buffer), out = [];
  starts.forEach((s, k) => {
    const e = k + 1 < starts.length ? starts[k + 1] : raw.length / 2, x = new Float64Array(e - s), y = new Float64Array(e - s);
    for (let i = s; i < e; i++) { x[i - s] = X(raw[2 * i] / 100); y[i - s] = Y(raw[2 * i + 1] / 100); }
    out.push(line(x, y));
  });
  return out;
}
function line(x, y) { let a = Infinity, b = -Infinity, c = Infinity, d = -Infinity; for (let i = 0; i < x.length; i++) { a = Math.min(a, x[i]); b = Math.max(b, x[i]); c = Math.min(c, y[i]); d = Math.max(d, y[i]); } return { x, y, a, b, c, d }; }
function projected(points) {   // longitudes without jumps
  const x = [], y = []; let turn = 0;
  points.forEach(([lon, lat], i) => { if (i) { const d = lon - points[i - 1][0]; if (d > 180) turn -= 360; if (d < -180) turn += 360; } x.push(X(lon + turn)); y.push(Y(lat)); });
  return line(x, y);
}
const LAND = lines(D.land, D.land_starts), BORDERS = lines(D.borders, D.borders_starts);
const shapes = O.map(o => ({
  track: projected(o.track.lon.map((lon, i) => [lon, o.track.lat[i]])),
  ellipse: o.ellipse && projected(o.ellipse),
  regions: o.regions.map(r => ({ containment: r.containment, polygons: r.polygons.map(p => p.map(projected)) })),
  zone: o.zone && projected(o.zone.ring),
  points: o.landings.lon ? o.landings.lon.map((lon, i) => [X(lon), Y(o.landings.lat[i])]) : [],
}));
const map = by("map-canvas"), tip = by("map-tip");
let view = { x: 0, y: 0, scale: 1000 };   // middle, pixels a turn
function fit(boxes, room) {
  const w = map.clientWidth, h = map.clientHeight;
  if (!boxes.length) { view = { x: 0, y: 0, scale: w }; return draw(); }
  const a = Math.min(...boxes.map(b => b.a)), b = Math.max(...boxes.map(b => b.b)), c = Math.min(...boxes.map(b => b.c)), d = Math.max(...boxes.map(b => b.d));
  view = { x: (a + b) / 2, y: (c + d) / 2, scale: Math.min(w / Math.max((b - a) * room, 1e-5), h / Math.max((d - c) * room, 1e-5)) };
  limit(); draw();
}
const limit = () => { view.scale = Math.max(map.clientWidth * .8, Math.min(view.scale, 6e6)); view.y = Math.max(-.5, Math.min(.5, view.y)); };
const seen = () => shapes.filter((_, i) => shown[i]);
const toLandings = () => fit(seen().map(s => s.ellipse || s.track), 1.25);
function toFirst() {           // what comes down within a tenth of a turn of the first that does
  const held = seen().map(s => s.ellipse).filter(e => e); if (!held.length) return toTracks();
  fit(held.filter(e => Math.abs(e.a - held[0].a) < .1 && Math.abs(e.c - held[0].c) < .1), 1.25);
}
const toZone = () => { const z = seen().filter(s => s.zone).map(s => s.zone); fit(z.length ? z : seen().map(s => s.ellipse || s.track), 1.8); };
const toTracks = () => fit(seen().map(s => s.track), 1.1);
let sx = x => x, sy = y => y, turns = [0];
function trace(c, l, turn, close) {
  const px = sx(0), k = view.scale, ox = px + turn * k; c.moveTo(ox + l.x[0] * k, sy(l.y[0]));
  let lx = 1e9, ly = 1e9;
  for (let i = 0; i < l.x.length; i++) { const x = ox + l.x[i] * k, y = sy(l.y[i]); if (Math.abs(x - lx) + Math.abs(y - ly) > .7 || i === l.x.length - 1) { c.lineTo(x, y); lx = x; ly = y; } }
  if (close) c.closePath();
}
function draw() {
  const [c, w, h] = canvasOf(map), k = view.scale; if (!w) return;
  sx = x => w / 2 + (x - view.x) * k; sy = y => h / 2 + (y - view.y) * k;
  const left = view.x - w / 2 / k, right = view.x + w / 2 / k, top = view.y - h / 2 / k, bottom = view.y + h / 2 / k;
  turns = []; for (let n = Math.floor(left + .5) - 2; n <= Math.ceil(right + .5) + 2; n++) turns.push(n);
  const inside = (l, n) => l.b + n > left && l.a + n < right && l.d > top && l.c < bottom;
  const every = (list, work) => { for (const n of turns) for (const l of list) if (inside(l, n)) work(l, n); };
  c.fillStyle = "#dfe9f0"; c.fillRect(0, 0, w, h);
  c.beginPath(); every(LAND, (l, n) => trace(c, l, n, true)); c.fillStyle = "#f4f2ec"; c.fill("evenodd"); c.strokeStyle = "#8f9ba5"; c.lineWidth = .7; c.stroke();
  c.beginPath(); every(BORDERS, (l, n) => trace(c, l, n)); c.strokeStyle = "#b9b7ae"; c.lineWidth = .8; c.stroke();
  grid(c, w, h, left, right, top, bottom);
  if (layer.zones) shapes.forEach((s, i) => { if (shown[i] && s.zone) { c.beginPath(); every([s.zone], (l, n) => trace(c, l, n, true)); c.strokeStyle = INK; c.lineWidth = 1.2; c.setLineDash([5, 4]); c.stroke(); c.setLineDash([]); } });
  shapes.forEach((s, i) => {
    if (!shown[i]) return; const o = O[i];
    if (layer.regions) s.regions.forEach(r => { c.beginPath(); r.polygons.forEach(p => p.forEach(ring => every([ring], (l, n) => trace(c, l, n, true)))); c.globalAlpha = .16; c.fillStyle = o.colour; c.fill("evenodd"); c.globalAlpha = .8; c.lineWidth = .6; c.strokeStyle = o.colour; c.stroke(); c.globalAlpha = 1; });
    if (layer.landings) { c.fillStyle = o.colour; c.globalAlpha = .45; const r = k > 3e4 ? 1.7 : 1; for (const n of turns) for (const [x, y] of s.points) { const px = sx(x + n), py = sy(y); if (px > 0 && px < w && py > 0 && py < h) c.fillRect(px - r, py - r, 2 * r, 2 * r); } c.globalAlpha = 1; }
  });
  shapes.forEach((s, i) => {
    if (!shown[i]) return; c.strokeStyle = O[i].colour;
    if (layer.ellipses && s.ellipse) { c.beginPath(); every([s.ellipse], (l, n) => trace(c, l, n, true)); c.lineWidth = 2; c.stroke(); }
    if (layer.tracks) { c.beginPath(); every([s.track], (l, n) => trace(c, l, n)); c.lineWidth = under(i); c.stroke(); const d = O[i].touchdown; if (d) marker(c, d.longitude_deg, d.latitude_deg, O[i].colour, String(i + 1)); }
    if (layer.tracks && instant !== null) { const t = instant + offset(O[i]), k2 = O[i].track, lat = at(k2.t, k2.lat, t); if (lat !== null) { const j = Math.max(1, first(k2.t, t)); marker(c, k2.lon[j], k2.lat[j], O[i].colour, ""); } }
  });
  if (layer.zones) {
    c.font = "12px system-ui,sans-serif"; const named = new Set();
    O.forEach((o, i) => {
      if (!shown[i]) return;
      if (o.target) cross(c, o.target[0], o.target[1]);
      Object.entries(o.bases).forEach(([name, [lon, lat]]) => { if (named.has(name)) return; named.add(name); for (const n of turns) { const x = sx(X(lon) + n), y = sy(Y(lat)); c.fillStyle = INK; c.fillRect(x - 3, y - 3, 6, 6); const wide = c.measureText(name).width; halo(c, name, x + 6 + wide > w ? x - 6 - wide : x + 6, y - 4); } });
    });
  }
  scale(c, w, h);
  map.dataset.view = [view.x, view.y, view.scale].join(" ");
}
function halo(c, text, x, y) { c.lineWidth = 3; c.strokeStyle = "rgba(255,255,255,.85)"; c.strokeText(text, x, y); c.fillStyle = INK; c.fillText(text, x, y); }
function marker(c, lon, lat, colour, text) { for (const n of turns) { const x = sx(X(lon) + n), y = sy(Y(lat)); c.beginPath(); c.arc(x, y, text ? 8 : 5, 0, 7); c.fillStyle = colour; c.fill(); c.lineWidth = 1.5; c.strokeStyle = "#fff"; c.stroke(); if (text) { c.fillStyle = "#fff"; c.font = "bold 10px system-ui,sans-serif"; c.textAlign = "center"; c.fillText(text, x, y + 3.5); c.textAlign = "left"; } } }
function cross(c, lon, lat) { c.strokeStyle = INK; c.lineWidth = 1.6; for (const n of turns) { const x = sx(X(lon) + n), y = sy(Y(lat)); c.beginPath(); c.moveTo(x - 7, y); c.lineTo(x + 7, y); c.moveTo(x, y - 7); c.lineTo(x, y + 7); c.stroke(); } }
function grid(c, w, h, left, right, top, bottom) {
  const step = [30, 10, 5, 2, 1, .5, .2, .1, .05, .02, .01].find(s => view.scale * s / 360 < 190) || .01;
  c.strokeStyle = "rgba(90,110,125,.22)"; c.lineWidth = .7; c.fillStyle = QUIET; c.font = "11px system-ui,sans-serif"; c.beginPath();
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)), label = [];
  for (let lon = Math.ceil(left * 360 / step) * step; lon < right * 360; lon += step) { const x = sx(X(lon)), l = ((lon + 540) % 360 + 360) % 360 - 180; c.moveTo(x, 0); c.lineTo(x, h); label.push([Math.abs(l).toFixed(digits) + "°" + (l < 0 ? "W" : "E"), x + 3, h - 5]); }
  const low = Math.max(-84, LAT(bottom)), high = Math.min(84, LAT(top));
  for (let lat = Math.ceil(low / step) * step; lat < high; lat += step) { const y = sy(Y(lat)); c.moveTo(0, y); c.lineTo(w, y); label.push([Math.abs(lat).toFixed(digits) + "°" + (lat < 0 ? "S" : "N"), w - 44, y - 3]); }
  c.stroke(); label.forEach(([t, x, y]) => { if (x > 4 && x < w - 30 && y > 12) c.fillText(t, x, y); });
}
function scale(c, w, h) {
  const km = 40075 * Math.cos(LAT(view.y) * Math.PI / 180) / view.scale, size = [5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1].find(s => s / km < Math.min(160, w / 3)) || 1;
  c.fillStyle = "rgba(255,255,255,.8)"; c.fillRect(8, h - 44, size / km + 12, 22); c.strokeStyle = INK; c.lineWidth = 2; c.beginPath(); c.moveTo(14, h - 27); c.lineTo(14 + size / km, h - 27); c.stroke(); c.fillStyle = INK; c.font = "11px system-ui,sans-serif"; c.fillText(size + " km", 14, h - 32);
}
let waiting = false; const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; draw(); }); } };
function zoom(factor, px, py) {
  const w = map.clientWidth, h = map.clientHeight, x = view.x + (px - w / 2) / view.scale, y = view.y + (py - h / 2) / view.scale;
  view.scale *= factor; limit(); view.x = x - (px - w / 2) / view.scale; view.y = y - (py - h / 2) / view.scale; limit(); soon();
}
const spot = e => { const r = map.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; };
map.addEventListener("wheel", e => { e.preventDefault(); const [x, y] = spot(e); zoom(Math.exp(-e.deltaY * (e.deltaMode ? .05 : .0016)), x, y); }, { passive: false });
const fingers = new Map(); let apart = 0;
const between = () => { const [a, b] = [...fingers.values()]; return fingers.size === 2 ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0; };
map.addEventListener("pointerdown", e => { map.setPointerCapture(e.pointerId); fingers.set(e.pointerId, spot(e)); apart = between(); map.style.cursor = "grabbing"; if (fingers.size === 1) hover(...spot(e)); else tip.style.display = "none"; });
for (const end of ["pointerup", "pointercancel"]) map.addEventListener(end, e => { fingers.delete(e.pointerId); apart = between(); map.style.cursor = "grab"; });
map.addEventListener("pointerleave", e => { if (e.pointerType === "mouse") tip.style.display = "none"; });
map.addEventListener("pointermove", e => {
  const [x, y] = spot(e);
  if (!fingers.has(e.pointerId)) return hover(x, y);
  const [ox, oy] = fingers.get(e.pointerId); fingers.set(e.pointerId, [x, y]);
  if (fingers.size === 2) {   // what lies between two fingers stays between them
    const [a, b] = [...fingers.values()], d = between();
    view.x -= (x - ox) / 2 / view.scale; view.y -= (y - oy) / 2 / view.scale;
    if (apart) zoom(d / apart, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2); apart = d;
  } else if (fingers.size === 1) { view.x -= (x - ox) / view.scale; view.y -= (y - oy) / view.scale; limit(); soon(); hover(x, y); }
});
map.addEventListener("dblclick", e => zoom(2, ...spot(e)));
map.addEventListener("keydown", e => {
  const w = map.clientWidth, h = map.clientHeight, move = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] }[e.key];
  if (move) { view.x += move[0] / view.scale; view.y += move[1] / view.scale; limit(); soon(); e.preventDefault(); }
  if (e.key === "+" || e.key === "=") zoom(1.6, w / 2, h / 2); if (e.key === "-") zoom(1 / 1.6, w / 2, h / 2);
});
function nearest(px, py) {
  let best = null, away = 11;
  const near = (x, y, say) => { for (const n of turns) { const d = Math.hypot(sx(x + n) - px, sy(y) - py); if (d < away) { away = d; best = say; } } };
  O.forEach((o, i) => {
    if (!shown[i]) return; const head = (i + 1) + ". " + o.title;
    if (layer.zones) { Object.entries(o.bases).forEach(([name, [lon, lat]]) => near(X(lon), Y(lat), () => name + "\nbase of the crews that recover")); if (o.target) near(X(o.target[0]), Y(o.target[1]), () => "aim point " + (o.site || "") + "\n" + place(...o.target) + (o.zone && o.zone.radius_m ? "\nzone of " + (o.zone.radius_m / 1e3).toFixed(0) + " km" : "")); }
    if (layer.landings) { const l = o.landings; shapes[i].points.forEach(([x, y], j) => near(x, y, () => head + "\nflight " + l.row[j] + " at " + place(l.lon[j], l.lat[j]) + (l.miss_km ? "\n" + l.miss_km[j] + " km from the aim point" : "") + (l.load_g ? "\ngreatest load " + l.load_g[j] + " g" : ""))); }
    if (layer.tracks) { const k = o.track, s = shapes[i].track; s.x.forEach((x, j) => near(x, s.y[j], () => head + "\n" + utc(o, k.t[j]) + " UTC\naltitude " + k.altitude[j].toFixed(1) + " km, " + k.speed[j] + " m/s, " + k.load[j].toFixed(2) + " g\n" + place(k.lon[j], k.lat[j]))); }
  });
  return best ? best() : within(px, py);
}
function holds(l, x, y) {      // even-odd, in map units; any turn
  let found = false;
  for (const n of turns) { const X0 = x - n; if (X0 < l.a || X0 > l.b || y < l.c || y > l.d) continue; let odd = false; for (let i = 0, j = l.x.length - 1; i < l.x.length; j = i++) if ((l.y[i] > y) !== (l.y[j] > y) && X0 < (l.x[j] - l.x[i]) * (y - l.y[i]) / (l.y[j] - l.y[i]) + l.x[i]) odd = !odd; found = found || odd; }
  return found;
}
function within(px, py) {      // the footprints that a place lies in
  const x = view.x + (px - map.clientWidth / 2) / view.scale, y = view.y + (py - map.clientHeight / 2) / view.scale, said = [];
  O.forEach((o, i) => {
    if (!shown[i]) return; let part = null;
    if (layer.regions) shapes[i].regions.forEach(r => { if (r.polygons.some(p => p.reduce((odd, ring) => odd !== holds(ring, x, y), false))) part = part === null ? r.containment : Math.min(part, r.containment); });
    if (part !== null) said.push((i + 1) + ". " + o.title + ": densest " + +(100 * part).toFixed(1) + " % of its landings");
    else if (layer.ellipses && shapes[i].ellipse && holds(shapes[i].ellipse, x, y)) said.push((i + 1) + ". " + o.title + ": in its 99.7 % ellipse");
  });
  return said.length ? said.join("\n") + "\n" + place((x * 360 + 540) % 360 - 180, LAT(y)) : null;
}
function hover(x, y) { show(tip, map, nearest(x, y) || place(((view.x + (x - map.clientWidth / 2) / view.scale) * 360 + 540) % 360 - 180, LAT(view.y + (y - map.clientHeight / 2) / view.scale)), x, y); }
function show(box, over, text, x, y) {
  box.style.display = "block"; box.textContent = text; const w = over.clientWidth;
  box.style.left = Math.max(2, Math.min(x + 14, w - box.offsetWidth - 4)) + "px"; box.style.top = Math.max(2, y + 16 + box.offsetHeight > over.clientHeight ? y - box.offsetHeight - 10 : y + 16) + "px";
}
for (const [id, work] of [["in", () => zoom(1.6, map.clientWidth / 2, map.clientHeight / 2)], ["out", () => zoom(1 / 1.6, map.clientWidth / 2, map.clientHeight / 2)], ["to-landings", toLandings], ["to-zone", toZone], ["to-tracks", toTracks]]) by(id).addEventListener("click", work);

// --- layers
function box(into, text, colour, on, work) { const l = make("label", "", into), i = make("input", "", l); i.type = "checkbox"; i.checked = on; if (colour) { const k = make("span", "", l); k.className = "key"; k.style.background = colour; k.style.marginLeft = ".3em"; } l.append(" " + text); i.addEventListener("change", () => { work(i.checked); draw(); charts.forEach(c => c.draw()); }); }
O.forEach((o, i) => box(by("ways"), (i + 1) + ". " + o.title, o.colour, true, v => { shown[i] = v; }));
for (const [name, text] of [["landings", "landings"], ["regions", "densest regions (50, 95, 99.7 %)"], ["ellipses", "99.7 % ellipses"], ["tracks", "ground tracks"], ["zones", "zones and bases"]]) box(by("layers"), text, null, true, v => { layer[name] = v; });

// --- the charts: one time under the pointer, read in all
let mark = "entry_interface", span = null;
const offset = o => o.marks[mark] === undefined ? o.track.t[o.track.t.length - 1] : o.marks[mark];
const SERIES = [["altitude", "km", o => o.track, "altitude"], ["load", "g", o => o.track, "load"], ["heat flux", "W/cm²", o => o.track, "heat flux"], ["cabin temperature", "°C", o => o.cabin, "cabin"], ["core temperature", "°C", o => o.cabin, "core"]];
const charts = [];
function extent() {
  let a = Infinity, b = -Infinity;
  O.forEach((o, i) => { if (!shown[i]) return; const z = offset(o), t = o.track.t, c = o.cabin && o.cabin.t; a = Math.min(a, t[0] - z, c ? c[0] - z : Infinity); b = Math.max(b, t[t.length - 1] - z); });
  if (!isFinite(a)) return [0, 1];
  if (span === "entry" ) { let e = Infinity; O.forEach((o, i) => { if (shown[i] && o.marks.entry_interface !== undefined) e = Math.min(e, o.marks.entry_interface - offset(o)); }); if (isFinite(e)) a = e - 60; }
  if (span === "burn") { let e = Infinity; O.forEach((o, i) => { if (shown[i] && o.marks.deorbit_ignition !== undefined) e = Math.min(e, o.marks.deorbit_ignition - offset(o)); }); if (isFinite(e)) a = e - 60; }
  return [a, b];
}
const nice = (size, count) => { const raw = size / count, p = 10 ** Math.floor(Math.log10(raw)), m = raw / p; return (m > 5 ? 10 : m > 2 ? 5 : m > 1 ? 2 : 1) * p; };
const niceTime = size => [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400].find(s => size / s <= 7) || 86400;
for (const [title, unit, of, key] of SERIES) {
  if (!O.some(o => of(o) && of(o)[key])) continue;
  const holder = make("div", "", by("charts")); holder.className = "chart"; const canvas = make("canvas", "", holder);
  canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", title + " of the options against time");
  const L = 46, R = 10, T = 26, B = 28; let range = [0, 1];
  const chart = { canvas, title, unit, of, key, draw() {
    const [c, w, h] = canvasOf(canvas); if (!w) return; range = extent(); const [a, b] = range;
    c.clearRect(0, 0, w, h); let low = Infinity, high = -Infinity;
    const runs = O.map((o, i) => { const s = of(o); if (!shown[i] || !s || !s[key]) return null; const z = offset(o); s.t.forEach((t, j) => { if (t - z >= a && t - z <= b) { low = Math.min(low, s[key][j]); high = Math.max(high, s[key][j]); } }); return [s.t, s[key], z]; });
    if (!isFinite(low)) return; const limits = (D.limits[key] || []).filter(v => v > low - .6 * (high - low) && v < high + .6 * (high - low)); limits.forEach(v => { low = Math.min(low, v); high = Math.max(high, v); });
    if (unit !== "°C") low = Math.min(low, 0); const room = (high - low || 1) * .06; low -= unit === "°C" ? room : 0; high += room;
    const x = t => L + (t - a) / (b - a) * (w - L - R), y = v => h - B - (v - low) / (high - low) * (h - T - B);
    c.font = "11px system-ui,sans-serif"; c.lineWidth = .7; c.strokeStyle = RULE; c.fillStyle = QUIET; c.textAlign = "right";
    const sv = nice(high - low, 5); for (let v = Math.ceil(low / sv) * sv; v <= high; v += sv) { c.beginPath(); c.moveTo(L, y(v)); c.lineTo(w - R, y(v)); c.stroke(); c.fillText(String(+v.toPrecision(6)), L - 5, y(v) + 4); }
    c.textAlign = "center"; const st = niceTime(b - a); for (let t = Math.ceil(a / st) * st; t <= b; t += st) { c.beginPath(); c.moveTo(x(t), T); c.lineTo(x(t), h - B); c.stroke(); c.fillText(t === 0 ? "0" : (t < 0 ? "−" : "") + (st >= 3600 || Math.abs(t) >= 36000 ? +(Math.abs(t) / 3600).toFixed(2) + " h" : +(Math.abs(t) / 60).toFixed(1) + " min"), x(t), h - B + 15); }
    c.textAlign = "left"; c.fillStyle = INK; c.font = "bold 12px system-ui,sans-serif"; c.fillText(title + ", " + unit, 8, 16);
    limits.forEach(v => { c.strokeStyle = QUIET; c.lineWidth = 1; c.setLineDash([4, 4]); c.beginPath(); c.moveTo(L, y(v)); c.lineTo(w - R, y(v)); c.stroke(); c.setLineDash([]); c.font = "11px system-ui,sans-serif"; c.textAlign = "right"; halo(c, "limit " + v, w - R - 4, y(v) - 4); c.textAlign = "left"; });
    c.save(); c.beginPath(); c.rect(L, T - 2, w - L - R, h - T - B + 4); c.clip(); c.lineWidth = 1.7; c.lineJoin = "round";
    runs.forEach((run, i) => { if (!run) return; c.strokeStyle = O[i].colour; c.lineWidth = under(i); c.beginPath(); const [t, v, z] = run; t.forEach((u, j) => { j ? c.lineTo(x(u - z), y(v[j])) : c.moveTo(x(u - z), y(v[j])); }); c.stroke(); });
    if (instant !== null) { c.strokeStyle = INK; c.lineWidth = 1; c.beginPath(); c.moveTo(x(instant), T); c.lineTo(x(instant), h); c.stroke(); runs.forEach((run, i) => { if (!run) return; const v = at(run[0], run[1], instant + run[2]); if (v !== null) { c.fillStyle = O[i].colour; c.beginPath(); c.arc(x(instant), y(v), 4, 0, 7); c.fill(); } }); }
    c.restore();
  } };
  canvas.addEventListener("pointermove", e => { const r = canvas.getBoundingClientRect(), w = canvas.clientWidth; instant = range[0] + (e.clientX - r.left - L) / (w - L - R) * (range[1] - range[0]); instant = Math.max(range[0], Math.min(range[1], instant)); linked(); });
  canvas.addEventListener("pointerleave", e => { if (e.pointerType === "mouse") { instant = null; linked(); } });
  charts.push(chart);
}
const WORDS = { entry_interface: "entry interface", deorbit_ignition: "ignition", undocking: "undocking", touchdown: "touchdown" };
function linked() { charts.forEach(c => c.draw()); soon(); readout(); document.body.dataset.instant = instant === null ? "" : instant.toFixed(1); }
function readout() {
  const into = by("read"); into.textContent = "";
  if (instant === null) { make("p", "Point at a chart: the values of all options at that time stand here, and their places on the map.", into).className = "note"; return; }
  const holder = make("div", "", into), table = make("table", "", holder), head = make("tr", "", make("thead", "", table)), body = make("tbody", "", table); holder.className = "wide";
  make("th", clock(instant) + " from " + WORDS[mark], head); ["UTC", ...charts.map(c => c.title + ", " + c.unit)].forEach(t => make("th", t, head));
  O.forEach((o, i) => {
    if (!shown[i]) return; const row = make("tr", "", body), name = make("td", "", row), key = make("span", "", name), t = instant + offset(o); key.className = "key"; key.style.background = o.colour; name.append((i + 1) + ". " + o.title);
    make("td", utc(o, t), row); charts.forEach(c => { const s = c.of(o), v = s && s[c.key] ? at(s.t, s[c.key], t) : null; make("td", v === null ? "–" : v.toFixed(c.unit === "g" ? 2 : 1), row); });
  });
}
by("mark").addEventListener("change", e => { mark = e.target.value; instant = null; linked(); });
by("span").addEventListener("change", e => { span = e.target.value; instant = null; linked(); });
span = by("span").value;

// --- begin
const all = () => { draw(); charts.forEach(c => c.draw()); };
new ResizeObserver(all).observe(document.body);
addEventListener("beforeprint", all); matchMedia("print").addEventListener("change", all);
toFirst(); readout(); all();
document.body.dataset.ready = "map " + O.length + ", charts " + charts.length;
})();
