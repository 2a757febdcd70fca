import { listObserver } from './observer.ts';

/** Log lines of the authorization stub. */
export const authzLog = listObserver<string>('the authorization service logged', (lines) => lines);
