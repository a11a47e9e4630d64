/** One curve. */
interface Series {
  readonly name: string;
  /** x > 0 and y ≥ 0, in ascending order of x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** One diagram, with a logarithmic x axis and a y axis from 0. */
export interface Panel {
  /** What y is, with its unit. */
  readonly title: string;
  readonly series: readonly Series[];
}

export interface Plot {
  /** For people who cannot see the picture. */
  readonly title: string;
  /** What x is, with its unit. */
  readonly xLabel: string;
  /** Three in a row. Series of one name have one colour. */
  readonly panels: readonly Panel[];
}

const PANEL = { width: 270, height: 250, left: 46, right: 14, top: 36, bottom: 42 };
const IN_A_ROW = 3;
const LEGEND = 24;

/** Colours that people with colour blindness can tell apart (Okabe and Ito 2008), for a light and a dark background. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #444c56; }
  .title { font-weight: 600; }
  .grid { stroke: #8b949e; stroke-opacity: 0.35; }
  .line { fill: none; stroke-width: 2; }
  .c0 { color: #0072b2; } .c1 { color: #d55e00; } .c2 { color: #009e73; } .c3 { color: #aa4499; }
  .line { stroke: currentColor; } .dot { fill: currentColor; }
  @media (prefers-color-scheme: dark) {
    text { fill: #c9d1d9; }
    .c0 { color: #56b4e9; } .c1 { color: #e69f00; } .c2 { color: #2bc39a; } .c3 { color: #d78bc8; }
  }`;

/** Draws a plot as an SVG that refers to no other file. The same numbers give the same text. */
export function plot({ panels, title, xLabel }: Plot): string {
  const names = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  const top = names.length > 1 ? LEGEND : 0;
  const width = Math.min(panels.length, IN_A_ROW) * PANEL.width;
  const height = Math.ceil(panels.length / IN_A_ROW) * PANEL.height + top;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    ...(top === 0 ? [] : names.map(legend)),
    ...panels.map((panel, index) => {
      const drawn = drawPanel(panel, xLabel, names).join('\n');
      const x = (index % IN_A_ROW) * PANEL.width;
      const y = Math.floor(index / IN_A_ROW) * PANEL.height + top;
      return `<g transform="translate(${x} ${y})">\n${drawn}\n</g>`;
    }),
    '</svg>\n',
  ].join('\n');
}

function legend(name: string, index: number): string {
  const x = PANEL.left + index * 100;
  return `<g class="c${index}"><path class="line" d="M${x} 14h18"/><circle class="dot" cx="${x + 9}" cy="14" r="3.5"/><text x="${x + 24}" y="18">${escapeText(name)}</text></g>`;
}

function drawPanel({ series, title }: Panel, xLabel: string, names: readonly string[]): string[] {
  const points = series.flatMap((one) => one.points);
  const xs = [...new Set(points.map(([x]) => x))].toSorted((a, b) => a - b);
  const ticks = ticksUpTo(Math.max(0, ...points.map(([, y]) => y)));
  const x = logarithmic(xs, PANEL.left + 10, PANEL.width - PANEL.right - 10);
  const bottom = PANEL.height - PANEL.bottom;
  const most = ticks.at(-1) ?? 1;
  const y = (value: number): number => bottom - (value / most) * (bottom - PANEL.top);
  return [
    `<text class="title" x="${PANEL.left}" y="20">${escapeText(title)}</text>`,
    ...ticks.flatMap((tick) => [
      `<path class="grid" d="M${PANEL.left} ${coordinate(y(tick))}H${PANEL.width - PANEL.right}"/>`,
      `<text x="${PANEL.left - 6}" y="${coordinate(y(tick) + 4)}" text-anchor="end">${formatNumber(tick)}</text>`,
    ]),
    ...xs.map(
      (value) =>
        `<text x="${coordinate(x(value))}" y="${bottom + 16}" text-anchor="middle">${formatNumber(value)}</text>`,
    ),
    `<text x="${(PANEL.left + PANEL.width - PANEL.right) / 2}" y="${bottom + 34}" text-anchor="middle">${escapeText(xLabel)}</text>`,
    ...series.map((one) => drawSeries(one, names.indexOf(one.name), x, y)),
  ];
}

type Scale = (value: number) => number;

function drawSeries({ name, points }: Series, colour: number, x: Scale, y: Scale): string {
  const at = points.map(([px, py]) => [coordinate(x(px)), coordinate(y(py))] as const);
  const line = at.map((pair) => pair.join(' ')).join('L');
  const dots = at.map(([cx, cy], index) => {
    const [px = 0, py = 0] = points[index] ?? [];
    const text = `${name}: ${formatNumber(px)}, ${formatNumber(py)}`;
    return `<circle class="dot" cx="${cx}" cy="${cy}" r="3.5"><title>${escapeText(text)}</title></circle>`;
  });
  return `<g class="c${colour}"><path class="line" d="M${line}"/>${dots.join('')}</g>`;
}

/** A scale on which the first of `values` is at `from` and the last at `to`; a single one is in the middle. */
function logarithmic(values: readonly number[], from: number, to: number): Scale {
  const [least = 1] = values;
  const range = Math.log((values.at(-1) ?? least) / least);
  return (value) =>
    range === 0 ? (from + to) / 2 : from + (Math.log(value / least) / range) * (to - from);
}

/** Returns at most six round numbers, from 0 to `most` or more. */
export function ticksUpTo(most: number): number[] {
  if (most <= 0) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(most / 5));
  const step = [1, 2, 5, 10].map((of) => of * power).find((size) => size * 5 >= most) ?? most;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Formats a number with three significant digits; from a thousand on as a whole number, `10,000`. */
export function formatNumber(value: number): string {
  const rounded = value >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString('en-GB', { maximumFractionDigits: 6 });
}

function coordinate(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
