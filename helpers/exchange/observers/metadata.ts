import type { SocketAddress } from '../wire.ts';
import { listObserver } from './observer.ts';

/** A request that the instance metadata service received, and the status that it returned. */
export interface MetadataRequest {
  method: string;
  path: string;
  /** The state of the token in the request. */
  token: 'none' | 'valid' | 'expired' | 'unknown';
  status: number;
  remote: SocketAddress;
}

export const metadata = listObserver<MetadataRequest>('the metadata service received', (all) =>
  all.map(({ method, path, token, status, remote }) => `${method} ${path} from ${remote}, token ${token}: ${status}`),
);
