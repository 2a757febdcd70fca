import { endOf } from '../constants/addresses.ts';
import { UsageError } from '../util/errors.ts';

/** Splits `198.51.100.10:80` or `[2001:db8:2::10]:80`. @throws UsageError for anything else */
export function dialTarget(address: string): { address: string; port: number } {
  const end = endOf(address);
  const isUrl = address.includes('://');
  if (!isUrl && end.address !== '' && end.port > 0 && end.port < 65_536) return end;
  const remedy = isUrl ? 'send a request to a URL by get()' : 'such as "198.51.100.10:80" or "[2001:db8:2::10]:80"';
  throw new UsageError(`dial(${JSON.stringify(address)}): expected address:port; ${remedy}`);
}

const SCHEMES = ['http:', 'https:', 'ws:', 'wss:'];

/** @throws UsageError unless the URL is of a scheme that requests use */
export function checkRequestTarget(url: string): void {
  if (URL.canParse(url) && SCHEMES.includes(new URL(url).protocol)) return;
  throw new UsageError(
    `request to ${JSON.stringify(url)}: expected a URL such as "http://198.51.100.10/"; dial() takes address:port`,
  );
}
