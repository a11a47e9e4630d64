import type { ConsumeChange, PlannedFile } from '../planned-file.ts';

/** What a manifest asks for of the release. */
export interface AskedPlaces {
  readonly places: readonly ConsumeChange[];
  /** False if it asked for all of it before. */
  readonly isChanged: boolean;
}

export interface AskedQuestion {
  readonly planned: readonly PlannedFile[];
  /** The places that ask for the release already. */
  readonly settled: readonly ConsumeChange[];
  /** Manifests that are links, with the file that each leads to. */
  readonly links: ReadonlyMap<string, string>;
}

/** Returns what is asked for, by manifest. One that is a link asks for what its file asks for. */
export function askedPlaces({
  links,
  planned,
  settled,
}: AskedQuestion): ReadonlyMap<string, AskedPlaces> {
  const asked = new Map<string, AskedPlaces>();
  for (const [path, places] of Map.groupBy(settled, (one) => one.path))
    asked.set(path, { places, isChanged: false });
  for (const { changes, path } of planned) {
    const places = [...changes, ...(asked.get(path)?.places ?? [])];
    asked.set(path, { places, isChanged: true });
  }
  for (const [link, path] of links) {
    const own = asked.get(path);
    if (own !== undefined) asked.set(link, own);
  }
  return asked;
}
