import { publisherContract } from '@ameide/publisher-kit/contract';
import { mirrorWorld } from './world.ts';

publisherContract('goModule with a mirror', mirrorWorld);
