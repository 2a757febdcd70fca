import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { HttpAnswer } from '../../helpers/exchange/stub-calls.ts';
import { jwtAuthn } from './scenario.ts';

const test = chapter(jwtAuthn);

/** In the year 2100. */
const CLAIMS = { iss: 'https://issuer.example', sub: 'alice', aud: 'book', exp: 4_102_444_800 };

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

const refused = (details: string) =>
  expect.objectContaining({ response_code: 401, response_flags: '-', response_code_details: details });

describe('valid tokens', () => {
  test('a request with a valid token reaches the upstream with the payload in x-jwt-payload, without the token', async ({
    lab,
    jwks,
    downstream,
  }) => {
    await jwks.answers(jwks.keySet('first'));
    const { reply, received, jwksRequests, stats } = await downstream.get(lab.envoyUrl, {
      headers: { ...bearer(jwks.token(CLAIMS)), 'x-jwt-payload': 'forged' },
    });
    expect(reply.servedBy).toBe('upstream');
    const payloads = received[0]?.lines('x-jwt-payload') ?? [];
    expect(payloads.map((each) => Buffer.from(each, 'base64url').toString())).toEqual([JSON.stringify(CLAIMS)]);
    expect(received[0]?.lines('authorization')).toEqual([]);
    expect(jwksRequests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /fresh']);
    expect(stats['http.ingress.jwt_authn.allowed']).toBe(1);
  });

  test('a path without a requirement reaches the upstream without a token and without a request for keys', async ({
    lab,
    downstream,
  }) => {
    const { reply, jwksRequests } = await downstream.get(`${lab.envoyUrl}/public`);
    expect([reply.outcome, reply.servedBy]).toEqual([200, 'upstream']);
    expect(jwksRequests).toEqual([]);
  });

  test('once a second key is in the key set, tokens of both keys pass; after the first is removed, only the second', async ({
    lab,
    jwks,
    downstream,
  }) => {
    const sets = [jwks.keySet('first'), jwks.keySet('first', 'second'), jwks.keySet('second')];
    const outcomes: unknown[] = [];
    for (const set of sets) {
      await jwks.answers(set);
      for (const key of ['first', 'second'] as const) {
        const { reply } = await downstream.get(lab.envoyUrl, { headers: bearer(jwks.token(CLAIMS, key)) });
        outcomes.push(reply.outcome);
      }
    }
    expect(outcomes).toEqual([200, 401, 200, 200, 401, 200]);
  });

  test('claim_to_headers: claims, nested ones too, replace forged headers at the upstream', async ({
    lab,
    jwks,
    downstream,
  }) => {
    await jwks.answers(jwks.keySet('first'));
    const { received } = await downstream.get(lab.envoyUrl, {
      headers: {
        ...bearer(jwks.token({ ...CLAIMS, tenant: { id: 'gold' } })),
        ...{ 'x-jwt-sub': 'root', 'x-jwt-tenant': 'forged' },
      },
    });
    expect(['x-jwt-sub', 'x-jwt-tenant'].map((name) => received[0]?.lines(name))).toEqual([['alice'], ['gold']]);
  });

  test('claim_to_headers: a forged header of a claim that the token lacks does not reach the upstream', async ({
    lab,
    jwks,
    downstream,
  }) => {
    await jwks.answers(jwks.keySet('first'));
    const { received } = await downstream.get(lab.envoyUrl, {
      headers: { ...bearer(jwks.token(CLAIMS)), 'x-jwt-tenant': 'forged' },
    });
    expect(received.map((request) => request.lines('x-jwt-tenant'))).toEqual([[]]);
  });

  test(
    'a path without a requirement: forged payload and claim headers reach the upstream only before 1.40',
    differs(CHANGES.jwtHeadersSanitized),
    async ({ lab, downstream, since }) => {
      const { received } = await downstream.get(`${lab.envoyUrl}/public`, {
        headers: { 'x-jwt-payload': 'forged', 'x-jwt-sub': 'root' },
      });
      expect(['x-jwt-payload', 'x-jwt-sub'].map((name) => received[0]?.lines(name))).toEqual(
        since(CHANGES.jwtHeadersSanitized) ? [[], []] : [['forged'], ['root']],
      );
    },
  );

  test('allow_missing lets a request without a token pass, without a forged payload header, but not one with an expired token', async ({
    lab,
    jwks,
    downstream,
  }) => {
    await jwks.answers(jwks.keySet('first'));
    const missing = await downstream.get(`${lab.envoyUrl}/optional`, { headers: { 'x-jwt-payload': 'forged' } });
    const expired = await downstream.get(`${lab.envoyUrl}/optional`, {
      headers: bearer(jwks.token({ ...CLAIMS, exp: 1_000_000_000 })),
    });
    expect([missing, expired].map(({ reply }) => reply.outcome)).toEqual([200, 401]);
    expect(missing.received[0]?.lines('x-jwt-payload')).toEqual([]);
    expect(expired.reply.body).toBe('Jwt is expired');
  });

  test(
    'cache_duration: one fetch of the key set serves two requests',
    changesEnvoy,
    async ({ lab, jwks, downstream }) => {
      await lab.restartEnvoy({});
      await jwks.answers(jwks.keySet('first'));
      const headers = bearer(jwks.token(CLAIMS));
      const first = await downstream.get(`${lab.envoyUrl}/cached`, { headers });
      const second = await downstream.get(`${lab.envoyUrl}/cached`, { headers });
      expect([first, second].map(({ reply }) => reply.outcome)).toEqual([200, 200]);
      expect([first, second].map(({ jwksRequests }) => jwksRequests.length)).toEqual([1, 0]);
    },
  );

  test('with cached keys, a request is still checked for issuer and audience, and has the payload header', async ({
    lab,
    jwks,
    downstream,
  }) => {
    await jwks.answers(jwks.keySet('first'));
    const outcomes: unknown[] = [];
    for (const claims of [{}, { iss: 'https://other.example' }, { aud: 'other' }]) {
      const { reply, received } = await downstream.get(`${lab.envoyUrl}/cached`, {
        headers: { ...bearer(jwks.token({ ...CLAIMS, ...claims })), 'x-jwt-payload': 'forged' },
      });
      const payloads = received[0]?.lines('x-jwt-payload').map((each) => Buffer.from(each, 'base64url').toString());
      outcomes.push([reply.outcome, payloads]);
    }
    expect(outcomes).toEqual([
      [200, [JSON.stringify(CLAIMS)]],
      [401, undefined],
      [403, undefined],
    ]);
  });
});

describe('refused tokens', () => {
  test('a request without a token gets 401 "Jwt is missing" without a request for keys', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, jwksRequests, accessLog, stats } = await downstream.get(lab.envoyUrl);
    expect([reply.outcome, reply.body]).toEqual([401, 'Jwt is missing']);
    expect(reply.lines('www-authenticate')).toEqual([`Bearer realm="${lab.envoyUrl}/"`]);
    expect([received.length, jwksRequests.length]).toEqual([0, 0]);
    expect(accessLog).toEqual([refused('jwt_authn_access_denied{Jwt_is_missing}')]);
    expect(stats['http.ingress.jwt_authn.denied']).toBe(1);
  });

  const WRONG: Record<string, [status: number, body: string, claims: object]> = {
    'of another issuer': [401, 'Jwt issuer is not configured', { iss: 'https://other.example' }],
    'for another audience': [403, 'Audiences in Jwt are not allowed', { aud: 'other' }],
    'that has expired': [401, 'Jwt is expired', { exp: 1_000_000_000 }],
    'that is not valid yet': [401, 'Jwt not yet valid', { nbf: 4_102_444_700 }],
  };

  for (const [which, [status, body, claims]] of Object.entries(WRONG)) {
    test(`a token ${which} gets a ${status} with the body "${body}"`, async ({ lab, jwks, downstream }) => {
      await jwks.answers(jwks.keySet('first'));
      const { reply, received } = await downstream.get(lab.envoyUrl, {
        headers: bearer(jwks.token({ ...CLAIMS, ...claims })),
      });
      expect([reply.outcome, reply.body]).toEqual([status, body]);
      expect(received).toEqual([]);
    });
  }

  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const UNREADABLE: [which: string, token: string][] = [
    ['that is no JWT', 'not-a-token'],
    ['with alg none and an empty signature', `${part({ alg: 'none' })}.${part(CLAIMS)}.`],
  ];

  test.for(UNREADABLE)('a token %s gets a 401 without a request for keys', async ([, token], { lab, downstream }) => {
    const { reply, received, jwksRequests } = await downstream.get(lab.envoyUrl, { headers: bearer(token) });
    expect([reply.outcome, reply.body]).toEqual([
      401,
      'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
    ]);
    expect([received.length, jwksRequests.length]).toEqual([0, 0]);
  });

  test('a token of a key that the key set lacks gets a 401, a token with a changed payload too', async ({
    lab,
    jwks,
    downstream,
  }) => {
    await jwks.answers(jwks.keySet('first'));
    const unknown = await downstream.get(lab.envoyUrl, { headers: bearer(jwks.token(CLAIMS, 'unpublished')) });
    const [header, , signature] = jwks.token(CLAIMS).split('.');
    const payload = Buffer.from(JSON.stringify({ ...CLAIMS, sub: 'root' })).toString('base64url');
    const forged = await downstream.get(lab.envoyUrl, { headers: bearer([header, payload, signature].join('.')) });
    expect([unknown, forged].map(({ reply }) => [reply.outcome, reply.body])).toEqual([
      [401, "Jwks doesn't have key to match kid or alg from Jwt"],
      [401, 'Jwt verification fails'],
    ]);
  });
});

describe('key sets', () => {
  const FAILURES: Record<string, HttpAnswer> = {
    'answers 503': { status: 503 },
    'resets the connection': { reset: true },
    'does not answer': { silence: true },
    'answers without JSON': { status: 200, body: 'keys' },
  };

  test('while the JWKS server fails, a valid token gets 401 "Jwks remote fetch is failed"', async ({
    lab,
    jwks,
    downstream,
  }) => {
    for (const [name, answer] of Object.entries(FAILURES)) {
      await jwks.answers(answer);
      const { reply, received, stats } = await downstream.get(lab.envoyUrl, { headers: bearer(jwks.token(CLAIMS)) });
      expect([reply.outcome, reply.body, received.length], name).toEqual([401, 'Jwks remote fetch is failed', 0]);
      expect(stats['http.ingress.jwt_authn.jwks_fetch_failed'], name).toBe(1);
    }
  });

  test('while the JWKS server is stopped, a valid token gets 401; Envoy recovers with the server', async ({
    lab,
    jwks,
    downstream,
  }) => {
    await jwks.stop();
    const stopped = await downstream.get(lab.envoyUrl, { headers: bearer(jwks.token(CLAIMS)) });
    await jwks.answers(jwks.keySet('first'));
    const back = await downstream.get(lab.envoyUrl, { headers: bearer(jwks.token(CLAIMS)) });
    expect([stopped, back].map(({ reply }) => reply.outcome)).toEqual([401, 200]);
    expect(stopped.reply.body).toBe('Jwks remote fetch is failed');
  });
});
