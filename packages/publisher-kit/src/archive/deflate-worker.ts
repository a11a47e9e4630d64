import { parentPort, workerData } from 'node:worker_threads';
import { type Block, type DeflateModule, deflateBlock, startDeflate } from './deflate.ts';

startDeflate(workerData as DeflateModule);

parentPort?.on('message', (block: Block) => {
  const { memory } = block;
  parentPort?.postMessage({ memory, length: deflateBlock(block) }, [memory.buffer]);
});
