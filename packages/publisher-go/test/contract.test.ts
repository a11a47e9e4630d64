import { needs } from '@ameide/local-registries/components';
import { publisherContract } from '@ameide/publisher-kit/contract';
import { inPlaceWorld, mirrorWorld } from './world.ts';

needs('git')('goModule', () => {
  publisherContract('with a mirror', mirrorWorld);
  // Releases in place are published for real in go-command.test.ts, and a commit that nobody has
  // pushed is refused in in-place.test.ts.
  publisherContract('in place', inPlaceWorld, {
    except: { publish: 'a dev build is its commit, which has to be pushed before' },
  });
});
