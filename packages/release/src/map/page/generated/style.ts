// Written by `pnpm map-page`: change what it is made from, ../browser and ../style.
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --page: #ffffff;
  --raised: #f7f8fa;
  --line: #e3e6ea;
  --line-strong: #7d8590;
  --text: #1c2128;
  --quiet: #57606a;
  --accent: #0a58ca;
  --accent-wash: #eaf2fd;
  --release: #f3f7fd;
  --hit: #fff6d6;
  --good: #1a7f37;
  --good-wash: #eef8f0;
  --warn: #7d4e00;
  --warn-wash: #fff7e0;
  --bad: #b3261e;
  --bad-wash: #fdf0ef;
  --shadow: 0 12px 40px rgb(27 31 36 / 18%);
  --mono:
    ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono",
    monospace;
}

@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318;
    --raised: #161b22;
    --line: #272e38;
    --line-strong: #77818d;
    --text: #e4e8ed;
    --quiet: #99a3af;
    --accent: #79b3ff;
    --accent-wash: #15263d;
    --release: #131c28;
    --hit: #332b12;
    --good: #57c271;
    --good-wash: #12221a;
    --warn: #e3b455;
    --warn-wash: #261f10;
    --bad: #ff8f85;
    --bad-wash: #2a1615;
    --shadow: 0 12px 40px rgb(0 0 0 / 60%);
  }
}

*,
::before,
::after {
  box-sizing: border-box;
}

[hidden] {
  display: none !important;
}

html {
  height: 100%;
  background: var(--page);
  color: var(--text);
  font:
    0.875rem / 1.45 system-ui,
    -apple-system,
    "Segoe UI",
    Roboto,
    "Noto Sans",
    sans-serif;
  -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%;
}

body {
  display: flex;
  flex-direction: column;
  height: 100dvh;
  margin: 0;
}

h1,
h2,
h3,
p,
ul,
dl,
dd,
fieldset {
  margin: 0;
  padding: 0;
  border: 0;
}

a {
  color: var(--accent);
  text-decoration: none;
}

a:hover {
  text-decoration: underline;
}

:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}

.mono,
code {
  font-family: var(--mono);
  font-size: 0.86em;
  letter-spacing: -0.01em;
}

.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.skip {
  position: absolute;
  top: -10rem;
  left: 1rem;
  z-index: 10;
  padding: 0.5rem 1rem;
  border-radius: 0 0 8px 8px;
  background: var(--accent);
  color: var(--page);
}

.skip:focus {
  top: 0;
}

.badge {
  display: inline-block;
  max-width: 100%;
  padding: 0 0.45em;
  overflow-wrap: anywhere;
  border: 1px solid var(--line-strong);
  border-radius: 1em;
  color: var(--quiet);
  font-size: 0.75rem;
  font-weight: 500;
  line-height: 1.35;
  vertical-align: 0.05em;
}

.badge.pointer {
  border-color: transparent;
  background: var(--accent-wash);
  color: var(--accent);
}

.badge.tag {
  border-color: var(--accent);
  border-radius: 4px;
  background: var(--accent);
  color: var(--page);
  font-weight: 600;
}

.badge.partial,
.badge.unknown {
  border-color: currentcolor;
  color: var(--warn);
}

.badge.deprecated {
  border-color: currentcolor;
  color: var(--bad);
}

/* A full, a half and an empty circle: the shape says it, not the colour alone. */
.dot {
  display: inline-block;
  width: 0.5rem;
  height: 0.5rem;
  margin-right: 0.4rem;
  border: 1.5px solid var(--good);
  border-radius: 50%;
  background: var(--good);
  vertical-align: 0.05em;
}

.dot.partial {
  border-color: var(--warn);
  background: linear-gradient(90deg, var(--warn) 50%, transparent 50%);
}

.dot.unknown {
  border-style: dashed;
  border-color: var(--warn);
  background: none;
}

.top,
.controls,
.plain {
  padding: 0 1.25rem;
}

.top {
  display: flex;
  flex-wrap: wrap;
  align-items: flex-start;
  justify-content: space-between;
  gap: 0.75rem 2rem;
  padding-top: 1.1rem;
}

h1 {
  font-size: 1.25rem;
  font-weight: 600;
  letter-spacing: -0.015em;
  line-height: 1.3;
  overflow-wrap: anywhere;
}

h1 .kind {
  margin-right: 0.15em;
  color: var(--quiet);
  font-weight: 400;
}

h1 a {
  color: inherit;
}

.top .facts {
  margin-top: 0.15rem;
  color: var(--quiet);
}

.top .facts > span:not(:last-child)::after {
  margin: 0 0.5em;
  content: "·";
}

.state {
  max-width: 60rem;
  padding: 0.4rem 0.8rem;
  border: 1px solid transparent;
  border-radius: 8px;
  background: var(--good-wash);
  overflow-wrap: anywhere;
}

.state strong {
  color: var(--good);
  font-weight: 600;
}

.state strong::before {
  margin-right: 0.5em;
  content: "✓";
}

.state:has(.problem),
.state.failed {
  flex-basis: 100%;
}

.state.failed {
  border-color: var(--bad);
  background: var(--bad-wash);
}

.state.failed strong {
  color: var(--bad);
}

.state.failed strong::before {
  content: "✕";
}

.state.doubtful {
  border-color: var(--warn);
  background: var(--warn-wash);
}

.state.doubtful strong {
  color: var(--warn);
}

.state.doubtful strong::before {
  content: "!";
}

.state ul {
  padding-left: 1.2rem;
}

.state li {
  margin-top: 0.2rem;
  white-space: pre-line;
}

.state summary {
  margin-top: 0.2rem;
  cursor: pointer;
}

.state .more,
.state .about,
.state .note {
  color: var(--quiet);
}

.plain {
  margin-top: 0.75rem;
  color: var(--warn);
}

.controls {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5rem 0.75rem;
  padding-top: 0.9rem;
}

.controls input[type="search"],
.controls summary,
.controls button,
.channels label {
  height: 2.125rem;
  padding: 0 0.75rem;
  border: 1px solid var(--line-strong);
  border-radius: 7px;
  background: var(--page);
  color: var(--text);
  font: inherit;
  line-height: 2rem;
}

.search {
  flex: 1 1 16rem;
  max-width: 30rem;
}

.search span {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
}

.search input {
  width: 100%;
}

.search input::placeholder {
  color: var(--quiet);
  opacity: 1;
}

.search input:focus-visible {
  outline-offset: -1px;
}

.channels {
  display: flex;
  min-width: 0;
}

.channels label {
  position: relative;
  cursor: pointer;
}

.channels label:not(:first-of-type) {
  margin-left: -1px;
  border-top-left-radius: 0;
  border-bottom-left-radius: 0;
}

.channels label:not(:last-of-type) {
  border-top-right-radius: 0;
  border-bottom-right-radius: 0;
}

.channels input {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  margin: 0;
  opacity: 0;
  cursor: pointer;
}

.channels label:has(:checked) {
  z-index: 1;
  border-color: var(--accent);
  background: var(--accent-wash);
  color: var(--accent);
}

.channels label:has(:checked) span:first-of-type::before {
  content: "✓ ";
}

.channels label:has(:focus-visible) {
  z-index: 2;
  outline: 2px solid var(--accent);
  outline-offset: 1px;
}

.controls .more {
  color: var(--quiet);
  font-size: 0.75rem;
  font-variant-numeric: tabular-nums;
}

.artifacts {
  position: relative;
}

.artifacts summary {
  cursor: pointer;
  list-style: none;
  white-space: nowrap;
}

.artifacts summary::-webkit-details-marker {
  display: none;
}

.artifacts summary::after {
  display: inline-block;
  margin: 0 0 0.15em 0.6em;
  border: 4px solid transparent;
  border-top-color: currentcolor;
  content: "";
  vertical-align: -0.25em;
}

.artifacts fieldset {
  position: absolute;
  z-index: 6;
  width: max-content;
  max-width: min(28rem, 90vw);
  max-height: 60vh;
  margin-top: 0.3rem;
  overflow: auto;
  padding: 0.5rem;
  border: 1px solid var(--line-strong);
  border-radius: 10px;
  background: var(--page);
  box-shadow: var(--shadow);
}

.artifacts legend {
  float: left;
  padding: 0.25rem 0.5rem 0.4rem;
  color: var(--quiet);
  font-size: 0.8125rem;
}

.artifacts label {
  display: flex;
  clear: both;
  align-items: center;
  gap: 0.5rem;
  padding: 0.3rem 0.5rem;
  border-radius: 6px;
  overflow-wrap: anywhere;
}

.artifacts label:hover {
  background: var(--raised);
}

.artifacts label .more {
  margin-left: auto;
}

.artifacts input {
  flex: none;
  width: 1rem;
  height: 1rem;
  margin: 0;
  accent-color: var(--accent);
}

.controls .reset {
  border-color: transparent;
  color: var(--quiet);
  cursor: pointer;
}

.controls .reset:hover {
  background: var(--raised);
  color: var(--text);
}

.count {
  margin-left: auto;
  color: var(--quiet);
  font-variant-numeric: tabular-nums;
}

main {
  flex: 1 1 0;
  min-height: 24rem;
  margin-top: 0.9rem;
  border-top: 1px solid var(--line);
}

.scroll {
  position: relative;
  height: 100%;
  overflow: auto;
  scroll-padding: 4.5rem 1rem 1rem 22rem;
  overscroll-behavior: contain;
}

.scroll:focus-visible {
  outline-offset: -2px;
}

table {
  min-width: 100%;
  border-spacing: 0;
}

th,
td {
  padding: 0.45rem 0.7rem;
  border-bottom: 1px solid var(--line);
  background: var(--page);
  font-weight: 400;
  text-align: left;
  vertical-align: top;
}

thead th {
  position: sticky;
  top: 0;
  z-index: 2;
  min-width: 10rem;
  padding-top: 0.55rem;
  padding-bottom: 0.55rem;
  border-bottom-color: var(--line-strong);
  background: var(--raised);
  vertical-align: bottom;
}

thead .ecosystem,
.details .ecosystem {
  color: var(--quiet);
  font-size: 0.75rem;
  font-weight: 500;
}

thead .ecosystem {
  display: block;
}

thead .name {
  color: var(--text);
  font-weight: 600;
}

th .facts,
.digest,
.rest,
.gap,
.current {
  color: var(--quiet);
}

th .facts,
.digest {
  font-size: 0.75rem;
}

thead .facts {
  min-height: 1.2rem;
  margin-top: 0.15rem;
  white-space: nowrap;
}

tr > :first-child {
  position: sticky;
  left: 0;
  z-index: 1;
  width: 21rem;
  min-width: 21rem;
  max-width: 21rem;
  padding-left: 1.25rem;
  border-right: 1px solid var(--line);
}

thead tr > :first-child {
  z-index: 3;
}

.subject {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

tbody .facts > *:not(:last-child) {
  margin-right: 0.35rem;
}

.channel.release {
  color: var(--accent);
  font-weight: 600;
}

.channel.candidate {
  color: var(--warn);
  font-weight: 600;
}

.version {
  white-space: nowrap;
}

.version + .version,
.version + .current {
  margin-top: 0.3rem;
}

.version a {
  color: inherit;
}

.version b,
.current b {
  font-weight: 600;
}

.version .digest {
  margin-left: 0.9rem;
}

.version.out > .mono {
  text-decoration: line-through;
}

.version.out > .badge.deprecated {
  margin-right: 0.2rem;
}

.current i {
  font-size: 0.75rem;
}

.gap {
  padding-left: 1.6rem;
}

.release > * {
  background: var(--release);
}

.release > :first-child {
  box-shadow: inset 3px 0 var(--accent);
}

.release .subject {
  font-weight: 600;
}

.dev .version b {
  font-weight: 500;
}

tbody td,
tbody th {
  cursor: default;
}

tbody tr:hover > * {
  background: var(--raised);
}

tbody .hit.hit {
  background: var(--hit);
}

th:focus-visible,
td:focus-visible {
  outline-offset: -2px;
}

.spacer.spacer {
  position: static;
  max-width: none;
  padding: 0;
  border: 0;
  background: none;
}

.empty table::after {
  display: block;
  padding: 2rem 1.25rem;
  color: var(--quiet);
  content: "Nothing matches.";
  white-space: nowrap;
}

.focused {
  min-height: 1.9rem;
  max-height: 5.5rem;
  overflow: hidden;
  padding: 0.35rem 1.25rem;
  border-top: 1px solid var(--line);
  background: var(--raised);
  color: var(--quiet);
  font-family: var(--mono);
  font-size: 0.75rem;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

@media (max-width: 48rem) {
  tr > :first-child {
    width: 9rem;
    min-width: 9rem;
    max-width: 9rem;
    padding-left: 0.9rem;
  }

  .top,
  .controls {
    padding-right: 0.9rem;
    padding-left: 0.9rem;
  }

  .scroll {
    scroll-padding-left: 9.5rem;
  }

  .subject {
    white-space: normal;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow-wrap: anywhere;
  }

  tbody .time {
    display: none;
  }

  .channels,
  .search {
    flex-basis: 100%;
  }

  .channels label {
    flex: 1;
    padding: 0 0.4rem;
    text-align: center;
  }

  .count {
    margin-left: 0;
  }
}

.details {
  width: min(34rem, 100vw);
  max-width: none;
  height: 100dvh;
  max-height: none;
  margin: 0 0 0 auto;
  padding: 1.1rem 1.25rem 2rem;
  border: 0;
  border-left: 1px solid var(--line-strong);
  background: var(--page);
  color: var(--text);
  box-shadow: var(--shadow);
  overflow-wrap: anywhere;
}

.details::backdrop {
  background: rgb(15 19 24 / 30%);
}

.details h2 {
  padding-right: 4.5rem;
  font-size: 1.05rem;
  font-weight: 600;
  line-height: 1.35;
}

.details h2 .ecosystem {
  display: block;
}

.details h3 {
  margin-top: 1.4rem;
  font-size: 0.8125rem;
  font-weight: 600;
}

.details p {
  margin-top: 0.75rem;
  color: var(--quiet);
}

.details dl {
  display: grid;
  grid-template-columns: 5.5rem 1fr;
  gap: 0.4rem 0.75rem;
  margin-top: 0.75rem;
}

.details dl + dl {
  padding-top: 0.75rem;
  border-top: 1px solid var(--line);
}

.details dt {
  color: var(--quiet);
}

.details dd {
  grid-column: 2;
  min-width: 0;
}

.details button {
  padding: 0 0.5rem;
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  background: var(--page);
  color: var(--text);
  font: inherit;
  font-size: 0.75rem;
  line-height: 1.5rem;
  cursor: pointer;
}

.details button:hover {
  background: var(--raised);
}

.details .close {
  position: absolute;
  top: 1rem;
  right: 1.25rem;
}

.details .copy-report {
  color: var(--text);
}

@media (prefers-reduced-motion: no-preference) {
  .details[open] {
    animation: arrive 140ms ease-out;
  }

  @keyframes arrive {
    from {
      transform: translateX(1.5rem);
      opacity: 0;
    }
  }
}

@media (max-width: 30rem) {
  .details dl {
    grid-template-columns: 1fr;
    gap: 0.1rem;
  }

  .details dd {
    grid-column: 1;
    margin-bottom: 0.5rem;
  }
}

.services {
  flex: none;
  border-top: 1px solid var(--line);
  background: var(--raised);
}

.services > summary {
  padding: 0.5rem 1rem;
  cursor: pointer;
  font-weight: 600;
}

.scroll-services {
  max-height: 45dvh;
  overflow: auto;
  border-top: 1px solid var(--line);
  background: var(--page);
}

.scroll-services table {
  width: 100%;
  border-collapse: collapse;
}

.scroll-services th,
.scroll-services td {
  padding: 0.35rem 0.75rem;
  border-bottom: 1px solid var(--line);
  text-align: left;
  vertical-align: top;
}

.scroll-services thead th {
  position: sticky;
  top: 0;
  background: var(--raised);
  color: var(--quiet);
  font-weight: 500;
}

.scroll-services tbody th {
  font-weight: 500;
}

@media print {
  @page {
    size: landscape;
    margin: 10mm;
  }

  :root {
    --page: #ffffff;
    --raised: #f7f8fa;
    --line: #c9ced4;
    --text: #000000;
    --quiet: #444444;
    --accent: #0a3d91;
    --release: #eef3fa;
  }

  html {
    font-size: 62.5%;
  }

  body,
  html,
  .scroll {
    display: block;
    height: auto;
    overflow: visible;
  }

  .controls,
  .focused,
  .skip,
  .details {
    display: none !important;
  }

  .state ul,
  .scroll-services {
    max-height: none;
  }

  table {
    width: 100%;
  }

  th,
  td,
  thead th,
  tr > :first-child {
    position: static;
    width: auto;
    min-width: 0 !important;
    max-width: 22rem;
    padding: 0.25rem 0.4rem;
  }

  tr {
    break-inside: avoid;
  }

  .version,
  .subject,
  thead .facts {
    overflow-wrap: break-word;
    white-space: normal;
  }
}

@media (forced-colors: active) {
  .dot {
    forced-color-adjust: none;
  }

  .badge,
  .state {
    border: 1px solid;
  }
}
`;
