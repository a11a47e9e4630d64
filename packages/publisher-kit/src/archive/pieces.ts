/** Joins bytes that arrive in pieces, each of which is valid only until the next. */
export async function joinPieces(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  for await (const piece of pieces) kept.push(piece.slice());
  return Buffer.concat(kept);
}
