import { expect } from 'vitest';
import type { ChapterTest } from '../../../fixtures/chapter.ts';
import type { Script } from '../../../helpers/exchange/script.ts';
import { logged, moved } from './observed.ts';
import { get } from './scripts.ts';

/** Status, flags and details of an access log entry. */
type Logged = [number, string, string];

interface Case<L extends string> {
  title: string;
  listener?: L;
  /** What the downstream sends. Default: a GET of the path. */
  send?: Script;
  path?: string;
  headers?: string;
  upstream?: [Script, ...Script[]];
  reply: [number | string, unknown];
  grpcStatus?: string;
  log: Logged;
  counters: Record<string, number>;
  /** The values of x-envoy-attempt-count that the upstream receives. */
  attempts?: string[];
}

/**
 * Each case is a claim: one request, its reply, its log entry, and every counter that moves.
 *
 * @param listeners the ports of Envoy's listeners
 */
export function claims<U extends string, L extends string>(
  test: ChapterTest<U | 'upstream'>,
  listeners: Record<L, number> & { ingress: number },
  cases: Case<NoInfer<L>>[],
): void {
  for (const { title, listener, path = '/', headers, send, upstream: scripts, ...expected } of cases) {
    test(title, async ({ downstream, upstreams: { upstream } }) => {
      if (scripts) await upstream.answers({ '*': scripts });
      const steps = send ?? [get(path, headers)];
      const framed = steps.some((step) => 'frames' in step);
      const port = listener ? listeners[listener] : listeners.ingress;
      const seen = await downstream.dial(`127.0.0.1:${port}`, {
        steps,
        ...(!framed && { response: { method: 'GET' } }),
      });
      expect([seen.reply.outcome, seen.reply.body]).toEqual(expected.reply);
      if (expected.grpcStatus) expect(seen.reply.header('grpc-status')).toBe(expected.grpcStatus);
      expect(logged(seen)).toEqual([expected.log]);
      expect(moved(seen)).toEqual(expected.counters);
      if (expected.attempts)
        expect(seen.received.map((request) => request.header('x-envoy-attempt-count'))).toEqual(expected.attempts);
    });
  }
}
