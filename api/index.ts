/** `envoy-big-book`: settings, scenarios, claims and faults of own chapters. */
export type { ChapterFixtures, ChapterTest } from '../fixtures/chapter.ts';
export { ENVOY_UID, PORTS } from '../helpers/constants/ports.ts';
export {
  cluster,
  connectionManager,
  endpoint,
  filter,
  listener,
  listenerFilter,
  networkFilter,
  route,
  type Selector,
  virtualHost,
} from '../helpers/envoy/select.ts';
export { type BigbookConfig, defineConfig, type Setup } from '../helpers/project/config.ts';
export { allow, deny, failWith, grpcError, overLimit, underLimit } from '../helpers/scenario/answers.ts';
export {
  addedRule,
  authz,
  authzFault,
  changedRouting,
  changedRule,
  config,
  type DeclaredFault,
  envoyRunsWith,
  type Fault,
  type Faults,
  httpAuthz,
  jwks,
  rateLimit,
  resolves,
  swappedRules,
  sysctl,
  upstream,
  withoutRouting,
  withoutRule,
} from '../helpers/scenario/faults.ts';
export {
  type EnvoySpec,
  edge,
  pod,
  router,
  type Scenario,
  type Stubs,
  sameHost,
  scenario,
  type Topology,
  type UpstreamSpec,
} from '../helpers/scenario/scenario.ts';
export { changesEnvoy, chapter, combined, differs, requestClaims } from './claims.ts';
