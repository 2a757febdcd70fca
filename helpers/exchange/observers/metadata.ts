import type { SocketAddress } from '../wire.ts';
import { type Observer, onceEach } from './observer.ts';

/** What an instance metadata service was asked, and what it answered. */
export interface MetadataRequest {
  method: string;
  path: string;
  /** The token that came with it: `none`, or what the service knows of it. */
  token: 'none' | 'valid' | 'expired' | 'unknown';
  status: number;
  remote: SocketAddress;
}

export const metadata: Observer<MetadataRequest[], MetadataRequest[]> = {
  title: 'the metadata service was asked',
  nothing: [],
  record: (seen) => seen,
  settle: onceEach,
  describe: (all) =>
    all.map(({ method, path, token, status, remote }) => `${method} ${path} by ${remote}, token ${token}: ${status}`),
};
