import type { Finding } from './finding.ts';
import { CHECK_SCHEMA, type CheckReport, type ConfigReport } from './report.ts';
import { verdictOf } from './verdict.ts';

// Reports for tests of code that reads reports.

export function sampleFinding(change: Partial<Finding> = {}): Finding {
  return {
    code: 'answer-3f2a91',
    level: 'answer',
    place: 'GET a/ on 8443',
    what: 'response body differs',
    a: 'connection failure, transport failure reason: refused',
    b: 'connection failure',
    request: 'r-1a2b3c',
    count: 2,
    ...change,
  };
}

export function sampleConfig(findings: Finding[], change: Partial<ConfigReport> = {}): ConfigReport {
  const loads: ConfigReport['loads'] = ['1.37.0', '1.38.3'].map((envoy) => ({ envoy, outcome: 'live', ms: 120 }));
  const ask = {
    derived: 5,
    chosen: 4,
    sent: 4,
    reached: 3,
    upstreams: [{ name: 'a', reached: true }],
    noise: 0,
    ms: 900,
  };
  return {
    config: 'envoy.yaml',
    topology: 'edge',
    contents: '1 listener, 1 route, 1 cluster',
    loads,
    ask,
    findings,
    notSeen: [{ kind: 'route', name: 'route a[1]', why: 'no request is derived from a regex on a header' }],
    added: ['An access log is added to each listener.'],
    notes: [],
    verdict: verdictOf(loads, findings, ask),
    ...change,
  };
}

export function sampleReport(configs: ConfigReport[], change: Partial<CheckReport> = {}): CheckReport {
  return {
    schema: CHECK_SCHEMA,
    id: '20261129T020000Z-4711',
    started: '2026-11-29T02:00:00.000Z',
    command: 'bigbook check envoy.yaml',
    configs,
    staleAccepted: [],
    ...change,
  };
}
