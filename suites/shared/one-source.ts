import type { Address, Family } from '../../helpers/constants/addresses.ts';
import { ADDRESSES } from '../../helpers/constants/addresses.ts';

/** A request in the syntax of a Perl string; the server ends its connection. */
export const GET = 'GET / HTTP/1.1\\r\\nhost: envoy\\r\\nconnection: close\\r\\n\\r\\n';

/** A Perl function: opens a connection from a port of Envoy's host to an address and port. */
export function openFrom(port: number, family: Family = 'ipv4'): string {
  const [domain, end, aton] =
    family === 'ipv4'
      ? ['PF_INET', 'sockaddr_in', 'inet_aton($_[0])']
      : ['PF_INET6', 'pack_sockaddr_in6', 'inet_pton(AF_INET6, $_[0])'];
  return `use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6);
    sub address { ${aton} }
    sub opened { my ($to, $port) = @_;
      socket(my $s, ${domain}, SOCK_STREAM, 0) or die $!; setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
      bind($s, ${end}(${port}, address("${ADDRESSES.towardsUpstreams[family]}"))) or die $!;
      connect($s, ${end}($port, address($to))) or die $!; $s }`;
}

/** A program that sends a request on each of two connections from one port, in the order of the addresses. */
export function bothFrom(
  port: number,
  [one, other]: [Address, Address],
  family: Family = 'ipv4',
): ['perl', ...string[]] {
  const act = `my @both = map { opened($_, 80) } @ARGV;
    for my $s (@both) { syswrite $s, "${GET}"; 1 while <$s>; } print scalar @both;`;
  return ['perl', '-e', `${openFrom(port, family)} ${act}`, one[family], other[family]];
}
