import { describe } from 'vitest';
import { chapter } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { httpEnds } from '../shared/connection-ends/http-claims.ts';
import { tcpEnds } from '../shared/connection-ends/tcp-claims.ts';
import { connectionEndsRedirect } from './scenario.ts';

const test = chapter(connectionEndsRedirect);

describe('ends of a captured TCP connection', () => {
  tcpEnds(test, { addressOf: (bytes) => bytes.socketAddress, listenerPort: PORTS.listener });
});

describe('ends within HTTP on a captured connection', () => {
  httpEnds(test, { addressOf: (upstream) => upstream.socketAddress });
});
