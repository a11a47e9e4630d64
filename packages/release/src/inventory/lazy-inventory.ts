import type { InventoryOptions } from './inventory.ts';
import type { InventoryReport } from './inventory-report.ts';

/** `takeInventory`, whose parsers of lockfiles are loaded only when it is called. */
export async function takeInventory(options: InventoryOptions): Promise<InventoryReport> {
  const { takeInventory } = await import('./inventory.ts');
  return takeInventory(options);
}
