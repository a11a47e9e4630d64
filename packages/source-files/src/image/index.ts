export {
  completeName,
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from './reference.ts';
