import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import type { DialOptions } from '../../fixtures/exchange/downstream.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { proxyHeader, type Tlv } from '../../helpers/exchange/proxy-protocol.ts';
import { ACCEPTED, CLIENT, CLIENT6, REFUSED, UNNAMED, V1 } from './headers.ts';
import { LISTENERS, proxyProtocol, TLV } from './scenario.ts';

const test = chapter(proxyProtocol);

/** Sends a header and a request, in these segments. */
function request(path: string, ...parts: string[]): DialOptions {
  const line = `GET ${path} HTTP/1.1\r\nHost: upstream\r\nConnection: close\r\n\r\n`;
  const segments = [...parts.slice(0, -1), `${parts.at(-1) ?? ''}${line}`];
  return { response: { method: 'GET' }, steps: segments.map((send) => ({ send })) };
}

const hostOf = (address: string | undefined): string | undefined => address?.replace(/:\d+$/, '').replace(/[[\]]/g, '');
const withTlvs = (...tlvs: Tlv[]): string => proxyHeader({ version: 2, ...CLIENT, tlvs });

/** The connection in the listener's access log. */
const logged = (fields: Record<string, unknown>): unknown[] => [
  expect.objectContaining({ line: expect.objectContaining(fields) }),
];

describe("the client's address", () => {
  for (const [name, header, source] of ACCEPTED) {
    test(`a header of ${name} names the client, for the access log and for x-forwarded-for`, async ({ downstream }) => {
      const { reply, received, accessLog, ownLog, stats } = await downstream.dial(
        LISTENERS.required,
        request('/healthz', header),
      );
      expect(reply.outcome).toBe(204);
      expect(received[0]?.header('x-forwarded-for')).toBe(hostOf(source));
      expect(accessLog).toEqual([expect.objectContaining({ downstream_remote_address: source })]);
      expect(ownLog).toEqual(logged({ remote: source, direct: '127.0.0.1' }));
      expect(stats[`proxy_proto.versions.v${name.split(' ')[1]}.found`]).toBe(1);
    });
  }

  for (const [name, header] of UNNAMED) {
    test(`a header of ${name} leaves the client the address of its socket`, async ({ downstream }) => {
      const { reply, ownLog } = await downstream.dial(LISTENERS.required, request('/healthz', header));
      expect(reply.outcome).toBe(204);
      expect(ownLog).toEqual(logged({ remote: reply.local, local: LISTENERS.required }));
    });
  }

  test("the listener's address is the header's destination", async ({ downstream }) => {
    const { ownLog, accessLog } = await downstream.dial(LISTENERS.required, request('/healthz', V1));
    expect(ownLog).toEqual(logged({ local: CLIENT.destination }));
    expect(accessLog).toEqual([expect.objectContaining({ downstream_local_address: CLIENT.destination })]);
  });

  for (const version of [1, 2] as const) {
    test(`a header of version ${version} in three segments is read as in one`, async ({ downstream }) => {
      const header = proxyHeader({ version, ...CLIENT });
      const parts = [header.slice(0, 5), header.slice(5, 20), header.slice(20)];
      const { reply, ownLog } = await downstream.dial(LISTENERS.required, request('/healthz', ...parts));
      expect(reply.outcome).toBe(204);
      expect(ownLog).toEqual(logged({ remote: CLIENT.source }));
    });
  }

  test('a second header is part of the request: 400 DPE', async ({ downstream }) => {
    const { reply, accessLog } = await downstream.dial(LISTENERS.required, request('/healthz', V1 + V1));
    expect(reply.outcome).toBe(400);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'DPE', downstream_remote_address: CLIENT.source }),
    ]);
  });
});

describe('headers that Envoy refuses', () => {
  for (const [name, header, counter] of REFUSED) {
    test(`${name}: Envoy resets the connection (${counter})`, async ({ downstream }) => {
      const { reply, received, accessLog, stats } = await downstream.dial(
        LISTENERS.required,
        request('/healthz', header),
      );
      expect(reply.outcome).toBe('ECONNRESET');
      expect([received, accessLog]).toEqual([[], []]);
      expect([stats.downstream_cx_proxy_proto_error, stats[`proxy_proto.${counter}`]]).toEqual([1, 1]);
    });
  }

  test('disallowed_versions V2: version 2 is reset (versions.v2.disallowed), version 1 accepted', async ({
    downstream,
  }) => {
    const second = await downstream.dial(
      LISTENERS.version1,
      request('/healthz', proxyHeader({ version: 2, ...CLIENT })),
    );
    const first = await downstream.dial(LISTENERS.version1, request('/healthz', V1));
    expect([second, first].map(({ reply }) => reply.outcome)).toEqual(['ECONNRESET', 204]);
    expect(second.stats['proxy_proto.versions.v2.disallowed']).toBe(1);
  });

  test('without the listener filter, a header is a malformed request: 400 DPE', async ({ downstream }) => {
    const { reply, accessLog } = await downstream.dial(LISTENERS.none, request('/healthz', V1));
    expect(reply.outcome).toBe(400);
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'DPE' })]);
  });
});

describe('allow_requests_without_proxy_protocol', () => {
  test('a request without a header has the address of its socket (not_found_allowed)', async ({ downstream }) => {
    const { reply, ownLog, stats } = await downstream.dial(LISTENERS.optional, request('/healthz', ''));
    expect(reply.outcome).toBe(204);
    expect(ownLog).toEqual(logged({ remote: reply.local }));
    expect(stats['proxy_proto.not_found_allowed']).toBe(1);
  });

  for (const version of [1, 2] as const) {
    test(`a header of version ${version} names the client also where it may be absent`, async ({ downstream }) => {
      const header = proxyHeader({ version, ...CLIENT });
      const { ownLog } = await downstream.dial(LISTENERS.optional, request('/healthz', header));
      expect(ownLog).toEqual(logged({ remote: CLIENT.source }));
    });
  }

  test('a malformed header is refused also where a header may be absent', async ({ downstream }) => {
    const { reply, stats } = await downstream.dial(
      LISTENERS.optional,
      request('/healthz', V1.replace('20000', '70000')),
    );
    expect(reply.outcome).toBe('ECONNRESET');
    expect(stats['proxy_proto.versions.v1.error']).toBe(1);
  });

  for (const [name, bytes] of [
    ['PRO', 'PRO'],
    ['two line ends', '\r\n\r\n'],
  ] as const) {
    test(`${name} and no more may become a header: Envoy resets the connection after listener_filters_timeout`, async ({
      downstream,
    }) => {
      const { reply, stats } = await downstream.dial(LISTENERS.optional, { steps: [{ send: bytes }] });
      expect(reply.outcome).toBe('ECONNRESET');
      expect(stats['listener.0.0.0.0_4998.downstream_pre_cx_timeout']).toBe(1);
    });
  }

  test('PUT starts as PROXY does, and passes as a request', async ({ downstream }) => {
    const { reply, received } = await downstream.dial(LISTENERS.optional, {
      response: { method: 'PUT' },
      steps: [{ send: 'PUT /healthz HTTP/1.1\r\nHost: upstream\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' }],
    });
    expect(reply.outcome).toBe(204);
    expect(received.map(({ raw }) => raw.method)).toEqual(['PUT']);
  });
});

describe('fields of version 2 (TLVs)', () => {
  const field = (value: string): Tlv => ({ type: TLV.logged, value });

  for (const [name, tlvs, vpc] of [
    ['with the type of a rule is dynamic metadata of the connection', [field('vpc-1')], 'vpc-1'],
    ['after one that fills up (PP2_TYPE_NOOP) is read', [{ type: 4, value: '\0\0\0' }, field('vpc-1')], 'vpc-1'],
    ['that occurs twice: the first one is metadata', [field('one'), field('two')], 'one'],
    ['that is not UTF-8 has ! for each such byte in the metadata', [field('\xff\xfe')], '!!'],
    ['that is empty is empty metadata', [field('')], ''],
    ['without a rule is no metadata', [{ type: TLV.passed, value: 'x' }], null],
  ] as [string, Tlv[], string | null][]) {
    test(`a field ${name}`, async ({ downstream }) => {
      const { ownLog } = await downstream.dial(LISTENERS.required, request('/healthz', withTlvs(...tlvs)));
      expect(ownLog).toEqual(logged({ vpc }));
    });
  }

  test('a header of 65,515 bytes with one field is read whole', async ({ downstream }) => {
    const tlv = { type: TLV.passed, value: 'x'.repeat(65_484) };
    const { reply, ownLog } = await downstream.dial(LISTENERS.required, request('/healthz', withTlvs(tlv)));
    expect(reply.outcome).toBe(204);
    expect(ownLog).toEqual(logged({ remote: CLIENT.source }));
  });
});

describe('headers to upstreams', () => {
  for (const [name, header, ends] of [
    ['an IPv4 client', proxyHeader({ version: 2, ...CLIENT }), CLIENT],
    ['an IPv6 client', proxyHeader({ version: 2, ...CLIENT6 }), CLIENT6],
  ] as const) {
    for (const version of [1, 2] as const) {
      test(`version ${version} has the addresses of the header that named ${name}`, async ({ downstream }) => {
        const { received } = await downstream.dial(LISTENERS.required, request(`/version-${version}/`, header));
        expect(received.map(({ raw }) => raw.proxy)).toEqual([{ version, ...ends }]);
      });
    }
  }

  for (const version of [1, 2] as const) {
    test(`version ${version} has the addresses of the socket for a client without a header`, async ({ downstream }) => {
      const { reply, received } = await downstream.dial(LISTENERS.none, request(`/version-${version}/`));
      expect(received.map(({ raw }) => raw.proxy)).toEqual([
        { version, source: reply.local, destination: LISTENERS.none },
      ]);
    });

    test(`version ${version} has the addresses of the socket for a client whose header was LOCAL`, async ({
      downstream,
    }) => {
      const [, , , local] = UNNAMED;
      const { reply, received } = await downstream.dial(
        LISTENERS.required,
        request(`/version-${version}/`, local?.[1] ?? ''),
      );
      expect(received.map(({ raw }) => raw.proxy)).toEqual([
        { version, source: reply.local, destination: LISTENERS.required },
      ]);
    });
  }

  const one = { type: TLV.passed, value: 'one' };
  const two = { type: TLV.passed, value: 'two' };
  const other = { type: TLV.logged, value: 'v' };
  const added = { type: TLV.added, value: 'added' };
  const own = { type: TLV.added, value: 'mine' };

  for (const [path, name, before, now] of [
    ['version-2', 'without pass_through_tlvs, no field reaches the upstream', [], []],
    ['all', 'pass_through_tlvs INCLUDE_ALL passes every field on', [one, other, own], [one, other, two, own]],
    ['some', 'pass_through_tlvs INCLUDE passes the fields of its types on', [one], [one, two]],
    [
      'added',
      'added_tlvs come first, and replace fields of their types',
      [added, one, other],
      [added, one, other, two],
    ],
  ] as [string, string, Tlv[], Tlv[]][]) {
    test(
      `${name}${now.length > before.length ? '; before 1.37.0, only the first one of each type' : ''}`,
      differs(CHANGES.proxyProtocolDuplicateTlvs),
      async ({ downstream, since }) => {
        const header = withTlvs(one, other, two, own);
        const { received } = await downstream.dial(LISTENERS.required, request(`/${path}/`, header));
        const tlvs = since(CHANGES.proxyProtocolDuplicateTlvs) ? now : before;
        expect(received.map(({ raw }) => raw.proxy?.tlvs ?? [])).toEqual([tlvs]);
      },
    );
  }

  test('added_tlvs are in the header of a client that sent none', async ({ downstream }) => {
    const { received } = await downstream.dial(LISTENERS.none, request('/added/'));
    expect(received.map(({ raw }) => raw.proxy?.tlvs)).toEqual([[added]]);
  });

  test(
    'fields that do not fit beside added_tlvs are left out since 1.38.3; before, their bytes follow a header of wrong length',
    differs(CHANGES.proxyProtocolLongTlvs),
    async ({ downstream, since }) => {
      const longest = { type: TLV.passed, value: 'x'.repeat(65_519) };
      const { reply, received } = await downstream.dial(LISTENERS.required, request('/added/', withTlvs(longest)));
      if (since(CHANGES.proxyProtocolLongTlvs)) {
        expect(received.map(({ raw }) => raw.proxy?.tlvs)).toEqual([[added]]);
      } else {
        expect(received).toEqual([]);
        expect(reply.outcome).not.toBe(200);
      }
    },
  );
});
