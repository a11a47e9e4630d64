import { ourPackages } from '../scenarios/npm.ts';
import type { Figure } from './figure.ts';

export const npmPackages: Figure = {
  name: 'growth-npm-packages',
  title: 'npm packages in one release',
  note: 'Packages of 50 kB, each in its second version or later.',
  of: 'npm packages',
  sizes: [1, 10, 100, 400],
  cost: 'each',
  timeOf: 10,
  prepare: async (place, size) => [
    { name: 'publish', ...(await ourPackages(size).prepare(place)) },
  ],
};
