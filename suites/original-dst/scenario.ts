import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';
import { captureHttp } from '../shared/original-dst/rules.ts';

export const originalDst = scenario({
  slug: 'original-dst',
  task: 'intercept',
  tags: ['redirect'],
  title: 'REDIRECT keeps the original destination',
  requirement: 'Envoy connects to the address the downstream dialled, not to the one the nat table rewrote it to.',
  purpose:
    'Puts Envoy between a program and whatever it dials, and has it call the very address that was dialled: what the sidecars of service meshes do.',
  origin: {
    chapter: 'original-dst',
    changed:
      "Two upstreams answer under one Host header, so that the reply tells which one was called. New are a guard that refuses Envoy's connections to itself, and a small program that reads the dialled address from the kernel without Envoy.",
  },
  topology: sameHost({ upstreams: { blue: { port: PORTS.http }, green: { port: PORTS.http } } }),
  envoy: { config: 'original-dst.yaml', uid: ENVOY_UID },
  netfilter: captureHttp,
  needs: ['redirect', 'owner', 'conntrack'],
});
