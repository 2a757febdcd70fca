import { METADATA } from '../../../helpers/constants/addresses.ts';
import { AUTHZ_GID } from '../../../helpers/constants/ports.ts';
import type { AuthzAnswer, MetadataUse } from '../../../helpers/exchange/stub-calls.ts';

/** The header with a token's lifetime in seconds. */
export const TOKEN_TTL = 'x-aws-ec2-metadata-token-ttl-seconds';

/** The stub adds the instance's headers. Only an unresponsive metadata service reaches the timeout. */
export function withMetadata(change: Partial<MetadataUse> = {}): AuthzAnswer {
  return {
    identity: { metadata: { url: `http://${METADATA}`, gid: AUTHZ_GID, v1: true, timeoutMs: 2_000, ...change } },
  };
}
