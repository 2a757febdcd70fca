import { listObserver } from './observer.ts';

/** An envoy.service.ratelimit.v3.RateLimitRequest, without the fields that Envoy did not set. */
export interface LimitRequest {
  /** Envoy's timeout for the answer, from the header grpc-timeout: `250m` for 250 ms. */
  timeout?: string;
  domain?: string;
  descriptors?: {
    entries?: { key: string; value: string }[];
    limit?: { requests_per_unit?: number; unit?: number };
    hits_addend?: { value?: number };
  }[];
  hits_addend?: number;
}

export const limitRequests = listObserver<LimitRequest>('the rate limit service received', (all) =>
  all.flatMap(({ domain, descriptors = [], hits_addend }) => [
    `domain ${domain}${hits_addend === undefined ? '' : `, hits_addend ${hits_addend}`}`,
    ...descriptors.map(
      ({ entries = [] }) => `  descriptor ${entries.map(({ key, value }) => `${key}=${value}`).join(', ')}`,
    ),
  ]),
);
