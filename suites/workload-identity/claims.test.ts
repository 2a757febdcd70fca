import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import { endOf } from '../../helpers/constants/addresses.ts';
import { DOWNSTREAM_UID, ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { listener } from '../../helpers/envoy/select.ts';
import { counted } from '../shared/counted.ts';
import {
  closedConnectionIsUnknown,
  eachRequestIsChecked,
  programsAreDistinguished,
} from '../shared/identity/claims.ts';
import { FAILURE_MODE_ALLOW, NO_EARLY_REMOVAL } from '../shared/identity/faults.ts';
import { FORGED_WORKLOAD, identityHeaders, identityHeadersOf } from '../shared/identity/headers.ts';
import { RULE } from '../shared/original-dst/rules.ts';
import { workloadIdentity } from './scenario.ts';

const test = chapter(workloadIdentity);
const throughListener = ({ envoyUrl }: Lab) => envoyUrl;

/** A request as perl writes it. */
const GET = 'GET / HTTP/1.1\\r\\nhost: envoy\\r\\nconnection: close\\r\\n\\r\\n';
const ANOTHER_UID = 1001;
const captured = counted(RULE.capture, { table: 'nat', packets: 1 });
const LISTENER6 = `[::1]:${PORTS.listener}`;

/**
 * Opens a connection to the upstream's own port, and beside it, from the same address and port, lets another program ask
 * on port 80. The port is below those that the kernel picks.
 */
function fromPort(port: number, upstream: string): ['sh', ...string[]] {
  const open = `use Socket; socket(S, PF_INET, SOCK_STREAM, 0); setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1);
    bind(S, sockaddr_in(${port}, inet_aton("198.51.100.1")));
    connect(S, sockaddr_in($ARGV[0], inet_aton("${upstream}"))) or die "$!";`;
  const first = `${open} system "/tmp/second", "-e", $ARGV[1], "80"; print $?`;
  const second = `${open} syswrite S, "${GET}"; 1 while <S>`;
  return ['sh', '-c', 'cp /usr/bin/perl /tmp/second && exec perl -e "$@"', 'sh', first, String(PORTS.upstream), second];
}

describe('identified programs', () => {
  test('the upstream is told the program and the user behind a request', async ({ lab, downstream }) => {
    const { reply, received, authzLog } = await downstream.get(lab.envoyUrl, { program: 'curl', uid: 0 });
    expect(reply.outcome).toBe(200);
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Curl', 'root'));
    expect(authzLog).toEqual([`${reply.local} is Curl of root`]);
  });

  test('the stub looks up the address and the port that the check says the request came from', async ({
    lab,
    downstream,
  }) => {
    const { reply, checks } = await downstream.get(lab.envoyUrl);
    expect(checks.map(({ attributes }) => attributes?.source?.address?.socket_address)).toEqual([
      { address: '127.0.0.1', port_value: endOf(reply.local).port },
    ]);
    // Time enough to look through /proc on a busy machine: Envoy by itself would give it 200 ms.
    expect(checks[0]?.timeout, 'how long Envoy waits for the stub').toBe('5000m');
  });

  programsAreDistinguished(test, 'two programs of three users are told apart on the same Envoy', throughListener, [
    ...[0, DOWNSTREAM_UID, ANOTHER_UID],
  ]);

  eachRequestIsChecked(test, 'each request of a kept connection is looked up', throughListener);

  test('ten connections at once are each told as what they are', async ({ lab, downstream }) => {
    const { replies, received, authzLog } = await downstream.getAll(Array(10).fill(lab.envoyUrl));
    expect(replies.map(({ outcome }) => outcome)).toEqual(Array(10).fill(200));
    expect(received.map((request) => identityHeadersOf([request]))).toEqual(
      Array(10).fill(identityHeaders('Node', '1000')),
    );
    expect(authzLog.sort()).toEqual(replies.map(({ local }) => `${local} is Node of 1000`).sort());
  });
});

describe('shared address and port', () => {
  test('of two connections that share an address and a port, the one that was redirected is told by where it went', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, authzLog, rules } = await downstream.run(
      fromPort(PORTS.chosenSource, upstream.address.ipv4),
    );
    expect(reply.body).toBe('0');
    expect(rules).toEqual([captured]);
    expect(authzLog).toEqual(['198.51.100.1:20000 is Second of root']);
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Second', 'root'));
  });

  test(
    'without original_dst Envoy cannot say where it went, and it is unknown rather than either',
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.restartEnvoy({ config: { at: listener('ingress'), delete: ['listener_filters'] } });
      const { received, authzLog } = await downstream.run(fromPort(PORTS.otherChosenSource, upstream.address.ipv4));
      expect(authzLog).toEqual(['198.51.100.1:20001 is Unknown of Unknown: several connections have this end']);
      expect(identityHeadersOf(received)).toEqual(identityHeaders('Unknown', 'Unknown'));
    },
  );
});

describe('IPv6 and redirected connections', () => {
  test('a downstream of IPv6 is found by its address in the table of IPv6', async ({ downstream }) => {
    const { reply, received, checks } = await downstream.get(`http://${LISTENER6}`, { program: 'curl' });
    expect(reply.local).toMatch(/^\[::1\]:/);
    expect(checks[0]?.attributes?.source?.address?.socket_address?.address).toBe('::1');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Curl', '1000'));
  });

  test('an IPv4 connection of an IPv6 socket stands in the table of IPv6 alone, and is found there', async ({
    downstream,
  }) => {
    const { reply, received, checks } = await downstream.get(`http://[::ffff:127.0.0.1]:${PORTS.listener}`, {
      program: 'curl',
    });
    expect(reply.outcome).toBe(200);
    expect(checks[0]?.attributes?.source?.address?.socket_address?.address).toBe('127.0.0.1');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Curl', '1000'));
  });

  test('a downstream that REDIRECT brought to Envoy is found all the same, under the address that it dialled from', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, checks, rules } = await downstream.get(`http://${upstream.address.ipv4}`, {
      program: 'curl',
    });
    expect(rules).toEqual([captured]);
    expect(reply.remote).toBe(`${upstream.address.ipv4}:80`);
    expect(checks[0]?.attributes?.source?.address?.socket_address?.address).toBe('198.51.100.1');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Curl', '1000'));
  });

  test('the same over IPv6', async ({ downstream, upstream }) => {
    const { reply, received, checks, rules } = await downstream.get(`http://[${upstream.address.ipv6}]`, { uid: 0 });
    expect(rules).toEqual([counted(RULE.capture, { family: 'ipv6', packets: 1 })]);
    expect(reply.remote).toBe(`[${upstream.address.ipv6}]:80`);
    expect(checks[0]?.attributes?.source?.address?.socket_address?.address).toBe('2001:db8:2::1');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Node', 'root'));
  });
});

describe('scope of the rule', () => {
  test('what the rule does not capture is not looked up, and the upstream is told nothing', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, checks, rules } = await downstream.get(upstream.url);
    expect(reply.header('server')).toBe('upstream');
    expect(identityHeadersOf(received)).toEqual(identityHeaders(undefined, undefined));
    expect([checks, rules]).toEqual([[], []]);
  });

  test('a process of the user that Envoy runs as goes past it: port 80 of the upstream refuses', async ({
    downstream,
    upstream,
  }) => {
    const { reply, checks, rules } = await downstream.get(`http://${upstream.address.ipv4}`, { uid: ENVOY_UID });
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect([checks, rules]).toEqual([[], []]);
  });
});

describe('forged identities and failures', () => {
  test('a downstream that says who it is is not believed', async ({ lab, downstream }) => {
    const headers = FORGED_WORKLOAD;
    const { received } = await downstream.get(lab.envoyUrl, { headers });
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Node', '1000'));
  });

  test('without an answer of the stub nobody gets through, whoever they say they are', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.stop();
    const { reply, received, accessLog } = await downstream.get(lab.envoyUrl, {
      headers: { 'x-workload-id': 'Payroll' },
    });
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_error' }),
    ]);
  });

  test(
    'whom the failure mode lets through without an answer has no identity, not even a forged one',
    changesEnvoy,
    async ({ lab, authz, downstream }) => {
      await lab.restartEnvoy({ config: FAILURE_MODE_ALLOW });
      await authz.stop();
      const headers = FORGED_WORKLOAD;
      const { reply, received } = await downstream.get(lab.envoyUrl, { headers });
      expect(reply.outcome).toBe(200);
      expect(identityHeadersOf(received)).toEqual(identityHeaders(undefined, undefined));
    },
  );

  test(
    'without the early removal the failure mode carries a forged identity to the upstream',
    changesEnvoy,
    async ({ lab, authz, downstream }) => {
      await lab.restartEnvoy({ config: [FAILURE_MODE_ALLOW, NO_EARLY_REMOVAL] });
      await authz.stop();
      const { reply, received } = await downstream.get(lab.envoyUrl, { headers: { 'x-workload-id': 'Payroll' } });
      expect(reply.outcome).toBe(200);
      expect(identityHeadersOf(received)).toEqual(identityHeaders('Payroll', undefined));
    },
  );
});

describe('processes and their files', () => {
  test('a socket that a parent shares with its child belongs to both', async ({ downstream }) => {
    const ask = `$| = 1; print "${GET}"; 1 while <STDIN>`;
    const { reply, received } = await downstream.run([
      ...(['bash', '-c'] as const),
      `exec 3<>/dev/tcp/127.0.0.1/${PORTS.listener}; perl -e '${ask}' <&3 >&3 ; echo "perl ended with $?"`,
    ]);
    expect(reply.body).toBe('perl ended with 0\n');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Bash,Perl', 'root'));
  });

  test('a program is known by the name of its file, which anybody can choose', async ({ downstream }) => {
    const { reply, received } = await downstream.run([
      ...(['sh', '-c'] as const),
      `cp /usr/bin/curl /tmp/payroll && /tmp/payroll --silent --output /dev/null --write-out '%{http_code}' 127.0.0.1:${PORTS.listener}`,
    ]);
    expect(reply.body).toBe('200');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Payroll', 'root'));
  });

  test('a file that has been deleted since is still known by its name', async ({ downstream }) => {
    const ask = `unlink "/tmp/gone"; $| = 1; print "${GET}"; 1 while <STDIN>`;
    const { received } = await downstream.run([
      ...(['bash', '-c'] as const),
      `cp /usr/bin/perl /tmp/gone; exec 3<>/dev/tcp/127.0.0.1/${PORTS.listener}; exec /tmp/gone -e '${ask}' <&3 >&3`,
    ]);
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Gone', 'root'));
  });
});

describe('unknown processes', () => {
  closedConnectionIsUnknown(
    test,
    'a downstream that has gone is unknown, and not root, though its row says uid 0',
    throughListener,
  );

  test('a port that nobody calls from is unknown', async ({ authz }) => {
    const nobody = { program: 'Unknown', user: 'Unknown', why: 'no table has a row for it' };
    expect(await authz.whoIs({ local: '127.0.0.1:1' })).toEqual(nobody);
    expect(await authz.whoIs({ local: '[::1]:1' })).toEqual(nobody);
    // Envoy listens there, which makes it an end of no connection.
    expect(await authz.whoIs({ local: `[::]:${PORTS.listener}` })).toEqual(nobody);
  });

  test('without a capability the user of a connection is known, and its program is not', async ({
    lab,
    authz,
    downstream,
  }) => {
    const { reply } = await downstream.get(lab.envoyUrl, { connection: 'kept' });
    const asStub = await authz.whoIs(reply.raw);
    const asAnother = await authz.whoIs(reply.raw, ANOTHER_UID);
    const asItself = await authz.whoIs(reply.raw, DOWNSTREAM_UID);
    await downstream.get(lab.envoyUrl, { connection: 'kept', last: true });
    expect(asStub).toEqual({ program: 'Node', user: '1000' });
    expect(asAnother).toEqual({
      program: 'Unknown',
      user: '1000',
      why: 'no process that can be seen holds its socket',
    });
    expect(asItself).toEqual({ program: 'Node', user: '1000' });
  });
});
