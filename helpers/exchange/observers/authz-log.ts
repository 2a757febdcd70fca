import { listObserver } from './observer.ts';

/** Log lines of the authorization stub. */
export const authzLog = listObserver<string>('the authorization service said', (lines) => lines);
