import { type Observer, onceEach } from './observer.ts';

/** What the authorization stub said, in lines. */
export const authzLog: Observer<string[], string[]> = {
  title: 'the authorization service said',
  nothing: [],
  record: (seen) => seen,
  settle: onceEach,
  describe: (lines) => lines,
};
