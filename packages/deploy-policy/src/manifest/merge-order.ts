import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { isMergeKey } from './kubernetes-text.ts';
import { field, type Resolving } from './node.ts';
import type { YamlFault } from './walk.ts';

/**
 * Finds keys that stand before a merge (`<<`) that brings them, too. Kubernetes' reader
 * (sigs.k8s.io/yaml) takes the merged value, kustomize's and Compose's (yaml.v3) the map's own: nobody
 * can say which image runs. `maps` are those whose merge is not their first key. Throws `TooManyAliases`.
 */
export function mergeOrderFaults(maps: readonly Node[], document: Resolving): readonly YamlFault[] {
  return maps.flatMap((map) => faultsOf(map, document));
}

function faultsOf(map: Node, document: Resolving): readonly YamlFault[] {
  if (!isMap<Node, Node | null>(map)) return [];
  const merge = map.items.findIndex(({ key }) => isMergeKey(key));
  const merged = document.resolve(map.items[merge]?.value);
  const sources = isSeq(merged) ? merged.items.map((item) => document.resolve(item)) : [merged];
  return map.items.slice(0, Math.max(merge, 0)).flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    document.countStep();
    const name = String(key.value);
    if (sources.every((source) => field(source, name, document) === undefined)) return [];
    const shown = JSON.stringify(name.slice(0, 60));
    return [
      {
        offset: key.range?.[0] ?? 0,
        what: `the key ${shown} comes before a merge key (<<) that also sets it, and parsers disagree about which value wins: write << first`,
      },
    ];
  });
}
