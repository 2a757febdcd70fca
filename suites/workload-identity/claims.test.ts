import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import { ADDRESSES, endOf } from '../../helpers/constants/addresses.ts';
import { DOWNSTREAM_UID, ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { connectionManager, listener } from '../../helpers/envoy/select.ts';
import { counted } from '../shared/counted.ts';
import {
  closedConnectionIsUnknown,
  eachRequestIsChecked,
  programsAreDistinguished,
} from '../shared/identity/claims.ts';
import { FAILURE_MODE_ALLOW, NO_EARLY_REMOVAL } from '../shared/identity/faults.ts';
import { FORGED_WORKLOAD, identityHeaders, identityHeadersOf } from '../shared/identity/headers.ts';
import { GET, openFrom } from '../shared/one-source.ts';
import { RULE } from '../shared/original-dst/rules.ts';
import { workloadIdentity } from './scenario.ts';

const test = chapter(workloadIdentity);
const throughListener = ({ envoyUrl }: Lab) => envoyUrl;

const ANOTHER_UID = 1001;
const captured = counted(RULE.capture, { table: 'nat', packets: 1 });
const LISTENER4 = `127.0.0.1:${PORTS.listener}`;
const LISTENER6 = `[::1]:${PORTS.listener}`;
const OWN_ADDRESS = ADDRESSES.towardsUpstreams.ipv4;

/**
 * Opens a connection, and lets another program open one to an address on port 80 from the same address and
 * port and send a request. Then sends one itself. The port is below the kernel's range of ephemeral ports.
 */
function sharingSource(port: number, [own, other]: [string, string]): ['sh', ...string[]] {
  const { address: host, port: at } = endOf(own);
  const opening = openFrom(port);
  const first = `${opening} my $s = opened("${host}", ${at}); system "/tmp/second", "-e", $ARGV[0];
    syswrite $s, "${GET}"; 1 while <$s>; print $?`;
  const second = `${opening} my $s = opened("${other}", 80); syswrite $s, "${GET}"; 1 while <$s>`;
  return ['sh', '-c', 'cp /usr/bin/perl /tmp/second && exec perl -e "$@"', 'sh', first, second];
}

/** Lets curl send a request to a URL while another program has a connection from a port to an address. */
function heldPort(port: number, { own, url }: { own: string; url: string }): ['sh', ...string[]] {
  const { address: host, port: at } = endOf(own);
  const holds = `${openFrom(port)} my $s = opened("${host}", ${at}); print \`curl --silent --output /dev/null --write-out '%{http_code}' $ARGV[0]\`;
    syswrite $s, "${GET}"; 1 while <$s>`;
  return ['sh', '-c', 'cp /usr/bin/perl /tmp/holder && exec /tmp/holder -e "$@"', 'sh', holds, url];
}

describe('identified programs', () => {
  test('the upstream receives program and user of a request in x-workload-id and x-workload-user', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, authzLog } = await downstream.get(lab.envoyUrl, { program: 'curl', uid: 0 });
    expect(reply.outcome).toBe(200);
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Curl', 'root'));
    expect(authzLog).toEqual([`${reply.local} program=Curl user=root`]);
  });

  test("an ext_authz check carries the downstream's address and port as source, and a timeout of 5 s", async ({
    lab,
    downstream,
  }) => {
    const { reply, checks } = await downstream.get(lab.envoyUrl);
    expect(checks.map(({ attributes }) => attributes?.source?.address?.socket_address)).toEqual([
      { address: '127.0.0.1', port_value: endOf(reply.local).port },
    ]);
    // Enough to search /proc on a busy machine; the default is 200 ms.
    expect(checks[0]?.timeout, 'timeout of the check').toBe('5000m');
  });

  programsAreDistinguished(
    test,
    'requests of two programs under three users each get their own x-workload-id and x-workload-user',
    throughListener,
    [0, DOWNSTREAM_UID, ANOTHER_UID],
  );

  eachRequestIsChecked(
    test,
    'the authorization service looks up each request on a keep-alive connection separately',
    throughListener,
  );

  test('ten concurrent requests each get their own lookup, x-workload-id and x-workload-user', async ({
    lab,
    downstream,
  }) => {
    const { replies, received, authzLog } = await downstream.getAll(Array(10).fill(lab.envoyUrl));
    expect(replies.map(({ outcome }) => outcome)).toEqual(Array(10).fill(200));
    expect(received.map((request) => identityHeadersOf([request]))).toEqual(
      Array(10).fill(identityHeaders('Node', '1000')),
    );
    expect(authzLog.sort()).toEqual(replies.map(({ local }) => `${local} program=Node user=1000`).sort());
  });
});

describe('connections with the same source', () => {
  test('connections with the same source address and port are distinguished by original destination', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, authzLog, rules } = await downstream.run(
      sharingSource(PORTS.chosenSource, [upstream.socketAddress, upstream.address.ipv4]),
    );
    expect(reply.body).toBe('0');
    expect(rules).toEqual([captured]);
    expect(authzLog).toEqual(['198.51.100.1:20000 program=Second user=root']);
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Second', 'root'));
  });

  test(
    'without original_dst, connections that share a source address and port are reported as Unknown',
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.restartEnvoy({ config: { at: listener('ingress'), delete: ['listener_filters'] } });
      const { received, authzLog } = await downstream.run(
        sharingSource(PORTS.otherChosenSource, [upstream.socketAddress, upstream.address.ipv4]),
      );
      expect(authzLog).toEqual([
        '198.51.100.1:20001 program=Unknown user=Unknown reason="several connections use this address and port"',
      ]);
      expect(identityHeadersOf(received)).toEqual(identityHeaders('Unknown', 'Unknown'));
    },
  );

  test('of two redirected connections from one port, Envoy sees the second from another port, and its program is Unknown', async ({
    downstream,
    upstream,
  }) => {
    const { received, authzLog, rules, conntrack } = await downstream.run(
      sharingSource(20_002, [`${upstream.address.ipv4}:80`, OWN_ADDRESS]),
    );
    expect(rules).toEqual([counted(RULE.capture, { table: 'nat', packets: 2 })]);
    const translated = conntrack.filter(({ nat }) => nat);
    expect(translated.map(({ original }) => original.source)).toEqual(Array(2).fill(`${OWN_ADDRESS}:20002`));
    const chosen = translated.find(({ original }) => original.destination === `${OWN_ADDRESS}:80`)?.reply.destination;
    expect(chosen).not.toBe(`${OWN_ADDRESS}:20002`);
    expect(authzLog).toEqual([
      `${chosen} program=Unknown user=Unknown reason="no row in /proc/net/tcp or tcp6"`,
      `${OWN_ADDRESS}:20002 program=Perl user=root`,
    ]);
    expect(received.map((request) => identityHeadersOf([request]))).toEqual([
      identityHeaders('Unknown', 'Unknown'),
      identityHeaders('Perl', 'root'),
    ]);
  });

  test('a source port that NAT has replaced by the port of another program names that program', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.add(`
      *nat
      -A POSTROUTING -p tcp --dport ${PORTS.listener} -m comment --comment "replace source ports" -j SNAT --to-source ${OWN_ADDRESS}:20003
      COMMIT`);
    const { reply, received, authzLog } = await downstream.run(
      heldPort(20_003, { own: upstream.socketAddress, url: `http://${upstream.address.ipv4}` }),
    );
    expect(reply.body).toBe('200');
    expect(authzLog).toEqual([`${OWN_ADDRESS}:20003 program=Holder user=root`]);
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Holder', 'root'));
    expect(received[0]?.header('user-agent')).toMatch(/^curl\//);
  });
});

describe('logged details', () => {
  test('the authorization service logs the file of the program and the TCP state of its connection', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ identity: { details: true } });
    const { reply, authzLog } = await downstream.get(lab.envoyUrl, { program: 'curl', uid: 0 });
    expect(authzLog).toEqual([`${reply.local} program=Curl user=root path=/usr/bin/curl state=ESTABLISHED`]);
  });
});

describe('idle connections', () => {
  test(
    'with idle_timeout, Envoy closes a kept-alive connection that is idle, after drain_timeout',
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({
        config: {
          at: connectionManager(),
          add: { common_http_protocol_options: { idle_timeout: '0.1s' }, drain_timeout: '0.1s' },
        },
      });
      const { reply, received, authzLog, stats } = await downstream.dial(LISTENER4, {
        steps: [{ send: 'GET / HTTP/1.1\r\nhost: h\r\n\r\n' }],
      });
      expect(reply.outcome).toBe('closed');
      expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(identityHeadersOf(received)).toEqual(identityHeaders('Node', '1000'));
      expect(authzLog).toHaveLength(1);
      expect(stats['http.ingress.downstream_cx_idle_timeout']).toBe(1);
    },
  );
});

describe('IPv6 and redirected connections', () => {
  test('a request over IPv6 is checked with source ::1 and gets its x-workload-id and x-workload-user', async ({
    downstream,
  }) => {
    const { reply, received, checks } = await downstream.get(`http://${LISTENER6}`, { program: 'curl' });
    expect(reply.local).toMatch(/^\[::1\]:/);
    expect(checks[0]?.attributes?.source?.address?.socket_address?.address).toBe('::1');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Curl', '1000'));
  });

  test('a request from an IPv6 socket to ::ffff:127.0.0.1 is checked with source 127.0.0.1 and identified', async ({
    downstream,
  }) => {
    const { reply, received, checks } = await downstream.get(`http://[::ffff:127.0.0.1]:${PORTS.listener}`, {
      program: 'curl',
    });
    expect(reply.outcome).toBe(200);
    expect(checks[0]?.attributes?.source?.address?.socket_address?.address).toBe('127.0.0.1');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Curl', '1000'));
  });

  test('a request redirected by iptables is checked with its own source address and identified', async ({
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

  test('a request redirected by ip6tables is checked with its own IPv6 source address and identified', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, checks, rules } = await downstream.get(`http://[${upstream.address.ipv6}]`, { uid: 0 });
    expect(rules).toEqual([counted(RULE.capture, { family: 'ipv6', packets: 1 })]);
    expect(reply.remote).toBe(`[${upstream.address.ipv6}]:80`);
    expect(checks[0]?.attributes?.source?.address?.socket_address?.address).toBe('2001:db8:2::1');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Node', 'root'));
  });
});

describe('scope of the rule', () => {
  test('a request that no rule captures gets no check and no x-workload-id or x-workload-user', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, checks, rules } = await downstream.get(upstream.url);
    expect(reply.header('server')).toBe('upstream');
    expect(identityHeadersOf(received)).toEqual(identityHeaders(undefined, undefined));
    expect([checks, rules]).toEqual([[], []]);
  });

  test("a request by a process with Envoy's uid (--uid-owner) bypasses Envoy: upstream port 80 refuses it", async ({
    downstream,
    upstream,
  }) => {
    const { reply, checks, rules } = await downstream.get(`http://${upstream.address.ipv4}`, { uid: ENVOY_UID });
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect([checks, rules]).toEqual([[], []]);
  });
});

describe('forged identities and failures', () => {
  test('forged x-workload-id and x-workload-user headers are replaced by the real program and user', async ({
    lab,
    downstream,
  }) => {
    const headers = FORGED_WORKLOAD;
    const { received } = await downstream.get(lab.envoyUrl, { headers });
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Node', '1000'));
  });

  test('while the authorization service is stopped, a request with a forged x-workload-id gets 403 UAEX', async ({
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
    'with failure_mode_allow and no authorization service, a forged x-workload-id is removed; the request gets 200',
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
    'without early_header_mutation, failure_mode_allow lets a forged x-workload-id reach the upstream',
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
  test('a socket shared by a parent and its child gets x-workload-id with both programs', async ({ downstream }) => {
    const script = `$| = 1; print "${GET}"; 1 while <STDIN>`;
    const { reply, received } = await downstream.run([
      ...(['bash', '-c'] as const),
      `exec 3<>/dev/tcp/127.0.0.1/${PORTS.listener}; perl -e '${script}' <&3 >&3 ; echo "perl ended with $?"`,
    ]);
    expect(reply.body).toBe('perl ended with 0\n');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Bash,Perl', 'root'));
  });

  test('a copy of curl named payroll gets x-workload-id Payroll: the capitalized file name, not the program', async ({
    downstream,
  }) => {
    const { reply, received } = await downstream.run([
      ...(['sh', '-c'] as const),
      `cp /usr/bin/curl /tmp/payroll && /tmp/payroll --silent --output /dev/null --write-out '%{http_code}' 127.0.0.1:${PORTS.listener}`,
    ]);
    expect(reply.body).toBe('200');
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Payroll', 'root'));
  });

  test('a program whose executable file is deleted still gets the file name as x-workload-id', async ({
    downstream,
  }) => {
    const script = `unlink "/tmp/gone"; $| = 1; print "${GET}"; 1 while <STDIN>`;
    const { received } = await downstream.run([
      ...(['bash', '-c'] as const),
      `cp /usr/bin/perl /tmp/gone; exec 3<>/dev/tcp/127.0.0.1/${PORTS.listener}; exec /tmp/gone -e '${script}' <&3 >&3`,
    ]);
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Gone', 'root'));
  });
});

describe('unknown processes', () => {
  closedConnectionIsUnknown(
    test,
    'a lookup of a closed connection in /proc/net/tcp returns Unknown, not root',
    throughListener,
  );

  test('a lookup of an address without a connection, or with a listening socket only, returns Unknown', async ({
    authz,
  }) => {
    const unknown = { program: 'Unknown', user: 'Unknown', why: 'no row in /proc/net/tcp or tcp6' };
    expect(await authz.findWorkload({ local: '127.0.0.1:1' })).toEqual(unknown);
    expect(await authz.findWorkload({ local: '[::1]:1' })).toEqual(unknown);
    // Envoy's listening socket is not an end of a connection.
    expect(await authz.findWorkload({ local: `[::]:${PORTS.listener}` })).toEqual(unknown);
  });

  test('a lookup by another user without SYS_PTRACE finds the user of a connection but not its program', async ({
    lab,
    authz,
    downstream,
  }) => {
    const { reply } = await downstream.get(lab.envoyUrl, { connection: 'kept' });
    const asService = await authz.findWorkload(reply.raw);
    const asOtherUser = await authz.findWorkload(reply.raw, ANOTHER_UID);
    const asSameUser = await authz.findWorkload(reply.raw, DOWNSTREAM_UID);
    await downstream.get(lab.envoyUrl, { connection: 'kept', last: true });
    const found = { program: 'Node', user: '1000', path: expect.stringMatching(/\/node$/), state: 'ESTABLISHED' };
    expect(asService).toEqual(found);
    expect(asOtherUser).toEqual({
      program: 'Unknown',
      user: '1000',
      state: 'ESTABLISHED',
      why: 'no visible process has its socket open',
    });
    expect(asSameUser).toEqual(found);
  });
});
