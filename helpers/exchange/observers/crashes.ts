import { listObserver } from './observer.ts';

/** Crashes of Envoy during an exchange: the signal, and Envoy's own message where it logged one. */
export const crashes = listObserver<string>('Envoy crashed', (all) => all, {
  record: (seen) => seen.map((text) => text.replaceAll(/\b0x[0-9a-f]+\b/g, '<address>')),
});
