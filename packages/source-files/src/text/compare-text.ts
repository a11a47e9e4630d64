/** Orders strings by their UTF-16 code units, as `<` does: the same on every machine. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
