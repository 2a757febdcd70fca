import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import type { DialOptions } from '../../fixtures/exchange/downstream.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager } from '../../helpers/envoy/select.ts';
import { type ClientHello, clientHello, GROUP } from '../../helpers/exchange/client-hello.ts';
import { serverHello } from '../../helpers/exchange/server-hello.ts';
import { LISTENERS, tls } from './scenario.ts';

const test = chapter(tls);

const GET = { send: 'GET /healthz HTTP/1.1\r\nHost: front.test\r\n\r\n' };
const STDOUT = 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog';
const SPOOFED = 'Hash=0;Subject="CN=spoofed"';
const CLIENT: [string, string] = ['client.test', 'spiffe://lab/client'];

/** A request over TLS to the chain of a name. */
function to(serverName: string, more: DialOptions['tls'] = {}, headers = ''): DialOptions {
  const request = GET.send.replace('\r\n\r\n', `\r\n${headers}\r\n`);
  return { tls: { serverName, verify: false, ...more }, response: { method: 'GET' }, steps: [{ send: request }] };
}

/** A handshake without a request, which would be lost in a connection that Envoy closes. */
function handshake(serverName: string, keyPair?: { certificate: string; key: string }): DialOptions {
  return { tls: { serverName, verify: false, ...(keyPair && { keyPair }) } };
}

/** A ClientHello; the client goes away once it has read the first record. */
function hello(options: ClientHello, reads = 7): DialOptions {
  return { steps: [{ send: clientHello(options) }, { untilBytes: reads }, { reset: true }] };
}

/** What Envoy logs of a listener's connection. */
const logged = (fields: Record<string, unknown>): unknown[] => [
  expect.objectContaining({ line: expect.objectContaining(fields) }),
];

const failed = (number: number, name: string, details?: string): string =>
  `TLS_error:|${number}:SSL_routines:OPENSSL_internal:${name}${details ? `:${details}` : ''}:TLS_error_end`;
const unverified = (details?: string): string =>
  failed(268435581, 'CERTIFICATE_VERIFY_FAILED', details && `verify_cert_failed:_${details}`);
const atDepth0 = (why: string): string => `X509_verify_cert:_certificate_verification_error_at_depth_0:_${why}`;

describe('termination: what a handshake negotiates', () => {
  test('a client that offers ALPN h2 and http/1.1 gets h2, and its request is HTTP/2', async ({ downstream }) => {
    const headers: [string, string][] = [
      ...([
        [':method', 'GET'],
        [':scheme', 'https'],
        [':path', '/healthz'],
        [':authority', 'front.test'],
      ] as [string, string][]),
    ];
    const { reply, accessLog } = await downstream.dial(LISTENERS.front, {
      tls: { serverName: 'front.test', verify: false, alpn: ['h2', 'http/1.1'] },
      steps: [{ frames: [{ type: 'HEADERS', headers, endStream: true }] }],
    });
    expect([reply.outcome, reply.tls?.alpn]).toEqual([204, 'h2']);
    expect(accessLog).toEqual([expect.objectContaining({ protocol: 'HTTP/2' })]);
  });

  for (const [offer, alpn] of [
    ['http/1.1', 'http/1.1'],
    ['only an unknown protocol', undefined],
    ['nothing', undefined],
  ] as const) {
    test(`a client that offers ${offer} in ALPN gets ${alpn ?? 'no protocol of ALPN'}, and HTTP/1.1`, async ({
      downstream,
    }) => {
      const offered = offer === 'nothing' ? [] : [alpn ?? 'unknown'];
      const { reply, accessLog } = await downstream.dial(LISTENERS.front, to('front.test', { alpn: offered }));
      expect([reply.outcome, reply.tls?.alpn]).toEqual([204, alpn]);
      expect(accessLog).toEqual([expect.objectContaining({ protocol: 'HTTP/1.1' })]);
    });
  }

  // The access log has the name of OpenSSL.
  for (const [chain, version, cipher, loggedCipher] of [
    ['front.test', 'TLSv1.3', 'TLS_AES_256_GCM_SHA384', 'TLS_AES_256_GCM_SHA384'],
    ['tls12.front.test', 'TLSv1.2', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
    ['tls13.front.test', 'TLSv1.3', 'TLS_AES_256_GCM_SHA384', 'TLS_AES_256_GCM_SHA384'],
  ] as const) {
    test(`the chain ${chain} and a client of TLS 1.2 and 1.3 use ${version} with ${cipher}`, async ({ downstream }) => {
      const { reply, stats, ownLog } = await downstream.dial(LISTENERS.front, to(chain));
      expect(reply.tls).toMatchObject({ version, cipher });
      expect(ownLog).toEqual(logged({ server_name: chain, version, cipher: loggedCipher, failure: null }));
      expect(stats['listener.0.0.0.0_4999.ssl.handshake']).toBe(1);
      expect(stats[`listener.0.0.0.0_4999.ssl.versions.${version}`]).toBe(1);
    });
  }

  test(
    'a client that offers X25519MLKEM768 and X25519 gets X25519 before 1.40.0, and X25519MLKEM768 since',
    differs(CHANGES.postQuantumGroup),
    async ({ downstream, since }) => {
      const { reply, stats } = await downstream.dial(LISTENERS.front, to('front.test'));
      const group = since(CHANGES.postQuantumGroup) ? 'X25519MLKEM768' : 'X25519';
      expect(reply.tls?.group).toBe(group);
      expect(stats[`listener.0.0.0.0_4999.ssl.curves.${group}`]).toBe(1);
    },
  );

  for (const [order, groups] of [
    ['first', [GROUP.X25519MLKEM768, GROUP.X25519]],
    ['last', [GROUP.X25519, GROUP.X25519MLKEM768]],
  ] as const) {
    test(
      `a ClientHello with X25519MLKEM768 ${order} and a key for X25519 alone gets a HelloRetryRequest for it since 1.40.0`,
      differs(CHANGES.postQuantumGroup),
      async ({ downstream, since }) => {
        const { reply } = await downstream.dial(
          LISTENERS.front,
          hello({ serverName: 'front.test', groups: [...groups] }, 60),
        );
        const retries = since(CHANGES.postQuantumGroup);
        const group = retries ? GROUP.X25519MLKEM768 : GROUP.X25519;
        expect(serverHello(reply.body)).toEqual({ version: 0x0304, cipher: 0x1301, group, retries });
      },
    );
  }

  test('ecdh_curves P-256: a client that also offers other groups uses P-256', async ({ downstream }) => {
    const { reply, stats } = await downstream.dial(LISTENERS.front, to('p256.front.test'));
    expect(reply.tls?.group).toBe('prime256v1');
    expect(stats['listener.0.0.0.0_4999.ssl.curves.P-256']).toBe(1);
  });
});

describe('termination: handshakes that fail', () => {
  for (const [name, options, listener, alert, failure] of [
    [
      'TLS 1.1, below the default minimum of TLS 1.2,',
      { version: 'TLS 1.1', serverName: 'front.test' },
      'front',
      70,
      failed(268435696, 'UNSUPPORTED_PROTOCOL'),
    ],
    [
      'TLS 1.2, below a configured minimum of TLS 1.3,',
      { version: 'TLS 1.2', serverName: 'tls13.front.test' },
      'front',
      70,
      failed(268435696, 'UNSUPPORTED_PROTOCOL'),
    ],
    ['SSL 3.0 without tls_inspector', { version: 'SSL 3.0' }, 'bare', 70, failed(268435696, 'UNSUPPORTED_PROTOCOL')],
    [
      'X25519 alone, where ecdh_curves is P-256,',
      { serverName: 'p256.front.test' },
      'front',
      40,
      failed(268435722, 'NO_SHARED_GROUP'),
    ],
    [
      'TLS 1.2 with X25519 alone, for a P-256 certificate,',
      { version: 'TLS 1.2', serverName: 'front.test' },
      'front',
      40,
      failed(268435699, 'WRONG_CURVE'),
    ],
  ] as [string, ClientHello, keyof typeof LISTENERS, number, string][]) {
    test(`a ClientHello of ${name} gets alert ${alert}; the log has its SNI and the reason`, async ({ downstream }) => {
      const { reply, stats, accessLog, ownLog } = await downstream.dial(LISTENERS[listener], hello(options));
      expect(serverHello(reply.body)).toEqual({ alert });
      expect(accessLog).toEqual([]);
      expect(ownLog).toEqual(logged({ server_name: options.serverName ?? null, failure }));
      const port = LISTENERS[listener].split(':')[1];
      expect(stats[`listener.0.0.0.0_${port}.ssl.connection_error`]).toBe(1);
    });
  }

  test('without tls_inspector, the access log has no SNI, whether the handshake succeeds or fails', async ({
    downstream,
  }) => {
    const succeeded = await downstream.dial(LISTENERS.bare, to('front.test'));
    const refused = await downstream.dial(LISTENERS.bare, hello({ version: 'TLS 1.2', serverName: 'front.test' }));
    expect(succeeded.reply.outcome).toBe(204);
    expect(succeeded.ownLog).toEqual(logged({ server_name: null, failure: null }));
    expect(refused.ownLog).toEqual(logged({ server_name: null, failure: failed(268435696, 'UNSUPPORTED_PROTOCOL') }));
  });

  test('a request without TLS fails the handshake; the reason is HTTP_REQUEST', async ({ downstream }) => {
    const { received, stats, ownLog } = await downstream.dial(LISTENERS.bare, { steps: [GET] });
    expect(received).toEqual([]);
    expect(ownLog).toEqual(logged({ failure: failed(268435612, 'HTTP_REQUEST') }));
    expect(stats['listener.0.0.0.0_4998.ssl.connection_error']).toBe(1);
  });

  test('a client that resets the connection within the handshake: the reason is Connection reset by peer', async ({
    downstream,
  }) => {
    const { ownLog } = await downstream.dial(LISTENERS.bare, hello({ serverName: 'front.test' }, 100));
    expect(ownLog).toEqual(
      logged({ failure: 'TLS_error:|33554536:system_library:OPENSSL_internal:Connection_reset_by_peer:TLS_error_end' }),
    );
  });

  test('a client that ends the connection within its ClientHello: the reason is empty', async ({ downstream }) => {
    const { reply, stats, ownLog } = await downstream.dial(LISTENERS.bare, {
      steps: [{ send: clientHello({ serverName: 'front.test' }).slice(0, 60) }, { end: true }],
    });
    expect([reply.outcome, reply.body]).toEqual(['closed', '']);
    expect(ownLog).toEqual(logged({ failure: null }));
    expect(stats['http.ingress.downstream_cx_ssl_total']).toBe(1);
  });

  test('an SNI that no chain has resets the connection before the handshake (no_filter_chain_match)', async ({
    downstream,
  }) => {
    const { reply, stats, ownLog } = await downstream.dial(LISTENERS.front, hello({ serverName: 'other.test' }));
    expect([reply.outcome, reply.body]).toEqual(['ECONNRESET', '']);
    expect(stats['listener.0.0.0.0_4999.no_filter_chain_match']).toBe(1);
    expect(ownLog).toEqual(logged({ server_name: 'other.test', failure: null }));
  });
});

describe('client certificates', () => {
  test('a required client certificate of the trusted authority is accepted, and its subject logged', async ({
    lab,
    downstream,
  }) => {
    const keyPair = await lab.issue(CLIENT, { client: true });
    const { reply, ownLog } = await downstream.dial(LISTENERS.front, to('required.front.test', { keyPair }));
    expect(reply.outcome).toBe(204);
    expect(ownLog).toEqual(logged({ subject: 'CN=client.test', failure: null }));
  });

  test(
    'a client without the required certificate gets the alert certificate_required (fail_verify_no_cert)',
    differs(CHANGES.verificationDetails),
    async ({ downstream, since }) => {
      const { reply, stats, ownLog } = await downstream.dial(LISTENERS.front, handshake('required.front.test'));
      expect(reply.outcome).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
      const details = since(CHANGES.verificationDetails)
        ? 'peer_did_not_provide_required_client_certificate'
        : undefined;
      expect(ownLog).toEqual(
        logged({ subject: null, failure: failed(268435648, 'PEER_DID_NOT_RETURN_A_CERTIFICATE', details) }),
      );
      expect(stats['listener.0.0.0.0_4999.ssl.fail_verify_no_cert']).toBe(1);
    },
  );

  for (const [name, options, code, why] of [
    [
      'of an untrusted authority',
      { client: true, stranger: true },
      'TLSV1_ALERT_UNKNOWN_CA',
      'unable_to_get_local_issuer_certificate',
    ],
    [
      'that has expired',
      { client: true, expired: true },
      'SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
      'certificate_has_expired',
    ],
    ['for servers alone', {}, 'SSL/TLS_ALERT_UNSUPPORTED_CERTIFICATE', 'unsupported_certificate_purpose'],
  ] as const) {
    test(
      `a client certificate ${name} fails the handshake (fail_verify_error); since 1.37.0 the reason says why`,
      differs(CHANGES.verificationDetails),
      async ({ lab, downstream, since }) => {
        const keyPair = await lab.issue(CLIENT, options);
        const { reply, stats, ownLog } = await downstream.dial(
          LISTENERS.front,
          handshake('required.front.test', keyPair),
        );
        expect(reply.outcome).toBe(`ERR_SSL_${code}`);
        const failure = unverified(since(CHANGES.verificationDetails) ? atDepth0(why) : undefined);
        expect(ownLog).toEqual(logged({ subject: 'CN=client.test', failure }));
        expect(stats['listener.0.0.0.0_4999.ssl.fail_verify_error']).toBe(1);
      },
    );
  }

  test('match_typed_subject_alt_names accepts a client certificate with the URI', async ({ lab, downstream }) => {
    const keyPair = await lab.issue(CLIENT, { client: true });
    const { reply } = await downstream.dial(LISTENERS.front, to('named.front.test', { keyPair }));
    expect(reply.outcome).toBe(204);
  });

  test(
    'match_typed_subject_alt_names refuses a client certificate without the URI (fail_verify_san)',
    differs(CHANGES.verificationDetails, CHANGES.verificationNames),
    async ({ lab, downstream, since }) => {
      const keyPair = await lab.issue(['client.test'], { client: true });
      const { reply, stats, ownLog } = await downstream.dial(LISTENERS.front, handshake('named.front.test', keyPair));
      expect(reply.outcome).toBe('ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN');
      const why = since(CHANGES.verificationNames) ? 'SAN_matcher,_certificate_SANs_are_[client.test]' : 'SAN_matcher';
      expect(ownLog).toEqual(logged({ failure: unverified(since(CHANGES.verificationDetails) ? why : undefined) }));
      expect(stats['listener.0.0.0.0_4999.ssl.fail_verify_san']).toBe(1);
    },
  );

  test('a certificate of an untrusted authority fails the handshake also where none is required', async ({
    lab,
    downstream,
  }) => {
    const keyPair = await lab.issue(CLIENT, { client: true, stranger: true });
    const { reply, stats } = await downstream.dial(LISTENERS.front, handshake('sanitize.front.test', keyPair));
    expect(reply.outcome).toBe('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA');
    expect(stats['listener.0.0.0.0_4999.ssl.fail_verify_error']).toBe(1);
  });
});

describe('x-forwarded-client-cert by forward_client_cert_details', () => {
  const OWN = 'Hash=<hash>;Subject="CN=client.test";URI=spiffe://lab/client;DNS=client.test';
  for (const [mode, withCertificate, without] of [
    ['SANITIZE', undefined, undefined],
    ['FORWARD_ONLY', SPOOFED, undefined],
    ['APPEND_FORWARD', `${SPOOFED},${OWN}`, undefined],
    ['SANITIZE_SET', OWN, undefined],
    ['ALWAYS_FORWARD_ONLY', SPOOFED, SPOOFED],
  ] as const) {
    const chain = `${mode.toLowerCase().replaceAll('_', '-')}.front.test`;
    const header = `x-forwarded-client-cert: ${SPOOFED}\r\n`;
    const effect = (value: string | undefined): string =>
      value === undefined ? 'dropped' : ({ [SPOOFED]: 'kept', [OWN]: 'replaced' }[value] ?? 'appended to');

    test(`${mode}: with a client certificate, the client's own header is ${effect(withCertificate)}`, async ({
      lab,
      downstream,
    }) => {
      const keyPair = await lab.issue(CLIENT, { client: true });
      const { received } = await downstream.dial(LISTENERS.front, to(chain, { keyPair }, header));
      const value = received[0]?.header('x-forwarded-client-cert')?.replace(/Hash=[0-9a-f]{64}/, 'Hash=<hash>');
      expect([received.length, value]).toEqual([1, withCertificate]);
    });

    test(`${mode}: without a client certificate, the client's own header is ${effect(without)}`, async ({
      downstream,
    }) => {
      const { received } = await downstream.dial(LISTENERS.front, to(chain, {}, header));
      expect([received.length, received[0]?.header('x-forwarded-client-cert')]).toEqual([1, without]);
    });
  }
});

describe('origination: what Envoy offers an upstream', () => {
  const url = (path: string): string => `http://${LISTENERS.origination}/${path}/`;
  const UPSTREAM = '198.51.100.10:5001';
  const PROTOCOL = { version: 'TLSv1.2', cipher: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', alpn: 'http/1.1' };

  test('auto_sni: the SNI of a request for a.test, b.test or a.test:8080 is its host without the port', async ({
    downstream,
  }) => {
    for (const [host, serverName] of [
      ['a.test', 'a.test'],
      ['b.test', 'b.test'],
      ['a.test:8080', 'a.test'],
    ] as const) {
      const { received } = await downstream.get(url('auto'), { headers: { host } });
      expect(received.map(({ raw }) => raw.tls?.serverName)).toEqual([serverName]);
    }
  });

  test('without sni and auto_sni, Envoy sends no SNI', async ({ downstream }) => {
    const { received } = await downstream.get(url('verified'));
    expect(received.map(({ raw }) => raw.tls)).toEqual([{ ...PROTOCOL, groups: ['X25519', 'P-256'] }]);
  });

  test('sni of the cluster goes to the upstream, whose certificate is not verified without a trusted_ca', async ({
    downstream,
  }) => {
    const { received } = await downstream.get(url('fixed'));
    expect(received.map(({ raw }) => raw.tls)).toEqual([
      { ...PROTOCOL, serverName: 'fixed.test', groups: ['X25519', 'P-256'] },
    ]);
  });

  test("Envoy's certificate reaches an upstream that asks for one", async ({ downstream }) => {
    const { received, accessLog } = await downstream.get(url('mutual'));
    expect(received.map(({ raw }) => raw.tls?.clientCertificate)).toEqual(['CN=envoy.test']);
    expect(accessLog).toEqual([expect.objectContaining({ upstream_host: UPSTREAM })]);
  });

  test(
    'with TLS 1.3, Envoy offers the groups X25519 and P-256, and since 1.40.0 X25519MLKEM768 before them',
    differs(CHANGES.postQuantumGroup),
    async ({ downstream, since }) => {
      const { received } = await downstream.get(url('auto'), { headers: { host: 'a.test' } });
      const more = since(CHANGES.postQuantumGroup) ? ['X25519MLKEM768'] : [];
      expect(received.map(({ raw }) => [raw.tls?.version, raw.tls?.groups])).toEqual([
        ['TLSv1.3', [...more, 'X25519', 'P-256']],
      ]);
    },
  );

  for (const [path, version, before, now] of [
    ['hello12', '1.2, its default maximum,', 145, 145],
    ['hello13', '1.3', 240, 1462],
  ] as const) {
    const group = before === now ? '' : `, ${now} since 1.40.0: two segments`;
    test(
      `Envoy's ClientHello of TLS ${version} has ${before} bytes, 9 more from 1.38.0 to 1.38.2${group}`,
      differs(CHANGES.postQuantumGroup, CHANGES.certificateCompression, CHANGES.certificateCompressionOff),
      async ({ downstream, upstreams: { bytes }, since }) => {
        await bytes.plays([{ untilBytes: 1 }, { end: true }]);
        const { streams } = await downstream.get(url(path));
        const compresses = since(CHANGES.certificateCompression) && !since(CHANGES.certificateCompressionOff);
        const size = (since(CHANGES.postQuantumGroup) ? now : before) + (compresses ? 9 : 0);
        expect(streams.map((stream) => stream.bytes)).toEqual([size]);
      },
    );
  }

  test('the second connection to an upstream resumes the session of the first (ssl.session_reused)', async ({
    downstream,
  }) => {
    const first = await downstream.get(url('resumed'));
    const second = await downstream.get(url('resumed'));
    expect([first, second].map(({ stats }) => stats['cluster.resumed.ssl.session_reused'] ?? 0)).toEqual([0, 1]);
    expect([first, second].map(({ stats }) => stats['cluster.resumed.ssl.handshake'])).toEqual([1, 1]);
    expect(second.accessLog).toEqual([expect.objectContaining({ upstream_host: UPSTREAM })]);
  });
});

describe('origination: upstreams that Envoy does not accept', () => {
  const url = (path: string): string => `http://${LISTENERS.origination}/${path}/`;

  for (const [name, path, counter, why] of [
    ['an expired certificate', 'expired', 'fail_verify_error', atDepth0('certificate_has_expired')],
    [
      'a certificate of an untrusted authority',
      'stranger',
      'fail_verify_error',
      atDepth0('unable_to_get_local_issuer_certificate'),
    ],
    [
      'a certificate without the configured SAN',
      'named',
      'fail_verify_san',
      'SAN_matcher,_certificate_SANs_are_[a.test,_b.test,_198.51.100.10]',
    ],
    [
      'a certificate without the requested name',
      'auto',
      'fail_verify_san',
      'verify_SAN_list,_expected_SANs:_[c.test],_certificate_SANs:_[a.test,_b.test,_198.51.100.10]',
    ],
  ] as const) {
    test(
      `an upstream with ${name} is 503 UF (${counter}); since 1.37.0 the reason says why`,
      differs(CHANGES.verificationDetails, CHANGES.verificationNames, CHANGES.hideTransportFailureReason),
      async ({ downstream, since }) => {
        const { reply, received, accessLog, stats } = await downstream.get(url(path), { headers: { host: 'c.test' } });
        expect([reply.outcome, received]).toEqual([503, []]);
        const reason = unverified(
          since(CHANGES.verificationNames)
            ? why
            : since(CHANGES.verificationDetails)
              ? why.replace(/,_(cert|exp).*/, '')
              : undefined,
        );
        expect(accessLog).toEqual([
          expect.objectContaining({ response_flags: 'UF', upstream_transport_failure_reason: reason }),
        ]);
        expect(reply.body.includes('CERTIFICATE_VERIFY_FAILED')).toBe(!since(CHANGES.hideTransportFailureReason));
        expect(stats[`cluster.${path}.ssl.${counter}`]).toBe(1);
      },
    );
  }

  test('an upstream that does not speak TLS is 503 UF; the reason is WRONG_VERSION_NUMBER', async ({ downstream }) => {
    const { reply, accessLog, stats } = await downstream.get(url('plain'));
    expect(reply.outcome).toBe(503);
    const reason = failed(268435703, 'WRONG_VERSION_NUMBER');
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UF', upstream_transport_failure_reason: reason }),
    ]);
    expect(stats['cluster.plain.ssl.connection_error']).toBe(1);
  });

  test('an upstream that ends the connection within the handshake is 503 UF without a reason', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays([{ end: true }]);
    const { reply, accessLog } = await downstream.get(url('hello12'));
    expect(reply.outcome).toBe(503);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: 'UF',
        response_code_details: 'upstream_reset_before_response_started{remote_connection_failure}',
      }),
    ]);
  });

  for (const [setting, path, change] of [
    ['by default', 'encipherment', CHANGES.keyUsageEnforced],
    ['with enforce_rsa_key_usage: false', 'unenforced', CHANGES.keyUsageAlwaysEnforced],
  ] as const) {
    test(
      `an RSA certificate whose key must not sign is accepted ${setting} before ${change.since}, and 503 UF since`,
      differs(change),
      async ({ downstream, since }) => {
        const { reply, accessLog } = await downstream.get(url(path));
        const isEnforced = since(change);
        const reason = isEnforced ? failed(268435758, 'KEY_USAGE_BIT_INCORRECT') : null;
        expect(reply.outcome).toBe(isEnforced ? 503 : 404);
        expect(accessLog).toEqual([expect.objectContaining({ upstream_transport_failure_reason: reason })]);
      },
    );
  }

  test('an RSA certificate without a key usage is accepted', async ({ downstream }) => {
    const { received } = await downstream.get(url('any-usage'));
    expect(received.map(({ raw }) => raw.tls?.cipher)).toEqual(['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']);
  });
});

describe('ends of connections over TLS', () => {
  for (const how of ['reset', 'end'] as const) {
    test(`an upstream that sends ${how === 'reset' ? 'RST' : 'close_notify and FIN'} instead of a response is 503 UC without a reason`, async ({
      downstream,
      upstreams: { secure },
    }) => {
      await secure.answers({ '/fixed/cut': [[how === 'reset' ? { reset: true } : { end: true }]] });
      const { reply, accessLog } = await downstream.get(`http://${LISTENERS.origination}/fixed/cut`);
      expect(reply.outcome).toBe(503);
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_flags: 'UC',
          response_code_details: 'upstream_reset_before_response_started{connection_termination}',
          upstream_transport_failure_reason: null,
        }),
      ]);
    });
  }

  test(
    'an RST of a TLS upstream ends a TCP proxy connection with FIN before 1.39.0, and with RST and UR since',
    differs(CHANGES.upstreamResetPassedOn, CHANGES.tlsResetPassedOn),
    async ({ downstream, upstreams: { secureBytes }, since }) => {
      await secureBytes.plays([{ until: 'a' }, { send: 'b' }, { wait: 'received' }, { reset: true }]);
      const { reply, accessLog } = await downstream.dial(LISTENERS.bytes, {
        steps: [{ send: 'a' }, { until: 'b' }, { signal: 'received' }],
      });
      const isPassedOn = since(CHANGES.upstreamResetPassedOn) && since(CHANGES.tlsResetPassedOn);
      expect(reply.outcome).toBe(isPassedOn ? 'ECONNRESET' : 'closed');
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: isPassedOn ? 'UR' : '-' })]);
    },
  );

  test(
    'an RST of the upstream ends a TLS client with close_notify before 1.39.0 (logged as UR since 1.38.0), and with RST since',
    differs(CHANGES.upstreamResetPassedOn, CHANGES.tlsResetPassedOn),
    async ({ downstream, upstreams: { bytes }, since }) => {
      await bytes.plays([{ until: 'a' }, { send: 'b' }, { wait: 'received' }, { reset: true }]);
      const { reply, accessLog } = await downstream.dial(LISTENERS.front, {
        tls: { serverName: 'bytes.front.test', verify: false },
        steps: [{ send: 'a' }, { until: 'b' }, { signal: 'received' }],
      });
      const isSeen = since(CHANGES.upstreamResetPassedOn);
      expect(reply.outcome).toBe(isSeen && since(CHANGES.tlsResetPassedOn) ? 'ECONNRESET' : 'closed');
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: isSeen ? 'UR' : '-' })]);
    },
  );

  test(
    "an RST of a TLS client is the reason Connection reset by peer, and the upstream's end of the stream before 1.40.0",
    differs(CHANGES.downstreamResetPassedOn),
    async ({ downstream, upstreams: { bytes }, since }) => {
      await bytes.plays([{ until: 'a' }, { signal: 'received' }, { untilEnd: true }]);
      const { streams, ownLog } = await downstream.dial(LISTENERS.front, {
        tls: { serverName: 'bytes.front.test', verify: false },
        steps: [{ send: 'a' }, { wait: 'received' }, { reset: true }],
      });
      expect(streams.map(({ ended }) => ended)).toEqual([
        since(CHANGES.downstreamResetPassedOn) ? 'ECONNRESET' : 'end',
      ]);
      expect(ownLog).toEqual(
        logged({
          failure: expect.stringMatching(
            /^TLS_error:\|33554536:system_library:OPENSSL_internal:Connection_reset_by_peer:TLS_error_end/,
          ),
        }),
      );
    },
  );
});

describe('REQUESTED_SERVER_NAME with the host of the request', () => {
  test('REQUESTED_SERVER_NAME(HOST_FIRST:ORIG) crashes Envoy at the first request before 1.38.3; 1.36 refuses it', {
    meta: {
      ...changesEnvoy.meta,
      ...differs(CHANGES.requestedServerNameOfHost, CHANGES.requestedServerNameCrash).meta,
    },
  }, async ({ lab, downstream, since }) => {
    const format = { json_format: { name: '%REQUESTED_SERVER_NAME(HOST_FIRST:ORIG)%' } };
    const config = {
      at: connectionManager('origination'),
      add: {
        access_log: [{ name: 'envoy.access_loggers.stdout', typed_config: { '@type': STDOUT, log_format: format } }],
      },
    };
    const isKnown = since(CHANGES.requestedServerNameOfHost);
    const isFixed = since(CHANGES.requestedServerNameCrash);
    if (!isKnown) {
      const { log } = await lab.envoyExit({ config });
      expect(log).toContain('REQUESTED_SERVER_NAME does not take any parameters or length');
      return;
    }
    await lab.restartEnvoy({ config });
    const crash = await lab.crashOf(() => downstream.get(`http://${LISTENERS.origination}/verified/`));
    expect(crash === undefined).toBe(isFixed);
  });
});
