import { expect } from 'vitest';
import type { ChapterTest } from '../../../fixtures/chapter.ts';
import type { Lab } from '../../../fixtures/lab/lab.ts';
import type { Upstream } from '../../../fixtures/lab/upstream.ts';
import { counted } from '../counted.ts';
import { identityHeaders, identityHeadersOf } from './headers.ts';

type Test = ChapterTest<'upstream'>;

/** The URL whose requests reach Envoy. */
type Url = (lab: Lab, upstream: Upstream) => string;

const PROGRAMS = { curl: 'Curl', undici: 'Node' } as const;

export function programsAreDistinguished(test: Test, title: string, url: Url, uids: number[]): void {
  test(title, async ({ lab, downstream, upstream }) => {
    const workloads = (['curl', 'undici'] as const).flatMap((program) => uids.map((uid) => ({ program, uid })));
    const received: unknown[] = [];
    for (const workload of workloads) {
      received.push(identityHeadersOf((await downstream.get(url(lab, upstream), workload)).received));
    }
    // A uid without a name in the stub's passwd stays a number; a script has its interpreter's name.
    expect(received).toEqual(
      workloads.map(({ program, uid }) => identityHeaders(PROGRAMS[program], uid === 0 ? 'root' : String(uid))),
    );
  });
}

/** @param rule the comment of the capture rule, where the connection is captured */
export function eachRequestIsChecked(test: Test, title: string, url: Url, rule?: string): void {
  test(title, async ({ lab, downstream, upstream }) => {
    const first = await downstream.get(url(lab, upstream), { connection: 'kept' });
    const second = await downstream.get(url(lab, upstream), { connection: 'kept', last: true });
    for (const { received, reply, authzLog } of [first, second]) {
      expect(identityHeadersOf(received)).toEqual(identityHeaders('Node', '1000'));
      expect(reply.local).toBe(first.reply.local);
      expect(authzLog).toEqual([`${first.reply.local} program=Node user=1000`]);
    }
    if (rule === undefined) return;
    expect(first.rules).toContainEqual(counted(rule, { packets: 1 }));
    expect(second.rules).not.toContainEqual(counted(rule));
  });
}

export function closedConnectionIsUnknown(test: Test, title: string, url: Url): void {
  test(title, async ({ lab, authz, downstream, upstream }) => {
    const { reply, authzLog } = await downstream.get(url(lab, upstream));
    expect(authzLog).toEqual([`${reply.local} program=Node user=1000`]);
    expect(await authz.findWorkload(reply.raw)).toEqual({
      program: 'Unknown',
      user: 'Unknown',
      why: 'its socket is closed (inode 0)',
    });
  });
}
