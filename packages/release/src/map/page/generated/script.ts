// Written by `pnpm map-page`: change what it is made from, ../browser and ../style.
export const SCRIPT: string = `
(function() {

	function unpack({ artifacts, texts, rows }) {
		return rows.map(({ cells, ...row }) => ({
			...row,
			cells: cells.map((cell, place) => unpackCell(cell, artifacts[place]?.publisher ?? "", texts))
		}));
	}
	function unpackCell(cell, publisher, texts) {
		if (cell === 0) return {
			publisher,
			versions: []
		};
		const [versions, current] = cell;
		return {
			publisher,
			versions: versions.map((version) => unpackVersion(version, texts)),
			...current === void 0 ? {} : { current }
		};
	}
	function unpackVersion(packed, texts) {
		const [version, state, coordinate, digest = "", url = -1, pointers = [], resolved = "", rest] = packed;
		const [deprecated] = rest ?? [];
		const full = (place) => (texts[place] ?? "").replaceAll("", () => digest).replaceAll("", () => version);
		return {
			coordinate: full(coordinate),
			version,
			...resolved === "" ? {} : { resolved },
			state,
			...digest === "" ? {} : { digest },
			pointers,
			...deprecated === void 0 ? {} : { deprecated },
			...url === -1 ? {} : { url: full(url) }
		};
	}

	function element(tag, attributes = {}, ...children) {
		return {
			tag,
			attributes,
			children: children.flat().filter((child) => child !== void 0).filter((node) => node !== "")
		};
	}
	function unseen(text) {
		return element("span", { class: "unseen" }, text);
	}

	function webAddress(url) {
		if (url === void 0 || !URL.canParse(url)) return void 0;
		return /^https?:$/.test(new URL(url).protocol) ? url : void 0;
	}
	function link(url, attributes, ...children) {
		const href = webAddress(url);
		if (href === void 0) return element("span", attributes, ...children);
		return element("a", {
			...attributes,
			href,
			rel: "noopener noreferrer"
		}, ...children);
	}

	const MONTHS = [
		"Jan",
		"Feb",
		"Mar",
		"Apr",
		"May",
		"Jun",
		"Jul",
		"Aug",
		"Sep",
		"Oct",
		"Nov",
		"Dec"
	];
	const OF_COMMIT = /^((?:source-)?[0-9a-f]{12})[0-9a-f]{28}(?:[0-9a-f]{24})?$/;
	function shortDate(datetime) {
		const [, year, month, day, time] = /^(\\d{4})-(\\d\\d)-(\\d\\d)T(\\d\\d:\\d\\d)(?::\\d\\d(?:\\.\\d+)?)?(?:Z|\\+00:00)$/.exec(datetime) ?? [];
		const name = MONTHS[Number(month) - 1];
		if (name === void 0 || time === void 0) return {
			day: datetime,
			time: ""
		};
		return {
			day: \`\${Number(day)} \${name} \${year}\`,
			time
		};
	}
	function shortSha(sha) {
		return sha.slice(0, 7);
	}
	function shortDigest(digest) {
		const [, algorithm = "", value = digest] = /^([a-z\\d]{1,10}[:-])(.+)$/i.exec(digest) ?? [];
		return value.length > 10 ? \`\${algorithm}\${value.slice(0, 10)}…\` : digest;
	}
	function versionParts(version) {
		const [, commit] = OF_COMMIT.exec(version) ?? [];
		if (commit !== void 0) return ["", \`\${commit}…\`];
		const [, base, rest = ""] = /^(v?\\d+(?:\\.\\d+)*)(.*)$/.exec(version) ?? [];
		return base === void 0 ? [cut(version, 60), ""] : [cut(base, 40), cut(rest, 60)];
	}
	function cut(text, length) {
		return text.length > length ? \`\${text.slice(0, length)}…\` : text;
	}

	function isListComplete({ listed, isPartial }) {
		return listed !== void 0 && isPartial !== true;
	}
	function cellElement(cell, artifact) {
		if (cell.versions.length > 0) return element("td", {}, cell.versions.map(versionElement), currentElement(cell));
		const current = currentElement(cell);
		if (current !== void 0) return element("td", { class: "gap" }, current);
		const [sign, meaning] = isListComplete(artifact) ? ["–", "none"] : ["?", "not known"];
		return element("td", { class: "gap" }, element("span", { "aria-hidden": "true" }, sign), unseen(meaning));
	}
	function currentElement({ current }) {
		if (current === void 0) return void 0;
		const version = element("span", { class: "mono" }, ...versionSpans(current));
		return element("div", { class: "current" }, version, " ", element("i", {}, "current"));
	}
	function versionElement(shown) {
		const { version, resolved = version, state, digest, pointers, deprecated, url } = shown;
		const isOut = deprecated !== void 0;
		return element("div", { class: isOut ? "version out" : "version" }, element("span", {
			class: \`dot \${state}\`,
			title: state
		}), link(url, { class: "mono" }, ...versionSpans(version.startsWith("source-") ? resolved : version)), " ", state === "published" ? unseen("published") : badge(state, state), isOut ? badge("deprecated", "deprecated") : void 0, pointers.flatMap((pointer) => [" ", badge("pointer", pointer)]), digest === void 0 ? void 0 : element("div", { class: "digest mono" }, unseen("digest "), shortDigest(digest)));
	}
	function badge(kind, text) {
		return element("span", { class: \`badge \${kind}\` }, cut(text, 40));
	}
	function versionSpans(version) {
		const [base, rest] = versionParts(version);
		return [...base === "" ? [] : [element("b", {}, base)], ...rest === "" ? [] : [element("span", { class: "rest" }, rest)]];
	}

	function cellDetails(row, cell, artifact) {
		const { versions, current } = cell;
		return [
			title(artifact.name, artifact.ecosystem),
			sentence(artifact.registry),
			...versions.map(versionDetails),
			...current === void 0 ? [] : [sentence(\`This release has no version of this artifact. \${current} is current beside it.\`)],
			...versions.length > 0 || current !== void 0 ? [] : [sentence(gapSentence(artifact))],
			element("h3", {}, "Commit"),
			commitList(row)
		];
	}
	function rowDetails(row, artifacts) {
		const built = row.cells.flatMap((cell, place) => {
			return artifacts[place] === void 0 || cell.versions.length === 0 ? [] : [element("h3", {}, cell.publisher), ...cell.versions.map(versionDetails)];
		});
		return [
			title(row.sha === void 0 ? "No commit known" : shortSha(row.sha), row.channel),
			commitList(row),
			...built
		];
	}
	function artifactDetails(artifact) {
		const { name, ecosystem, registry, url, listed, isPartial, pointers } = artifact;
		return [
			title(name, ecosystem),
			list([
				["Registry", registry],
				["Page", page(url)],
				["Listed", listed === void 0 ? "not known: the registry returned no list" : \`\${listed} versions\${isPartial ? ", not all" : ""}\`]
			]),
			element("h3", {}, "Pointers"),
			pointers.length === 0 ? sentence("None.") : list(pointers.map(({ pointer, version, sha }) => [
				pointer,
				version === void 0 ? "the version is not known" : copied(version),
				sha === void 0 ? void 0 : copied(sha)
			]))
		];
	}
	function title(text, more) {
		return element("h2", { id: "details-title" }, element("span", { class: "ecosystem" }, more), " ", text);
	}
	function sentence(text) {
		return element("p", {}, text);
	}
	function gapSentence(artifact) {
		return isListComplete(artifact) ? "Nothing of this artifact was published from this commit." : "Not known: the registry’s list is incomplete or missing.";
	}
	function versionDetails(shown) {
		const { coordinate, resolved, state, digest, pointers, deprecated, url } = shown;
		return list([
			["Coordinate", copied(coordinate)],
			["Resolves to", resolved === void 0 ? void 0 : copied(resolved)],
			["State", element("span", {}, element("span", { class: \`dot \${state}\` }), STATES[state])],
			["Digest", digest === void 0 ? "not known" : copied(digest)],
			["Pointers", pointers.length === 0 ? void 0 : pointers.flatMap((one) => [badge("pointer", one), " "])],
			["Deprecated", deprecated],
			["Page", page(url)]
		]);
	}
	const STATES = {
		published: "published",
		partial: "partial: some of its files are missing",
		unknown: "unknown: listed, but the registry gave no details"
	};
	function commitList({ sha, subject, datetime, tags, channel, url }) {
		const { day, time } = shortDate(datetime ?? "");
		return list([
			["SHA", sha === void 0 ? "not known" : copied(sha)],
			["Subject", subject === void 0 ? void 0 : element("bdi", {}, subject)],
			["Date", datetime === void 0 ? "not known" : \`\${day} \${time === "" ? "" : \`\${time} UTC\`}\`],
			["Channel", channel],
			["Tags", tags.length === 0 ? void 0 : tags.flatMap((tag) => [badge("tag", tag), " "])],
			["Page", page(url)]
		]);
	}
	function page(url) {
		return webAddress(url) === void 0 || url === void 0 ? void 0 : link(url, {}, url);
	}
	function copied(text) {
		return element("span", { class: "copied" }, element("code", {}, text), " ", element("button", {
			type: "button",
			"data-copy": true,
			"aria-label": \`Copy \${text}\`
		}, "Copy"));
	}
	function list(lines) {
		const items = lines.flatMap(([name, ...values]) => values.every((value) => value === void 0) ? [] : [element("dt", {}, name), ...values.map((value) => element("dd", {}, value))]);
		return element("dl", {}, items);
	}

	function kindOf(artifact, artifacts) {
		const { ecosystem, name, registry } = artifact;
		if (!artifacts.some((one) => one !== artifact && one.ecosystem === ecosystem && one.name === name)) return ecosystem;
		return \`\${ecosystem} · \${URL.canParse(registry) ? new URL(registry).host : registry}\`;
	}

	function headElement({ artifacts, shown }) {
		const heads = shown.flatMap((place) => {
			const artifact = artifacts[place];
			return artifact === void 0 ? [] : [artifactElement(artifact, kindOf(artifact, artifacts))];
		});
		const commit = element("th", { scope: "col" }, element("span", { class: "name" }, "Commit"));
		return element("tr", { "aria-rowindex": 1 }, commit, ...heads);
	}
	function artifactElement(artifact, kind) {
		const { name, url, listed, pointers } = artifact;
		const [first, ...more] = pointers.toSorted((a, b) => rank(a) - rank(b));
		return element("th", { scope: "col" }, element("span", { class: "ecosystem" }, kind), " ", link(url, { class: "name" }, ...breakable(name)), element("div", { class: "facts" }, first === void 0 ? void 0 : [pointerElement(first), " "], more.length === 0 ? void 0 : [element("span", {}, \`+\${more.length}\`, unseen(" pointers")), " "], isListComplete(artifact) ? void 0 : badge("unknown", listed === void 0 ? "not listed" : "list incomplete")));
	}
	function pointerElement({ pointer, version }) {
		const text = version === void 0 ? "?" : versionParts(version).join("");
		return element("span", {}, badge("pointer", pointer), " ", element("span", { class: "mono" }, text));
	}
	function rank({ pointer }) {
		const place = [
			"latest",
			"dev",
			"next"
		].indexOf(pointer);
		return place === -1 ? 3 : place;
	}
	function breakable(name) {
		return name.split(/(?<=\\/)/).flatMap((part, place) => place === 0 ? [part] : [element("wbr"), part]);
	}

	function searchable(row) {
		const { sha = "", subject = "", datetime = "", tags, channel, cells } = row;
		return {
			row,
			text: [...[
				sha,
				subject,
				datetime,
				channel,
				...tags
			], ...cells.map(cellText)].join("\\n").toLowerCase()
		};
	}
	function cellText({ versions, current = "" }) {
		return versions.flatMap(({ coordinate, version, resolved = "", digest = "", pointers, deprecated, state }) => [
			coordinate,
			version,
			resolved,
			digest,
			state,
			...deprecated === void 0 ? [] : ["deprecated"],
			...pointers
		]).concat(current).join("\\n");
	}
	function words(query) {
		return query.toLowerCase().split(/\\s+/).filter((word) => word !== "");
	}
	function matchingRows(rows, { query, channels, artifacts }) {
		const wanted = words(query);
		return rows.filter(({ row, text }) => (channels.length === 0 || channels.includes(row.channel)) && (artifacts.length === 0 || hasArtifact(row, artifacts)) && wanted.every((word) => text.includes(word))).map(({ row }) => row);
	}
	function hasArtifact({ cells }, artifacts) {
		return cells.some(({ publisher, versions, current }) => artifacts.includes(publisher) && (versions.length > 0 || current !== void 0));
	}

	function toDom(node) {
		if (typeof node === "string") return document.createTextNode(node);
		const made = document.createElement(node.tag);
		for (const [name, value] of Object.entries(node.attributes)) if (value !== void 0 && value !== false) made.setAttribute(name, value === true ? "" : String(value));
		made.append(...node.children.map(toDom));
		return made;
	}
	function part(selector, type) {
		const found = document.querySelector(selector);
		if (!(found instanceof type)) throw new Error(\`The page has no \${selector}\`);
		return found;
	}

	function openDetails(content) {
		const dialog = part("dialog.details", HTMLDialogElement);
		const close = element("button", {
			type: "button",
			class: "close",
			autofocus: true
		}, "Close");
		const report = element("p", {
			class: "copy-report",
			role: "status"
		});
		dialog.replaceChildren(...[
			close,
			...content,
			report
		].map(toDom));
		dialog.scrollTop = 0;
		dialog.showModal();
	}
	function prepareDetails() {
		const dialog = part("dialog.details", HTMLDialogElement);
		dialog.addEventListener("click", ({ target }) => {
			if (target === dialog) dialog.close();
			if (!(target instanceof HTMLElement)) return;
			if (target.classList.contains("close")) dialog.close();
			if (target.dataset["copy"] !== void 0) copy(target);
		});
	}
	async function copy(button) {
		const text = button.parentElement?.querySelector("code");
		if (text === null || text === void 0) return;
		const report = part(".copy-report", HTMLElement);
		try {
			await navigator.clipboard.writeText(text.textContent);
			report.textContent = \`Copied: \${text.textContent}\`;
		} catch {
			getSelection()?.selectAllChildren(text);
			report.textContent = "This browser does not let the page copy. The text is selected: press Ctrl+C.";
		}
	}

	function openFilterForm(changed) {
		const form = part("form.controls", HTMLFormElement);
		const opened = {
			read: () => read(form),
			readAddress: () => fill(form, new URLSearchParams(location.hash.slice(1))),
			report: (text) => {
				const count = part(".count", HTMLElement);
				if (count.textContent !== text) count.textContent = text;
			}
		};
		const update = () => {
			writeAddress(read(form));
			showChosen(form);
			changed();
		};
		form.addEventListener("input", update);
		form.addEventListener("submit", (event) => event.preventDefault());
		form.addEventListener("reset", (event) => {
			event.preventDefault();
			fill(form, new URLSearchParams());
			update();
		});
		globalThis.addEventListener("hashchange", () => {
			opened.readAddress();
			changed();
		});
		closeMenus();
		opened.readAddress();
		form.hidden = false;
		return opened;
	}
	function read(form) {
		const data = new FormData(form);
		const texts = (name) => data.getAll(name).filter((value) => typeof value === "string");
		return {
			query: texts("q").join().trim(),
			channels: texts("channel"),
			artifacts: texts("artifact")
		};
	}
	function fill(form, values) {
		for (const input of form.querySelectorAll("input")) if (input.type === "checkbox") input.checked = values.getAll(input.name).includes(input.value);
		else input.value = values.get(input.name) ?? "";
		showChosen(form);
	}
	function writeAddress({ query, channels, artifacts }) {
		const values = new URLSearchParams([
			...query === "" ? [] : [["q", query]],
			...channels.map((channel) => ["channel", channel]),
			...artifacts.map((artifact) => ["artifact", artifact])
		]);
		const hash = values.size === 0 ? "" : \`#\${values.toString()}\`;
		history.replaceState(null, "", \`\${location.pathname}\${location.search}\${hash}\`);
	}
	function showChosen(form) {
		const boxes = [...form.querySelectorAll("input[name=artifact]")];
		const chosen = boxes.filter(({ checked }) => checked).length;
		part(".chosen", HTMLElement).textContent = chosen === 0 ? "all" : \`\${chosen} of \${boxes.length}\`;
	}
	function closeMenus() {
		const menu = part("details.artifacts", HTMLDetailsElement);
		menu.addEventListener("keydown", (event) => {
			if (event.key !== "Escape" || !menu.open) return;
			menu.open = false;
			menu.querySelector("summary")?.focus();
		});
		menu.addEventListener("focusout", (event) => {
			if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
		});
		document.addEventListener("pointerdown", (event) => {
			if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
		});
	}

	const PAGE = 10;
	function openGridKeys(table, rows, use) {
		let place = {
			row: 0,
			column: 0
		};
		let size = {
			rows: 0,
			columns: 1
		};
		let stop;
		const cellAt = ({ row, column }) => (row < 0 ? table.tHead?.rows[0] : rows.reveal(row))?.cells[column];
		const settle = (next) => {
			place = next;
			const cell = cellAt(next);
			if (stop !== void 0) stop.tabIndex = -1;
			if (cell !== void 0) cell.tabIndex = 0;
			stop = cell;
			return cell;
		};
		table.addEventListener("keydown", (event) => {
			if (event.altKey || event.metaKey) return;
			if (event.key === "Enter" || event.key === " ") {
				if (event.target instanceof HTMLAnchorElement) return;
				event.preventDefault();
				use.open(place);
				return;
			}
			const next = moved(place, event.key, event.ctrlKey, size);
			if (next === void 0) return;
			event.preventDefault();
			settle(next)?.focus();
		});
		table.addEventListener("focusin", ({ target }) => {
			const found = placeOf(target);
			if (found === void 0) return;
			settle(found);
			use.focused(found);
		});
		table.addEventListener("focusout", () => use.focused(void 0));
		table.addEventListener("click", ({ target }) => {
			const isLink = target instanceof Element && target.closest("a") !== null;
			const found = placeOf(target);
			if (isLink || found === void 0 || getSelection()?.isCollapsed === false) return;
			settle(found)?.focus();
			use.open(found);
		});
		return {
			resize(rowCount, columns) {
				size = {
					rows: rowCount,
					columns
				};
				stop = void 0;
				settle(inside(place, size));
			},
			focus: () => settle(inside(place, size))?.focus()
		};
	}
	function moved({ row, column }, key, isWhole, size) {
		const next = {
			ArrowUp: {
				row: row - 1,
				column
			},
			ArrowDown: {
				row: row + 1,
				column
			},
			ArrowLeft: {
				row,
				column: column - 1
			},
			ArrowRight: {
				row,
				column: column + 1
			},
			PageUp: {
				row: Math.max(0, row - PAGE),
				column
			},
			PageDown: {
				row: row + PAGE,
				column
			},
			Home: isWhole ? {
				row: 0,
				column: 0
			} : {
				row,
				column: 0
			},
			End: isWhole ? {
				row: size.rows - 1,
				column: size.columns - 1
			} : {
				row,
				column: size.columns - 1
			}
		}[key];
		return next === void 0 ? void 0 : inside(next, size);
	}
	function inside({ row, column }, size) {
		return {
			row: Math.min(Math.max(row, -1), size.rows - 1),
			column: Math.min(Math.max(column, 0), size.columns - 1)
		};
	}
	function placeOf(target) {
		const cell = target instanceof Element ? target.closest("th, td") : null;
		const row = cell?.closest("tr")?.getAttribute("aria-rowindex") ?? null;
		return !(cell instanceof HTMLTableCellElement) || row === null ? void 0 : {
			row: Number(row) - 2,
			column: cell.cellIndex
		};
	}

	function rowElement(row, { artifacts, shown }, index) {
		const cells = shown.map((place) => {
			const artifact = artifacts[place];
			const cell = row.cells[place];
			return artifact === void 0 || cell === void 0 ? element("td", { class: "gap" }, "?") : cellElement(cell, artifact);
		});
		return element("tr", {
			class: row.channel,
			"aria-rowindex": index + 2
		}, commitElement(row), ...cells);
	}
	function commitElement({ sha, url, subject, tags, channel, datetime }) {
		const name = sha === void 0 ? element("span", { class: "sha" }, "no commit known") : link(url, { class: "sha mono" }, shortSha(sha));
		return element("th", { scope: "row" }, element("div", { class: "subject" }, tags.flatMap((tag) => [badge("tag", tag), " "]), element("bdi", {}, cut(subject ?? (sha === void 0 ? "Versions without a commit" : ""), 200))), element("div", { class: "facts" }, name, " ", datetime === void 0 ? void 0 : dateElement(datetime), " ", element("span", { class: \`channel \${channel}\` }, channel)));
	}
	function dateElement(datetime) {
		const { day, time } = shortDate(datetime);
		const clock = time === "" ? void 0 : element("span", { class: "time" }, \` \${time}\`);
		return element("time", { datetime }, day, clock, time === "" ? void 0 : unseen(" UTC"));
	}

	const CHUNK = 25;
	const FIRST_GUESS = 52;
	function openRowWindow(scroll, table) {
		let shown = {
			rows: [],
			columns: {
				artifacts: [],
				shown: []
			},
			words: []
		};
		let chunks = [];
		let isAll = false;
		let rowHeight = FIRST_GUESS;
		const draw = (chunk) => {
			if (chunk.isDrawn) return;
			chunk.isDrawn = true;
			chunk.body.removeAttribute("aria-hidden");
			chunk.body.replaceChildren(...drawnRows(shown, chunk));
		};
		const clear = (chunk) => {
			if (chunk.isDrawn && (isAll || chunk.body.contains(document.activeElement))) return;
			rowHeight = measured(chunk) ?? rowHeight;
			chunk.isDrawn = false;
			chunk.body.setAttribute("aria-hidden", "true");
			chunk.body.replaceChildren(spacer(rowHeight * (chunk.to - chunk.from), shown));
		};
		const observer = new IntersectionObserver((entries) => {
			for (const { target, isIntersecting } of entries) {
				const chunk = chunks.find(({ body }) => body === target);
				if (chunk !== void 0) (isIntersecting ? draw : clear)(chunk);
			}
			keepWidths(table);
		}, {
			root: scroll,
			rootMargin: "100% 0px"
		});
		globalThis.addEventListener("resize", () => releaseWidths(table));
		return {
			show(next) {
				shown = next;
				observer.disconnect();
				for (const body of table.querySelectorAll("tbody")) body.remove();
				chunks = chunksOf(next.rows.length);
				table.append(...chunks.map(({ body }) => body));
				for (const [place, chunk] of chunks.entries()) {
					(isAll || place === 0 ? draw : clear)(chunk);
					observer.observe(chunk.body);
				}
			},
			reveal(index) {
				const chunk = chunks[Math.floor(index / CHUNK)];
				if (chunk === void 0) return void 0;
				draw(chunk);
				return chunk.body.rows[index - chunk.from];
			},
			drawAll(all) {
				isAll = all;
				if (all) for (const chunk of chunks) draw(chunk);
				observer.disconnect();
				for (const { body } of chunks) observer.observe(body);
			}
		};
	}
	function chunksOf(count) {
		return Array.from({ length: Math.ceil(count / CHUNK) }, (_, place) => ({
			body: document.createElement("tbody"),
			from: place * CHUNK,
			to: Math.min(count, (place + 1) * CHUNK),
			isDrawn: false
		}));
	}
	function drawnRows({ rows, columns, words }, { from, to }) {
		return rows.slice(from, to).map((row, place) => {
			const drawn = toDom(rowElement(row, columns, from + place));
			for (const part of drawn.querySelectorAll("th, td, a")) part.tabIndex = -1;
			if (words.length > 0) markHits(drawn, row, columns, words);
			return drawn;
		});
	}
	function markHits(drawn, row, columns, words) {
		for (const [column, place] of columns.shown.entries()) {
			const cell = row.cells[place];
			const text = cell === void 0 ? "" : cellText(cell).toLowerCase();
			if (words.some((word) => text.includes(word))) drawn.cells[column + 1]?.classList.add("hit");
		}
	}
	function spacer(height, { columns }) {
		const row = document.createElement("tr");
		const cell = row.insertCell();
		cell.colSpan = columns.shown.length + 1;
		cell.className = "spacer";
		cell.style.height = \`\${height}px\`;
		return row;
	}
	function measured({ body, from, to, isDrawn }) {
		if (!isDrawn) return void 0;
		const { height } = body.getBoundingClientRect();
		return height > 0 ? height / (to - from) : void 0;
	}
	function keepWidths(table) {
		const heads = artifactHeads(table);
		const widths = heads.map((head) => head.offsetWidth);
		for (const [place, head] of heads.entries()) head.style.minWidth = \`\${widths[place]}px\`;
	}
	function releaseWidths(table) {
		for (const head of artifactHeads(table)) head.style.minWidth = "";
	}
	function artifactHeads(table) {
		return [...table.tHead?.rows[0]?.cells ?? []].slice(1);
	}

	const HINT = "Arrow keys move through the versions; Enter or a click opens details.";
	function startPage() {
		const data = JSON.parse(part("#data", HTMLScriptElement).text);
		const all = unpack(data).map(searchable);
		const { artifacts } = data;
		const scroll = part("#versions", HTMLElement);
		const table = part("table", HTMLTableElement);
		const grid = {
			rows: [],
			shown: []
		};
		const rowWindow = openRowWindow(scroll, table);
		const keys = openGridKeys(table, rowWindow, gridUse(grid, artifacts));
		const form = openFilterForm(update);
		function update() {
			const filter = form.read();
			grid.rows = matchingRows(all, filter);
			grid.shown = shownPlaces(artifacts, filter.artifacts);
			const columns = {
				artifacts,
				shown: grid.shown
			};
			drawHead(table, columns);
			table.setAttribute("aria-rowcount", String(grid.rows.length + 1));
			scroll.scrollTop = 0;
			rowWindow.show({
				rows: grid.rows,
				columns,
				words: words(filter.query)
			});
			keys.resize(grid.rows.length, grid.shown.length + 1);
			scroll.classList.toggle("empty", grid.rows.length === 0);
			form.report(countText(grid.rows.length, all.length));
		}
		preparePage();
		part("a.skip", HTMLAnchorElement).addEventListener("click", (event) => {
			event.preventDefault();
			keys.focus();
		});
		globalThis.addEventListener("beforeprint", () => rowWindow.drawAll(true));
		globalThis.addEventListener("afterprint", () => rowWindow.drawAll(false));
		update();
	}
	function preparePage() {
		const bar = part("footer.focused", HTMLElement);
		bar.hidden = false;
		bar.textContent = HINT;
		part(".plain", HTMLElement).hidden = true;
		part("table", HTMLTableElement).setAttribute("role", "grid");
		part("#versions", HTMLElement).removeAttribute("tabindex");
		prepareDetails();
	}
	function drawHead(table, columns) {
		table.tHead?.replaceChildren(toDom(headElement(columns)));
		for (const one of table.tHead?.querySelectorAll("th, a") ?? []) one.tabIndex = -1;
	}
	function shownPlaces(artifacts, wanted) {
		const places = artifacts.map((_, place) => place);
		const chosen = places.filter((place) => wanted.includes(artifacts[place]?.publisher ?? ""));
		return chosen.length > 0 ? chosen : places;
	}
	function gridUse(grid, artifacts) {
		const at = ({ row, column }) => {
			const place = column === 0 ? void 0 : grid.shown[column - 1];
			const found = grid.rows[row];
			const [artifact, cell] = place === void 0 ? [] : [artifacts[place], found?.cells[place]];
			return {
				row: found,
				artifact,
				cell
			};
		};
		return {
			open(place) {
				const { row, artifact, cell } = at(place);
				if (row !== void 0 && artifact !== void 0 && cell !== void 0) openDetails(cellDetails(row, cell, artifact));
				else if (row !== void 0) openDetails(rowDetails(row, artifacts));
				else if (artifact !== void 0) openDetails(artifactDetails(artifact));
			},
			focused(place) {
				part("footer.focused", HTMLElement).textContent = place === void 0 ? HINT : focusedText(at(place));
			}
		};
	}
	function focusedText({ row, cell }) {
		if (cell === void 0) return row?.sha ?? "";
		return cell.versions.map(({ coordinate, digest }) => digest === void 0 ? coordinate : \`\${coordinate}  \${digest}\`).join("\\n");
	}
	function countText(count, of) {
		const noun = of === 1 ? "commit" : "commits";
		const [some, all] = [count, of].map((one) => one.toLocaleString("en-GB"));
		if (count === 0) return \`No commit of \${all} matches\`;
		return count === of ? \`\${all} \${noun}\` : \`\${some} of \${all} \${noun}\`;
	}
	startPage();

})();`;
