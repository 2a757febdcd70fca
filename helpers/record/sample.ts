import { type ChapterRecord, type ClaimRecord, type EnvoyRecord, RECORD_SCHEMA, type RunRecord } from './record.ts';

// Records for tests of code that reads records.

export function sampleClaim(change: Partial<ClaimRecord> = {}): ClaimRecord {
  return { title: 'the address dialled wins', outcome: 'passed', durationMs: 12, observations: [], ...change };
}

export function sampleChapter(claims: ClaimRecord[], change: Partial<ChapterRecord> = {}): ChapterRecord {
  return {
    slug: 'original-dst',
    title: 'REDIRECT keeps the original destination',
    requirement: 'Envoy connects to the address the downstream dialled.',
    topology: 'same host',
    envoyConfig: 'original-dst.yaml',
    labStartMs: 412,
    claims,
    ...change,
  };
}

export function sampleEnvoy(chapters: ChapterRecord[], change: Partial<EnvoyRecord> = {}): EnvoyRecord {
  return {
    name: '1.40.0',
    build: {
      version: '1.40.0',
      commit: '0123456789abcdef0123456789abcdef01234567',
      fullVersion: '0123456789abcdef0123456789abcdef01234567/1.40.0/Clean/RELEASE/BoringSSL',
      image: 'envoy-big-book/envoy:1.40.0',
      source: 'release binary',
    },
    machine: {
      kernel: '6.18.0',
      architecture: 'x86_64',
      engine: 'Docker 20.10.24',
      backend: 'iptables-nft',
      iptables: 'iptables v1.8.11 (nf_tables)',
      capabilities: [
        { name: 'redirect', available: true, reason: 'a redirected connection arrived' },
        { name: 'tproxy', available: false, reason: 'xt_TPROXY is not there' },
      ],
    },
    chapters,
    ...change,
  };
}

export function sampleRun(
  chapters: ChapterRecord[],
  change: Partial<RunRecord> = {},
  envoy: Partial<EnvoyRecord> = {},
): RunRecord {
  return {
    schema: RECORD_SCHEMA,
    id: '20261122T235900Z-4711',
    started: '2026-11-22T23:59:00.000Z',
    durationMs: 4123,
    outcome: 'passed',
    envoys: chapters.length > 0 ? [sampleEnvoy(chapters, envoy)] : [],
    errors: [],
    ...change,
  };
}
